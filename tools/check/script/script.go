// Package script runs check scripts. It holds the state of a running script, calls
// handlers, waits for events, and writes what a script saw into a record.
package script

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"example.com/workbook/tools/check/cause"
	"example.com/workbook/tools/check/claim"
	"example.com/workbook/tools/check/record"
	"example.com/workbook/tools/check/setting"
	"example.com/workbook/tools/check/watchdog"
	"example.com/workbook/tools/check/world"
	"example.com/workbook/tools/process"
	"example.com/workbook/tools/proxy"
)

// Shared is what all scripts of a check share.
type Shared struct {
	World   *world.World
	Words   Table          // all words that scripts may use
	Answers map[string]any // the learner's guesses and quiz answers
	Causes  []cause.Rule   // the rules for the likely cause, in order
	Guesses string         // the folder that keeps the first guesses, "" for none
	Given   bool           // make catchup put the checked code there
}

// Script is one running check script. Words work on it. It holds a context, because the
// commands of testscript have none.
type Script struct {
	*record.Record
	*watchdog.Watch
	Shared     *Shared
	SharedKill *world.SharedKill // nil if the script kills the program alone
	TestScript *testscript.TestScript
	Ctx        context.Context
	Last       *world.Call // the call whose answer the claims are about
	Armed      []*world.Fault
	Launched   map[string]*process.Process
	LaunchEnv  []string          // more settings for launched programs, NAME=value
	Versions   map[string]string // the addresses of programs beside the first one, by name
	NodeFault  *world.NodeFault  // the last one that the script has armed
	// Scripted are the subjects for which the script has given rules to the outside world.
	Scripted    []string
	Facts       map[string]bool
	Commit      int    // the number of the commit after which the program kills itself
	hidden      bool   // leave the ledger and the attempts out of the verdict
	OwnDatabase string // the file of a program that was started with its own database
	atEnd       []func() error
	undo        []func() error
	kept        []proxy.Attempt // by KeepAttempts
	Flows       int             // number of flows of its sweeps, so far
}

// scriptLimit is how long a script may take.
const scriptLimit = 3 * time.Minute

// New returns a script that runs until ctx ends, and writes what it does and sees into
// rec.
func New(ctx context.Context, shared *Shared, rec *record.Record) *Script {
	return &Script{Record: rec, Watch: watchdog.New(shared.World, rec.Subject), Shared: shared, Ctx: ctx, Launched: map[string]*process.Process{}, Facts: map[string]bool{}}
}

// Database returns the path of the program's SQLite file.
func (s *Script) Database() string {
	if s.OwnDatabase != "" {
		return s.OwnDatabase
	}
	return s.World.Database()
}

// Failpoint returns the path of the file that SHOP_FAILPOINT names.
func (s *Script) Failpoint() string { return s.World.Failpoint() }

// SubjectArg returns argument i, or the script's own key if there is no such argument.
func (s *Script) SubjectArg(args []string, i int) string {
	if i < len(args) {
		return args[i]
	}
	return s.Subject
}

// HeldPhrase returns where the program is while a request is held, with a blank before
// the text, or "".
func (s *Script) HeldPhrase() string {
	if s.Held == "" {
		return ""
	}
	return " " + s.Held
}

// AddFact keeps a fact for the rules that look for the likely cause.
func (s *Script) AddFact(fact string) { s.Facts[fact] = true }

// HideLedger leaves the ledger and the attempts out of the verdict, because the failure
// is about something else.
func (s *Script) HideLedger() { s.hidden = true }

// AtEnd calls f when the script is over, passed or not. An error of f makes a passed
// script fail.
func (s *Script) AtEnd(f func() error) { s.atEnd = append(s.atEnd, f) }

// Undo calls f when the verdict of a failed script has been made. A script that changes what
// the program finds, such as a database that refuses rows, undoes the change with f. If the
// change were undone before the verdict, then the next attempt would succeed, and Restate would
// drop the journal that shows the cause.
// An error of f makes a passed script fail.
func (s *Script) Undo(f func() error) { s.undo = append(s.undo, f) }

// AnswerJSON returns a field of the last answer, as JSON.
func (s *Script) AnswerJSON(field string) ([]byte, error) {
	var body map[string]json.RawMessage
	if s.Last == nil || json.Unmarshal(s.Last.Answer, &body) != nil || body[field] == nil {
		return nil, s.failField(field)
	}
	return body[field], nil
}

// failField returns the error for a last answer without the field. If the script has
// called no handler yet, the error is about the script.
func (s *Script) failField(field string) error {
	if s.Last == nil {
		return fmt.Errorf("there is no answer yet to take %s from: the script has to call a handler first", field)
	}
	return record.Fail(claim.ExpectField(field).With(claim.GotAnswer(s.Last.Status, s.Last.Answer)))
}

