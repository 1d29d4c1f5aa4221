package order

import (
	//task 4.3
	"net/http"

	//end
	restate "github.com/restatedev/sdk-go"
	//|
	//| "example.com/workbook/lessons/shop/todo"
)

// approvalFrom is the smallest amount, in cents, that a person has to approve.
const approvalFrom = 100_000

// approve waits until a person has approved or refused a large order. It returns
// nil for an approved order, and returns nil at once for a small one.
func (o Order) approve(ctx restate.WorkflowContext, r Request) error {
	if r.AmountCents < approvalFrom {
		return nil
	}
	//| // TODO 4.3: wait until Approve has resolved a promise, but no longer than
	//| // o.ApprovalLimit. Return nil if the order was approved. Otherwise refuse it: 403
	//| // if it was not approved, 408 if nobody has answered in time.
	//| return todo.Task("4.3")
	//task 4.3
	approval := restate.Promise[Approval](ctx, "approval")
	late := restate.After(ctx, o.ApprovalLimit)
	first, err := restate.WaitFirst(ctx, approval, late)
	if err != nil {
		return err
	}
	if first == late {
		return refuse(http.StatusRequestTimeout, "nobody has approved the order in time")
	}
	said, err := approval.Result()
	if err != nil {
		return err
	}
	if !said.Approved {
		return refuse(http.StatusForbidden, "the order was not approved")
	}
	return nil
	//end
}

// Approve passes a person's decision to the order. The first decision counts:
// Restate answers a second call with an error, 409.
func (o Order) Approve(ctx restate.WorkflowSharedContext, a Approval) error {
	//| // TODO 4.3: resolve the promise that approve waits for, with a.
	//| return todo.Task("4.3")
	//task 4.3
	return restate.Promise[Approval](ctx, "approval").Resolve(a)
	//end
}
