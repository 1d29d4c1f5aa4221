// Package order takes an order from its first row to its last.
package order

import (
	"time"

	restate "github.com/restatedev/sdk-go"

	"example.com/workbook/lessons/shop/store"
	"example.com/workbook/lessons/shop/todo"
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
	// TODO 4.4: the row that begin returns may be an old one: of the same order, or of
	// another with the same id.
	if _, err := o.begin(ctx, id, r); err != nil {
		return Summary{}, err
	}
	// TODO 4.5: an error of approve or of fulfil is the order's end. It is FAILED then,
	// with the reason; and where Payment was asked, have it refund.
	if err := o.approve(ctx, r); err != nil {
		return Summary{}, err
	}
	return o.fulfil(ctx, id, r)
}

// begin writes the order's row, PENDING, and returns the row that is there.
// Nothing to edit here.
func (o Order) begin(ctx restate.WorkflowContext, id string, r Request) (store.Order, error) {
	return restate.Run(ctx, func(rc restate.RunContext) (store.Order, error) {
		return o.DB.BeginOrder(rc, r.row(id))
	}, restate.WithName("pending"))
}

// fulfil is the way from PENDING to COMPLETED.
func (o Order) fulfil(ctx restate.WorkflowContext, id string, r Request) (Summary, error) {
	// TODO 4.1: have it paid; then it is PAID. Have it shipped; then it is SHIPPED, and
	// COMPLETED. Send the receipt, one way.
	return Summary{}, todo.Task("4.1")
}

// Status says how far the order has come, whatever CreateOrder waits for.
func (o Order) Status(ctx restate.WorkflowSharedContext) (Summary, error) {
	// TODO 4.2: find the order's row, and answer summary of it; 404 when there is none.
	return Summary{}, todo.Task("4.2")
}
