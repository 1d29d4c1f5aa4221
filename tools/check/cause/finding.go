package cause

import (
	"slices"

	"example.com/workbook/tools/check/claim"
	"example.com/workbook/tools/check/record"
	"example.com/workbook/tools/proxy"
	"example.com/workbook/tools/restate"
	"example.com/workbook/tools/sandbox"
)

// Finding is what a script had seen when it failed: everything that a rule looks at. A
// Finding is plain data, so a test of a rule needs no server.
type Finding struct {
	Claim        claim.Claim       `json:"claim"`
	Subject      string            `json:"subject"`                // the key of the script, $K
	Where        record.Place      `json:"where"`                  // what the script judges
	Replayed     bool              `json:"replayed,omitempty"`     // every step is replayed in this run
	Facts        map[string]bool   `json:"facts,omitempty"`        // recorded by words with Script.AddFact
	Held         string            `json:"held,omitempty"`         // where the program stands while a request is held
	Failing      int               `json:"failing,omitempty"`      // how many requests the script makes fail
	AllFailing   bool              `json:"all_failing,omitempty"`  // the script makes all requests of a kind fail
	Calls        []Call            `json:"calls,omitempty"`        // in the order of the names that the script gave them
	Last         *Call             `json:"last,omitempty"`         // the call whose answer the claims are about
	Ledger       []sandbox.Entry   `json:"ledger,omitempty"`       // of the script's subjects
	Attempts     []proxy.Attempt   `json:"attempts,omitempty"`     // of the script's invocations, without those that found no program
	Journal      []restate.Entry   `json:"journal,omitempty"`      // of the call whose answer did not come, or of the last call
	Unreplayable [][]restate.Entry `json:"unreplayable,omitempty"` // the journals of invocations that cannot be replayed
	State        []string          `json:"state,omitempty"`        // names of the state entries that the last call's object has
	StateKnown   bool              `json:"state_known,omitempty"`  // State was read
	Trace        string            `json:"trace,omitempty"`        // everything that the program printed before it ended by itself
}

// Facts that words record for the rules, with Script.AddFact.
const (
	Cancelled       = "cancelled"        // a call was cancelled
	AnsweredBefore  = "answered-before"  // a call was to be cancelled, and had been answered
	Changed         = "changed"          // another program changed a row that the program had written
	KilledProgram   = "killed-program"   // with SIGKILL, by the script
	Restarted       = "restarted"        // the program runs with settings from the script
	Relaunched      = "relaunched"       // a launched program was killed again and again, and run again
	Refused         = "refused"          // Restate refused a request of a launched program, and the program ended well
	Registered      = "registered"       // Restate has accepted a registration of the launched program
	Terminated      = "terminated"       // the program was asked to end
	Forgotten       = "forgotten"        // the state of an object was deleted
	Purged          = "purged"           // the script made Restate forget a call
	Denied          = "denied"           // the database refused queries of the program for a time
	KilledNode      = "killed-node"      // a node was killed
	Drilled         = "drilled"          // many orders were placed while nodes died and returned
	AcceptedUnheard = "accepted-unheard" // a node was killed after it had accepted an order, and before its answer
	Interrupted     = "interrupted"      // a launched program got a SIGINT
	Silenced        = "silenced"         // a node was silent
	NotKnown        = "not-known"        // a node answered that it does not know the service
	CommitLost      = "commit-lost"      // the connection to the database broke before it had a COMMIT
	CommitUnheard   = "commit-unheard"   // the connection broke after the database had done a COMMIT
	DatabaseAway    = "database-away"    // the database was killed
	Unplugged       = "unplugged"        // the database ended the connections of launched programs
	RefusedRows     = "refused-rows"     // the database refused rows with a SQLSTATE of the script
	Unreachable     = "unreachable"      // Restate could not reach the program for some attempts
)

// Call is one call that the script made.
type Call struct {
	Service  string `json:"service"`
	Key      string `json:"key,omitempty"`
	Handler  string `json:"handler"`
	Run      bool   `json:"run,omitempty"`      // the run of a workflow
	Workflow bool   `json:"workflow,omitempty"` // a call to a workflow, its run or another handler
	Body     string `json:"body,omitempty"`
	Answered bool   `json:"answered,omitempty"`
	Status   int    `json:"status,omitempty"` // of the answer
}

// Target is the parts of service/handler or service/key/handler.
type Target struct{ Service, Key, Handler string }

// Target returns what was called.
func (c Call) Target() Target { return Target{c.Service, c.Key, c.Handler} }

// OfObject reports whether the call went to an object's key. The run of a workflow
// does not count: it may do without state, because its journal is kept.
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

// calledOnce reports whether the last call is the only one, so that no earlier call or
// attempt can have stored anything.
func (f *Finding) calledOnce() bool { return len(f.Calls) == 1 && len(f.Attempts) <= 1 }

// calledWorkflow reports whether one of the script's calls went to a workflow.
func (f *Finding) calledWorkflow() bool {
	return slices.ContainsFunc(f.Calls, func(c Call) bool { return c.Workflow })
}

// keptNothing reports whether the last call's object has no state.
func (f *Finding) keptNothing() bool { return f.StateKnown && len(f.State) == 0 }
