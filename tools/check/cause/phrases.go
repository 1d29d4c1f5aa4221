package cause

// MaxRetries is that number where the script makes nothing fail.
const MaxRetries = 6

// MaxRetriesAllFailing is that number where the script has every request fail: more than any
// step that has a bound is tried.
const MaxRetriesAllFailing = 14

// Facts that a word has seen, for the rules.
const (
	Cancelled = "cancelled" // a call was cancelled
	// Changed: somebody else changed a row that the program had written.
	Changed = "changed"
)

// KilledProgram: the script has killed the program.
const KilledProgram = "killed-program"

// Restarted: the program runs with settings of the script's.
const Restarted = "restarted"

// Terminated: the program was asked to end.
const Terminated = "terminated"

// Purged: Restate was made to forget a call.
const Purged = "purged"

// Unreachable: the program could not be reached for some attempts.
const Unreachable = "unreachable"

const NotFinalWhy = "the handler returns an error that is not terminal, and so is run again and again: refuse makes one that is, and %w keeps it so"

const droppedWhy = "a no came back, and the handler went on as if it were none: is an error dropped?"

const DeferredWhy = "a defer runs each time that an attempt ends, and when the handler is taken off to wait: undo things where the error is"

const WrittenOverWhy = "the row had moved on, and was written over: a row that is there must stay as it is"

const askedOutsideWhy = "the outside world was asked outside of a step: every attempt asks it again, so wrap the request in restate.Run"

const capturedWhy = "a variable that a step sets is empty after a replay: use what the step returns"
