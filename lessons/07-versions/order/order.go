// Package order has two versions of the order. Nothing to edit here.
package order

import (
	"time"

	restate "github.com/restatedev/sdk-go"

	"example.com/workbook/lessons/shop/store"
	"example.com/workbook/solutions/04-workflow/order"
)

// New returns a version of the workflow Order: 1 is the order of lesson 4.
func New(version string, db store.Store, limit time.Duration) any {
	first := order.Order{DB: db, ApprovalLimit: limit}
	if version == "1" {
		return first
	}
	return Order{first}
}

// Order is version 2: version 1 with one more step, the first one.
type Order struct{ order.Order }

// CreateOrder screens the customer, and then does what version 1 does.
func (o Order) CreateOrder(
	ctx restate.WorkflowContext, r order.Request,
) (order.Summary, error) {
	_, err := restate.Run(ctx, func(restate.RunContext) (bool, error) {
		return false, nil // nobody is on the list yet
	}, restate.WithName("screen"))
	if err != nil {
		return order.Summary{}, err
	}
	return o.Order.CreateOrder(ctx, r)
}
