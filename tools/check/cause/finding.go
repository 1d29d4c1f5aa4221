package cause

import (
	"slices"

	"example.com/workbook/tools/check/record"
	"example.com/workbook/tools/check/world"
	"example.com/workbook/tools/proxy"
	"example.com/workbook/tools/sandbox"
)

// Finding is what a script has seen by the time that it failed: all that a rule
// looks at. It is plain data, so a rule needs no server.
type Finding struct {
	Expected, Got string
	Subject       string       // the script's own key, $K
	Where         record.Place // what the script judges
	Replayed      bool         // every step is replayed in this run
	Did           []string
	Facts         map[string]bool        // the facts that words have recorded with Script.Saw
	Held          string                 // where the program stands while a request is held
	Failing       int                    // requests that the script has fail
	Calls         []Call                 // in the order of the names that the script gave them
	Last          *Call                  // the call whose answer the claims are about
	Ledger        []sandbox.Entry        // of the script's subjects
	Attempts      []proxy.Attempt        // of the script's invocations
	Journal       []world.JournalEntry   // of the last call
	Unreplayable  [][]world.JournalEntry // the journals of invocations that cannot be replayed
	State         []string               // names of the state entries that the last call's object has
	StateKnown    bool                   // State was read
	Trace         string                 // all that the program printed, when it ended by itself
}

// Call is a call of the script.
type Call struct {
	Service, Key, Handler string

	Run      bool // the run of a workflow
	Workflow bool // a call to a workflow, its run or another handler
	Body     string
	Answered bool
	Status   int // of the answer
}

// Target is service/handler or service/key/handler, taken apart.
type Target struct{ Service, Key, Handler string }

func (c Call) Target() Target { return Target{c.Service, c.Key, c.Handler} }

// OfObject reports whether the call was one for an object's key. A workflow's run
// may well do without state: its journal is kept.
func (c Call) OfObject() bool { return c.Key != "" && !c.Run }

// timesCalled counts the script's calls of a target so far.
func (f *Finding) timesCalled(t Target) (n int) {
	for _, c := range f.Calls {
		if c.Target() == t {
			n++
		}
	}
	return n
}

// calledOnce reports whether there was no earlier call that the last one could
// have known of.
func (f *Finding) calledOnce() bool { return len(f.Calls) == 1 && len(f.Attempts) <= 1 }

// calledWorkflow reports whether one of the script's calls was a workflow's.
func (f *Finding) calledWorkflow() bool {
	return slices.ContainsFunc(f.Calls, func(c Call) bool { return c.Workflow })
}

// keptNothing reports whether the last call's object has no state.
func (f *Finding) keptNothing() bool { return f.StateKnown && len(f.State) == 0 }
