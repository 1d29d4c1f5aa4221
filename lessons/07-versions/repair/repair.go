// Package repair brings an order to its end that cannot be replayed.
package repair

import (
	"context"
	"time"

	"example.com/workbook/lessons/shop/admin"
	"example.com/workbook/lessons/shop/todo"
)

// Repair moves an order to the program at address, whose code fits the order's journal.
// Repair can be called again after it was killed.
func Repair(ctx context.Context, restate *admin.Client, order, address string, every time.Duration) error {
	// TODO 7.4: register the address. Then find the order's invocation, and resume it on
	// the new deployment. Restate refuses that with a conflict while an attempt runs or is
	// due: pause the invocation then, and try again.
	return todo.Task("7.4")
}

// invocation is a row of sys_invocation.
type invocation struct {
	ID         string `json:"id"`
	Status     string `json:"status"`
	Deployment string `json:"pinned_deployment_id"`
}

// find returns the invocation of an order that has not ended, or nil. Nothing to edit
// here.
func find(ctx context.Context, restate *admin.Client, order string) (*invocation, error) {
	var rows []invocation
	err := restate.Query(ctx, `SELECT id, status, pinned_deployment_id FROM sys_invocation
		WHERE target = 'Order/`+order+`/CreateOrder' AND status <> 'completed'`, &rows)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return &rows[0], nil
}

// wait waits for a time, or until ctx ends. Nothing to edit here.
func wait(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
