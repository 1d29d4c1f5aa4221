// Package changes has a small order and eight changes of it. Nothing to edit here.
package changes

import restate "github.com/restatedev/sdk-go"

// Request is the input of an order.
type Request struct {
	ID   string `json:"id"`
	Gift bool   `json:"gift"` // no order that waits has this field: the change NewBranch adds it
}

// old is the order before each change. Orders wait for their approval when the change
// comes.
var old = flow{step("check"), call("Reserve"), call("Charge"), wait, step("finish")}

// changed has each change, by the name of its workflow.
var changed = map[string]flow{
	// a line for the log
	"LogLine": {step("check"), logLine("checked"), call("Reserve"), call("Charge"), wait, step("finish")},
	// the first step has another name
	"RenamedStep": {step("verify"), call("Reserve"), call("Charge"), wait, step("finish")},
	// one more step, at the end
	"StepAtEnd": {step("check"), call("Reserve"), call("Charge"), wait, step("finish"), step("thank")},
	// one more step, right before the wait
	"StepBeforeWait": {step("check"), call("Reserve"), call("Charge"), step("inform"), wait, step("finish")},
	// the first step has the same name, and its function does something else
	"OtherBody": {otherStep("check"), call("Reserve"), call("Charge"), wait, step("finish")},
	// the two calls have changed places
	"SwappedCalls": {step("check"), call("Charge"), call("Reserve"), wait, step("finish")},
	// the body of a call has one more field
	"NewField": {step("check"), call("Reserve"), callWithField("Charge"), wait, step("finish")},
	// one more step, only for orders whose request says gift
	"NewBranch": {step("check"), call("Reserve"), call("Charge"), ifGift(step("wrap")), wait, step("finish")},
}

// Services returns the eight workflows, before the changes or after them, and the desk
// that they call.
func Services(version string) []restate.ServiceDefinition {
	all := []restate.ServiceDefinition{restate.Reflect(Desk{})}
	for name, new := range changed {
		if version == "1" {
			new = old
		}
		all = append(all, restate.NewWorkflow(name, restate.WithInactivityTimeout(0)).
			Handler("Run", restate.NewWorkflowHandler(new.run)).
			Handler("Approve", restate.NewWorkflowSharedHandler(approve)))
	}
	return all
}
