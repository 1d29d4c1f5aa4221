// Package order takes an order from its first stage to its last.
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

// Order is a workflow: its object key is the order's id, and CreateOrder runs once
// per key.
type Order struct {
	DB            store.Store
	ApprovalLimit time.Duration // how long a large order waits for approval
}

// CreateOrder takes an order from PENDING to COMPLETED or FAILED.
func (o Order) CreateOrder(ctx restate.WorkflowContext, r Request) (Summary, error) {
	id := restate.Key(ctx)
	if err := r.check(id); err != nil {
		return Summary{}, err
	}
	//| // TODO 4.4: begin returns the order's row, which may be older than this call. Refuse
	//| // another amount, 409. Give a COMPLETED or FAILED order its stored answer.
	//| // TODO 4.5: an error of begin ends the order. Write FAILED into its row, if there is
	//| // one.
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
	//| // TODO 4.5: an error of approve or fulfil ends the order too. Write FAILED and the
	//| // reason into its row, and return the error. After an error of fulfil, first send
	//| // Payment/Refund.
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
		// Before the row, and one way: a second cancel can interrupt a step or a call
		// that the handler waits for, but not a send.
		restate.ObjectSend(ctx, "Payment", "pay-"+id, "Refund").Send(Refund{OrderID: id, AmountCents: r.AmountCents})
		return Summary{}, o.fail(ctx, id, err)
	}
	return done, nil
	//end
}

//snip begin

// begin writes the order's row, PENDING, unless it exists, and returns the row that
// is in the table then. Nothing to edit here.
func (o Order) begin(ctx restate.WorkflowContext, id string, r Request) (store.Order, error) {
	return restate.Run(ctx, func(rc restate.RunContext) (store.Order, error) {
		return o.DB.BeginOrder(rc, r.row(id))
	}, restate.WithName("pending"))
}

//snip end

// fulfil runs the stages from Payment to COMPLETED.
func (o Order) fulfil(ctx restate.WorkflowContext, id string, r Request) (Summary, error) {
	//| // TODO 4.1: call Payment/ProcessPayment, then write PAID. Call
	//| // Shipping/CreateShipment, then write SHIPPED and COMPLETED. Send the receipt one
	//| // way, and return the Summary.
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
	// Nothing happens between SHIPPED and COMPLETED, so one step writes both.
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

// fail writes FAILED and the reason into the order's row. It returns why, or the error
// of its step.
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

// Status returns the order's row, also while CreateOrder waits.
func (o Order) Status(ctx restate.WorkflowSharedContext) (Summary, error) {
	//| // TODO 4.2: find the order's row in a step, and return summary of it. Refuse with
	//| // 404 if there is no row.
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
