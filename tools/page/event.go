package page

import (
	"time"

	"example.com/workbook/tools/restate"
	"example.com/workbook/tools/sandbox"
)

// The values of Event.What.
const (
	Run        = "run"        // what is shown: its title, how slow the gateway is, when it fails
	Unit       = "unit"       // a process came up or went down
	Program    = "program"    // whose services serve from now on: reference, mine, naive
	Attempt    = "attempt"    // a handler is run from its first line
	Step       = "step"       // what became of a step (restate.Run) in an attempt
	Message    = "message"    // an attempt has sent a call, a send, or its answer
	End        = "end"        // an attempt has ended; one that never began has found nobody there
	Ledger     = "ledger"     // a line of the outside world's
	Row        = "row"        // a row got a status, or a failure was written down
	Journal    = "journal"    // an entry of Restate's journal
	Failure    = "failure"    // Restate has noted why an attempt failed
	Invocation = "invocation" // how Restate's table has an invocation
	Stuck      = "stuck"      // an invocation does not go on by itself, or goes on again
	Version    = "version"    // a version of the program, where there are two
	Leader     = "leader"     // another node leads, where there are several
)

// Event is one fact from one source: our proxy, the sandbox's ledger, the database, or
// Restate's tables. Only the fields that its What uses are set.
type Event struct {
	N       int       `json:"n"` // from 1, in the order in which they came to be known
	T       time.Time `json:"t"` // when it happened, UTC, to the millisecond
	What    string    `json:"what"`
	Subject string    `json:"subject,omitempty"` // the order that it is about

	ID      string `json:"inv,omitempty"` // of the invocation
	Service string `json:"service,omitempty"`
	Handler string `json:"handler,omitempty"`
	Key     string `json:"key,omitempty"` // of a virtual object or workflow
	Parent  string `json:"parent,omitempty"`
	Attempt int    `json:"attempt,omitempty"` // from 1

	Name string `json:"name,omitempty"` // of a step, a process, a table, a run
	How  string `json:"how,omitempty"`
	// How of a run is whose program the shop was opened with, reference or mine; of a step
	// begun, replayed, ok or "failed for good"; of a message call, send or answer; of an end
	// done, suspended, killed, "server killed" or "error: …"; of a unit up or how it ended;
	// of a row its status, or failed; of a journal entry its type; of a failure
	// TransientError or Paused; of an invocation its status; of a stuck one its status too,
	// "" when it goes on; of a version deployed or removed; of a leader the unit, "" while no node leads.

	Index  *int       `json:"index,omitempty"`    // of a journal entry; behind which a failure came
	Next   *time.Time `json:"next,omitempty"`     // when a failed invocation is tried again
	Reason string     `json:"reason,omitempty"`   // of a failure, of a row that is FAILED
	Roll   *int       `json:"roll,omitempty"`     // of a failure that was written down
	Row    string     `json:"row,omitempty"`      // the row's id
	PID    int        `json:"pid,omitempty"`      // of a unit
	Unit   string     `json:"unit,omitempty"`     // of an attempt: the copy of the program that it goes to
	Open   int        `json:"open,omitempty"`     // of a version: how many of its invocations have not ended
	Delay  int        `json:"delay_ms,omitempty"` // of a run: how long the gateway takes
	Retry  int        `json:"retry_ms,omitempty"` // how long the first back-off of a charge is
	Below  int        `json:"fails_below,omitempty"`

	Deployment string `json:"deployment,omitempty"` // of a version; the one that an invocation is pinned to

	Lines []restate.Line `json:"lines,omitempty"` // of a stuck invocation: what there is to say about it

	Entry *sandbox.Entry `json:"entry,omitempty"` // of the ledger, without bodies
}
