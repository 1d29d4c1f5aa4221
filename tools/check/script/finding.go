package script

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"example.com/workbook/tools/check/cause"
	"example.com/workbook/tools/check/claim"
	"example.com/workbook/tools/check/record"
	"example.com/workbook/tools/check/setting"
	"example.com/workbook/tools/check/world"
	"example.com/workbook/tools/proxy"
	"example.com/workbook/tools/sandbox"
)

// Collect reads the ledger and the attempts into the record, and looks for the
// likely cause.
func (s *Script) Collect(ctx context.Context) {
	s.noteFaults()
	if s.World.Outside == nil {
		return
	}
	if s.Secret || s.hidden {
		s.diagnose(&cause.Finding{Claim: s.Claim})
		return
	}
	own := s.observe(ctx)
	s.diagnose(s.finding(ctx, own))
}

// observe reads the ledger and the attempts into the record, and returns the script's
// invocations.
func (s *Script) observe(ctx context.Context) (own []world.Invocation) {
	if entries, err := s.World.Outside.Ledger(ctx, ""); err == nil {
		s.Ledger = slices.DeleteFunc(entries, func(e sandbox.Entry) bool { return !strings.Contains(e.Subject, s.Subject) })
	}
	if s.World.Server != nil {
		own, _ = s.Invocations(ctx)
	}
	s.Attempts = s.kept
	if s.kept == nil {
		s.Attempts = s.World.AttemptsOf(own)
	}
	s.AttemptLines = attemptLines(s.Attempts)
	return own
}

// KeepAttempts keeps the attempts as they are now for the verdict. A word needs it if it
// stops a program at the end of the script, which ends the attempts of that program.
func (s *Script) KeepAttempts() {
	if own, err := s.Invocations(s.Ctx); err == nil {
		s.kept = s.World.AttemptsOf(own)
	}
}

// diagnose records the likely cause, unless the lesson has a reason of its own.
func (s *Script) diagnose(f *cause.Finding) {
	if s.Likely == "" {
		s.Cause, s.Likely = cause.Likely(f, s.Shared.Causes)
	}
	s.keepFinding(f)
}

// finding gathers the facts for the rules. own are the script's invocations.
func (s *Script) finding(ctx context.Context, own []world.Invocation) *cause.Finding {
	f := &cause.Finding{
		Claim:   s.Claim,
		Subject: s.Subject, Where: s.Where, Replayed: s.Pass == record.Replay,
		Facts: s.Facts, Held: s.Held, Failing: s.Failing, AllFailing: s.AllFailing,
		Ledger: s.Ledger, Attempts: reachedProgram(s.Attempts), Trace: s.World.DeathTrace(),
	}
	for _, name := range slices.Sorted(maps.Keys(s.Calls)) {
		f.Calls = append(f.Calls, s.foundCall(s.Calls[name]))
	}
	for _, i := range own {
		if i.LastFailureCode == "RT0016" {
			entries, _ := s.World.Journal(ctx, i.ID)
			f.Unreplayable = append(f.Unreplayable, entries)
		}
	}
	if s.Last != nil {
		s.findLast(ctx, f, own)
	}
	if c := s.awaited(); c != nil {
		if i := slices.IndexFunc(own, c.Matches); i >= 0 {
			f.Journal, _ = s.World.Journal(ctx, own[i].ID)
		}
	}
	return f
}

// reachedProgram returns the attempts that reached a program. While a killed program starts
// again, Restate makes attempts that find no program. How many there are depends on the
// machine, and they show nothing about the learner's code.
func reachedProgram(attempts []proxy.Attempt) (all []proxy.Attempt) {
	for _, a := range attempts {
		if a.HasReachedProgram() {
			all = append(all, a)
		}
	}
	return all
}

// awaited returns the call to which an answer should have come, or nil if the script did not
// wait for one.
func (s *Script) awaited() *world.Call {
	for _, c := range s.Calls {
		if s.Claim.Kind == claim.AnswerFrom && s.Claim.Of == c.Target.String() && !c.Answered() {
			return c
		}
	}
	return nil
}

// findLast adds what Restate knows about the last call, which the claims are about.
func (s *Script) findLast(ctx context.Context, f *cause.Finding, own []world.Invocation) {
	last := s.foundCall(s.Last)
	f.Last = &last
	if i := slices.IndexFunc(own, s.Last.Matches); i >= 0 {
		f.Journal, _ = s.World.Journal(ctx, own[i].ID)
	}
	if last.OfObject() && last.Status == http.StatusOK {
		var err error
		f.State, err = s.World.StateNames(ctx, last.Service, last.Key)
		f.StateKnown = err == nil
	}
}

// foundCall returns a call in the form that a Finding holds.
func (s *Script) foundCall(c *world.Call) cause.Call {
	of := cause.Call{
		Service: c.Target.Service, Key: c.Target.Key, Handler: c.Target.Handler,
		Run: c.Key == "", Workflow: s.World.IsWorkflow(c.Target.Service),
		Body: c.Body, Answered: c.Answered(),
	}
	if of.Answered {
		of.Status = c.Status
	}
	return of
}

// mostKeys is the largest number of object keys with which a verdict labels the attempts
// of a handler. With more, most lines are equal without a label, and are folded.
const mostKeys = 3

// attemptLines returns attempts as a verdict shows them. A line names the handler if
// there are several, and the object key if the handler has a few.
func attemptLines(list []proxy.Attempt) []string {
	keys := keysOf(list)
	var lines []string
	for _, a := range list {
		var label []string
		if len(keys) > 1 {
			label = append(label, a.Service+"/"+a.Handler)
		}
		if n := len(keys[cause.Target{Service: a.Service, Handler: a.Handler}]); n > 1 && n <= mostKeys {
			label = append(label, a.Key)
		}
		lines = append(lines, strings.Join(append(label, a.Line()), " "))
	}
	return lines
}

// keysOf returns the object keys of each handler that was run.
func keysOf(list []proxy.Attempt) map[cause.Target]map[string]bool {
	all := map[cause.Target]map[string]bool{}
	for _, a := range list {
		of := cause.Target{Service: a.Service, Handler: a.Handler}
		if all[of] == nil {
			all[of] = map[string]bool{}
		}
		all[of][a.Key] = true
	}
	return all
}

// keepFinding writes a finding to a file of its own if setting.Findings names a folder.
// The file is in a subfolder with the id of the cause that fits first, or none.
func (s *Script) keepFinding(f *cause.Finding) {
	dir := os.Getenv(setting.Findings)
	if dir == "" {
		return
	}
	id := s.Cause
	if id == "" {
		id = "none"
	}
	if err := writeFinding(filepath.Join(dir, id), s.Record, f); err != nil {
		fmt.Fprintln(os.Stderr, "no finding was kept:", err)
	}
}

func writeFinding(dir string, rec *record.Record, f *cause.Finding) error {
	b, err := json.MarshalIndent(f, "", "\t")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	name := rec.Script
	if rec.Pass != record.Normal {
		name += "-" + string(rec.Pass)
	}
	return os.WriteFile(filepath.Join(dir, name+os.Getenv(setting.SharedKey)+".json"), append(b, '\n'), 0o666)
}
