package cause

// Explanations that more than one rule gives.
const (
	droppedWhy      = "a no came back, and the handler went on as if it were none: is an error dropped?"
	DeferredWhy     = "a defer runs each time that an attempt ends, and when the handler is taken off to wait: undo things where the error is"
	WrittenOverWhy  = "the row had moved on, and was written over: a row that is there must stay as it is"
	askedOutsideWhy = "the outside world was asked outside of a step: every attempt asks it again, so wrap the request in restate.Run"
	capturedWhy     = "a variable that a step sets is empty after a replay: use what the step returns"
)
