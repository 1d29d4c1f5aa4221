package order

import (
	restate "github.com/restatedev/sdk-go"

	"example.com/workbook/lessons/shop/todo"
)

// approvalFrom is the least amount, in cents, for which somebody must say yes.
const approvalFrom = 100_000

// approve waits until somebody has said yes or no to an order of that size. It
// returns nil for a yes, and at once where none is needed.
func (o Order) approve(ctx restate.WorkflowContext, r Request) error {
	if r.AmountCents < approvalFrom {
		return nil
	}
	// TODO 4.3: wait for what Approve is told, o.ApprovalLimit at the most.
	return todo.Task("4.3")
}

// Approve tells the order a yes or a no. What was told first counts; a second
// time is an error of Restate's own, 409.
func (o Order) Approve(ctx restate.WorkflowSharedContext, a Approval) error {
	// TODO 4.3: resolve the promise that approve waits for.
	return todo.Task("4.3")
}