// AnswerField returns a field of the last answer.
func (s *Script) AnswerField(field string) (string, error) {
	var body map[string]any
	if s.Last == nil || json.Unmarshal(s.Last.Answer, &body) != nil || body[field] == nil {
		return "", s.failField(field)
	}
	if body[field] == "" {
		return "", record.Fail(claim.ExpectField(field).With(claim.GotEmpty()))
	}
	return fmt.Sprint(body[field]), nil
}

// AnswerFields returns all fields of the last answer.
func (s *Script) AnswerFields() (fields map[string]any, err error) {
	if s.Last == nil {
		return nil, fmt.Errorf("no call comes before this word")
	}
	if s.Last.Status != http.StatusOK || json.Unmarshal(s.Last.Answer, &fields) != nil {
		return nil, record.Fail(claim.ExpectAnswer(http.StatusOK, "{}").With(claim.GotAnswer(s.Last.Status, s.Last.Answer)))
	}
	return fields, nil
}

// Begin returns the script that testscript is about to run, with its key in $K and in
// rec. When the script has ended, its record has everything that the verdict needs.
func Begin(env *testscript.Env, shared *Shared, rec *record.Record, kill *world.SharedKill) *Script {
	rec.Subject = subject(rec.Script, rec.Pass)
	ctx, cancel := context.WithTimeout(context.Background(), scriptLimit)
	s := New(ctx, shared, rec)
	s.SharedKill = kill
	env.Setenv("K", rec.Subject)
	env.Values[scriptKey{}] = s
	env.Defer(func() {
		s.close()
		cancel()
	})
	return s
}

type scriptKey struct{}

// Of returns the script in which a command of testscript runs.
func Of(ts *testscript.TestScript) *Script { return ts.Value(scriptKey{}).(*Script) }

// subject makes a key for ledgers from the script's name: o-1.2-mail for
// 1.2_crash_mail.
func subject(script string, p record.Pass) string {
	parts := strings.SplitN(script, "_", 3)
	key := "o-" + parts[0] + "-" + parts[len(parts)-1]
	if p != record.Normal {
		key += "-" + string(p)
	}
	return key + os.Getenv(setting.SharedKey)
}

// close ends everything that the script left running. If the script has failed, Collect
// first gathers what the verdict needs.
func (s *Script) close() {
	s.call(append(s.atEnd, s.RequirePlaced))
	ctx, cancel := context.WithTimeout(context.Background(), world.CallLimit)
	defer cancel()
	// The end of a script releases the held request, and the handlers that waited for it
	// go on. The verdict shows the ledger and the attempts from before the release.
	seen := s.Failure != nil && s.Held != "" && !s.Secret && !s.hidden
	if seen {
		s.observe(ctx)
	}
	ledger, lines := s.Ledger, s.AttemptLines
	s.revive()
	if s.Held == "" {
		// A request that fails must still fail when Collect reads the journal.
		s.Undo(func() error { s.clearOutside(); return nil })
	} else {
		s.clearOutside()
	}
	for _, p := range s.Launched {
		p.Kill()
	}
	if s.Failure != nil {
		s.Collect(ctx)
	}
	s.call(s.undo)
	if seen {
		s.Ledger, s.AttemptLines = ledger, lines
	}
	var side sync.WaitGroup
	for _, c := range s.Calls {
		side.Go(func() { s.World.Abandon(ctx, c) })
	}
	side.Wait()
}

// call calls each function. An error makes a passed script fail.
func (s *Script) call(all []func() error) {
	for _, f := range all {
		if err := f(); err != nil && s.Failure == nil {
			s.recordFailure(err)
		}
	}
}

// clearOutside removes the script's rules from the outside world.
func (s *Script) clearOutside() {
	for _, subject := range s.Scripted {
		s.World.Outside.Clear(context.Background(), subject)
	}
}

// ExpectDeath notes that the program will kill itself right after its n-th commit, and
// that place in words, such as "right after it wrote to the database". The script must
// then wait for that place with the word killed.
func (s *Script) ExpectDeath(n int, where string) { s.KilledAt, s.Commit = where, n }

// revive replaces a program that killed itself after its script had failed by the
// standby.
func (s *Script) revive() {
	if s.KilledAt == "" || s.World.ProgramError() != nil {
		return
	}
	if s.World.DeadProgram() != nil {
		s.World.Crash(context.Background())
	}
}

// InvocationOf returns the invocation of a call, or nil while Restate has none.
func (s *Script) InvocationOf(ctx context.Context, c *world.Call) (*world.Invocation, error) {
	all, err := s.World.AllInvocations(ctx)
	i := slices.IndexFunc(all, c.Matches)
	if err != nil || i < 0 {
		return nil, err
	}
	return &all[i], nil
}
