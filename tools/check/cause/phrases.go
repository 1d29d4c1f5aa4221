package cause

// Words of more than one rule.
const (
	droppedWhy      = "a request was refused (4xx), but the handler went on as if it had been accepted. Find the error that your code ignores, and return it"
	WrittenOverWhy  = "the row already had a newer status, and your code overwrote it. Insert the row only if it is absent, and leave an existing row unchanged"
	askedOutsideWhy = "a request to the outside world is outside of every step, so each attempt sends it again. Put the request into a restate.Run"
	capturedWhy     = "a variable that a step's function sets is empty on replay, because the function does not run again. Use the value that the step returns"
)
