// Package order takes an order from its first stage to its last.
package order

import (
	"time"

	restate "github.com/restatedev/sdk-go"

	"example.com/workbook/lessons/shop/store"
	"example.com/workbook/lessons/shop/todo"
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
	// TODO 4.4: begin returns the order's row, which may be older than this call. Refuse
	// another amount, 409. Give a COMPLETED or FAILED order its stored answer.
	// TODO 4.5: an error of begin ends the order. Write FAILED into its row, if there is
	// one.
	if _, err := o.begin(ctx, id, r); err != nil {
		return Summary{}, err
	}
	// TODO 4.5: an error of approve or fulfil ends the order too. Write FAILED and the
	// reason into its row, and return the error. After an error of fulfil, first send
	// Payment/Refund.
	if err := o.approve(ctx, r); err != nil {
		return Summary{}, err
	}
	return o.fulfil(ctx, id, r)
}

// begin writes the order's row, PENDING, unless it exists, and returns the row that
// is in the table then. Nothing to edit here.
func (o Order) begin(ctx restate.WorkflowContext, id string, r Request) (store.Order, error) {
	return restate.Run(ctx, func(rc restate.RunContext) (store.Order, error) {
		return o.DB.BeginOrder(rc, r.row(id))
	}, restate.WithName("pending"))
}

// fulfil runs the stages from Payment to COMPLETED.
func (o Order) fulfil(ctx restate.WorkflowContext, id string, r Request) (Summary, error) {
	// TODO 4.1: call Payment/ProcessPayment, then write PAID. Call
	// Shipping/CreateShipment, then write SHIPPED and COMPLETED. Send the receipt one
	// way, and return the Summary.
	return Summary{}, todo.Task("4.1")
}

// Status returns the order's row, also while CreateOrder waits.
func (o Order) Status(ctx restate.WorkflowSharedContext) (Summary, error) {
	// TODO 4.2: find the order's row in a step, and return summary of it. Refuse with
	// 404 if there is no row.
	return Summary{}, todo.Task("4.2")
}
