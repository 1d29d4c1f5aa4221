// Package order takes an order from its first row to its last.
package order

import (
	//task 4.2
	"net/http"
	//end
	"time"

	restate "github.com/restatedev/sdk-go"

	"example.com/workbook/lessons/shop/store"
	//| "example.com/workbook/lessons/shop/todo"
)

// Order is a workflow: its key is the order's id, and CreateOrder runs once for
// each.
type Order struct {
	DB            *store.DB
	ApprovalLimit time.Duration // how long an order waits to be approved
}

// CreateOrder takes an order from PENDING to COMPLETED, or to FAILED.
func (o Order) CreateOrder(ctx restate.WorkflowContext, r Request) (Summary, error) {
	id := restate.Key(ctx)
	if err := r.check(id); err != nil {
		return Summary{}, err
	}
	//| // TODO 4.4: the row that begin returns may be an old one: of the same order, or of
	//| // another with the same id.
	//| if _, err := o.begin(ctx, id, r); err != nil {
	//| 	return Summary{}, err
	//| }
	//task 4.4
	known, err := o.begin(ctx, id, r)
	switch {
	case err != nil:
		//end
		//task 4.5
		return Summary{}, o.fail(ctx, id, err)
		//end
		//task 4.4
	case known.AmountCents != r.AmountCents:
		return Summary{}, refuse(http.StatusConflict, "order %s is for another amount", id)
	case known.Status == store.Completed:
		return summary(known), nil
	case known.Status == store.Failed:
		return Summary{}, refuse(restate.Code(known.Failure.Code), "%s", known.Failure.Reason)
	}
	//end
	//| // TODO 4.5: an error of approve or of fulfil is the order's end. It is FAILED then,
	//| // with the reason; and where Payment was asked, have it refund.
	//| if err := o.approve(ctx, r); err != nil {
	//| 	return Summary{}, err
	//| }
	//| return o.fulfil(ctx, id, r)
	//task 4.5
	if err := o.approve(ctx, r); err != nil {
		return Summary{}, o.fail(ctx, id, err)
	}
	done, err := o.fulfil(ctx, id, r)
	if err != nil {
		// One way: what must not be forgotten must not wait in a handler that can be
		// cancelled a second time.
		restate.ObjectSend(ctx, "Payment", "pay-"+id, "Refund").Send(Refund{OrderID: id, AmountCents: r.AmountCents})
		return Summary{}, o.fail(ctx, id, err)
	}
	return done, nil
	//end
}

//snip begin

// begin writes the order's row, PENDING, and returns the row that is there.
// Nothing to edit here.
func (o Order) begin(ctx restate.WorkflowContext, id string, r Request) (store.Order, error) {
	return restate.Run(ctx, func(rc restate.RunContext) (store.Order, error) {
		return o.DB.BeginOrder(rc, r.row(id))
	}, restate.WithName("pending"))
}

//snip end

// fulfil is the way from PENDING to COMPLETED.
func (o Order) fulfil(ctx restate.WorkflowContext, id string, r Request) (Summary, error) {
	//| // TODO 4.1: have it paid; then it is PAID. Have it shipped; then it is SHIPPED, and
	//| // COMPLETED. Send the receipt, one way.
	//| return Summary{}, todo.Task("4.1")
	//task 4.1
	charge := Charge{OrderID: id, AmountCents: r.AmountCents, Token: r.Token}
	payment, err := restate.Object[Payment](ctx, "Payment", "pay-"+id, "ProcessPayment").Request(charge)
	if err != nil {
		return Summary{}, err
	}
	err = restate.RunVoid(ctx, func(rc restate.RunContext) error {
		return o.DB.PayOrder(rc, id, payment.PaymentID)
	}, restate.WithName("paid"))
	if err != nil {
		return Summary{}, err
	}
	shipment, err := restate.Object[Shipment](ctx, "Shipping", "ship-"+id, "CreateShipment").Request(Parcel{OrderID: id})
	if err != nil {
		return Summary{}, err
	}
	// Nothing stands between SHIPPED and COMPLETED, so one step will do.
	err = restate.RunVoid(ctx, func(rc restate.RunContext) error {
		return o.DB.FinishOrder(rc, id, shipment.ShipmentID)
	}, restate.WithName("finished"))
	if err != nil {
		return Summary{}, err
	}
	restate.ServiceSend(ctx, "Receipts", "Send").Send(r.receipt(id))
	return Summary{OrderID: id, Status: store.Completed, PaymentID: payment.PaymentID, ShipmentID: shipment.ShipmentID}, nil
	//end
}

//task 4.5

// fail writes down why the order has failed, and returns it.
func (o Order) fail(ctx restate.WorkflowContext, id string, why error) error {
	err := restate.RunVoid(ctx, func(rc restate.RunContext) error {
		return o.DB.FailOrder(rc, id, failure(why))
	}, restate.WithName("failed"))
	if err != nil {
		return err
	}
	return why
}

//end

// Status says how far the order has come, whatever CreateOrder waits for.
func (o Order) Status(ctx restate.WorkflowSharedContext) (Summary, error) {
	//| // TODO 4.2: find the order's row, and answer summary of it; 404 when there is none.
	//| return Summary{}, todo.Task("4.2")
	//task 4.2
	id := restate.Key(ctx)
	row, err := restate.Run(ctx, func(rc restate.RunContext) (*store.Order, error) {
		return o.DB.FindOrder(rc, id)
	}, restate.WithName("look"))
	if err != nil {
		return Summary{}, err
	}
	if row == nil {
		return Summary{}, refuse(http.StatusNotFound, "there is no order %s", id)
	}
	return summary(*row), nil
	//end
}
