package cause

import (
	"fmt"
	"regexp"
)

const (
	HangsWhy       = "the handler waits for something in the program itself: time.Sleep, a lock, or goroutines that use ctx, as only the handler itself may"
	WaitsWithinWhy = "the handler waits for something in the program itself: a lock, perhaps, that another handler has"
)

// NoneWithin begins what a claim got that was waited for in vain.
const NoneWithin = "none within"

// StillRetried is in what a claim got whose invocation fails on and on.
const StillRetried = "is still retried"

const NeverGotThere = "it never did, so nothing could be crashed there"

const NobodyCalled = "nobody has called it"

var LinesPattern = regexp.MustCompile(`lines? with ".*" in it$`)

func LinesWith(text string) string { return fmt.Sprintf("with %q in it", text) }

// MaxRetries is that number where the script makes nothing fail.
const MaxRetries = 6

// MaxRetriesAllFailing is that number where the script has every request fail: more than any
// step that has a bound is tried.
const MaxRetriesAllFailing = 14

const WaitsOnWhy = "the call was cancelled, and the handler waits on: that came as the error of what it waited for, and was not handed on"

const PromiseWhy = "a promise is waited for, and kept by Restate: what a program looks at now and then dies with it"

// Facts that a word has seen, for the rules.
const (
	Cancelled = "cancelled" // a call was cancelled
	// Changed: somebody else changed a row that the program had written.
	Changed = "changed"
)

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
