// Package script runs check scripts: the state of one that runs, how it calls and
// waits, and how what it has seen becomes a record.
package script

import (
	"context"
	"encoding/json"
	"fmt"
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
)

// Shared is what all scripts of a check share.
type Shared struct {
	World   *world.World
	Words   Table          // all that scripts may use
	Answers map[string]any // the learner's guesses and quiz answers
	Causes  []cause.Rule   // the rules for the likely cause, in order
	Guesses string         // the folder that keeps the first guesses, "" for none
	Given   bool           // what is checked was put there by make catchup
}

// Script is one check script as it runs: what a Word works on. It holds its own
// context, for testscript's commands have none.
type Script struct {
	*record.Record
	*watchdog.Watch
	Shared     *Shared
	SharedKill *world.SharedKill // nil when the script kills for itself
	TestScript *testscript.TestScript
	Ctx        context.Context
	Last       *world.Call // whose answer the claims are about
	Armed      []*world.Fault
	Launched   map[string]*process.Process
	// Scripted are the subjects for which the outside world has rules.
	Scripted    []string
	Facts       map[string]bool
	Commit      int    // the number of the commit at which the program is to kill itself
	hidden      bool   // neither ledger nor attempts are shown
	OwnDatabase string // where the program was started with a file of its own
	atEnd       []func() error
	Flows       int // the flows of its sweeps, so far
}

// scriptLimit is how long a script may take.
const scriptLimit = 60 * time.Second

// New returns a script that runs until ctx ends. What it does and sees goes into
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

// SubjectArg returns argument i, or the script's own key where there is none.
func (s *Script) SubjectArg(args []string, i int) string {
	if i < len(args) {
		return args[i]
	}
	return s.Subject
}

// HeldPhrase returns where the program stands while a request is held, with a blank
// before it, or "".
func (s *Script) HeldPhrase() string {
	if s.Held == "" {
		return ""
	}
	return " " + s.Held
}

// AddFact keeps a fact for the rules that look for the likely cause.
func (s *Script) AddFact(fact string) { s.Facts[fact] = true }

// HideLedger leaves ledger and attempts out of the verdict: they have nothing to do
// with what is wrong.
func (s *Script) HideLedger() { s.hidden = true }

// AtEnd calls f when the script is over, passed or not. Its error fails a script
// that had passed.
func (s *Script) AtEnd(f func() error) { s.atEnd = append(s.atEnd, f) }

// AnswerJSON returns a field of the last answer, as JSON.
func (s *Script) AnswerJSON(field string) ([]byte, error) {
	var body map[string]json.RawMessage
	if s.Last == nil || json.Unmarshal(s.Last.Answer, &body) != nil || body[field] == nil {
		return nil, s.failField(field)
	}
	return body[field], nil
}

// failField returns the error of a last answer that does not have the field. A script
// that has called nothing yet is at fault itself.
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

// Begin returns the script that testscript is about to run, with its key in $K and in
// rec. When it has ended, its record has all that the verdict is made of.
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

// Of returns the script that a command of testscript's runs in.
func Of(ts *testscript.TestScript) *Script { return ts.Value(scriptKey{}).(*Script) }

// subject makes a key of the script's name that reads well in a ledger:
// o-1.2-mail for 1.2_crash_mail.
func subject(script string, p record.Pass) string {
	parts := strings.SplitN(script, "_", 3)
	key := "o-" + parts[0] + "-" + parts[len(parts)-1]
	if p != record.Normal {
		key += "-" + string(p)
	}
	return key + os.Getenv(setting.SharedKey)
}

// close ends what the script has left running. Where it has failed, Collect gathers what
// the verdict needs first.
func (s *Script) close() {
	for _, end := range append(s.atEnd, s.RequirePlaced) {
		if err := end(); err != nil && s.Failure == nil {
			s.recordFailure(err)
		}
	}
	s.revive()
	s.clearOutside()
	for _, p := range s.Launched {
		p.Kill()
	}
	ctx, cancel := context.WithTimeout(context.Background(), world.CallLimit)
	defer cancel()
	if s.Failure != nil {
		s.Collect(ctx)
	}
	var side sync.WaitGroup
	for _, c := range s.Calls {
		side.Go(func() { s.World.Abandon(ctx, c) })
	}
	side.Wait()
}

// clearOutside removes the script's rules from the outside world.
func (s *Script) clearOutside() {
	for _, subject := range s.Scripted {
		s.World.Outside.Clear(context.Background(), subject)
	}
}

// ExpectDeath keeps that the program is to kill itself right after its n-th commit,
// and where that is in words: "right after it has written the row". A script with
// such a place must come to it: see killed.
func (s *Script) ExpectDeath(n int, where string) { s.KilledAt, s.Commit = where, n }

// revive puts the standby in the place of a program that has killed itself
// after its script had given up.
func (s *Script) revive() {
	if s.KilledAt == "" || s.World.ProgramError() != nil {
		return
	}
	if s.World.DeadProgram() != nil {
		s.World.Crash(context.Background())
	}
}

// InvocationOf returns the invocation of a call, nil while Restate does not know of
// one.
func (s *Script) InvocationOf(ctx context.Context, c *world.Call) (*world.Invocation, error) {
	all, err := s.World.AllInvocations(ctx)
	i := slices.IndexFunc(all, c.Matches)
	if err != nil || i < 0 {
		return nil, err
	}
	return &all[i], nil
}
