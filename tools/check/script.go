package check

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

	"example.com/workbook/tools/check/setting"
	"example.com/workbook/tools/process"
	"example.com/workbook/tools/sandbox"
)

// Script is one check script as it runs: what a Word works on.
type Script struct {
	*record
	world  *world
	kill   *sharedKill // nil when the script kills for itself
	ts     *testscript.TestScript
	ctx    context.Context
	calls  map[string]*call // begun, by the name that the script gave
	last   *call            // whose answer the claims are about
	armed  []*fault
	procs  map[string]*process.Process
	held   string // where the program stands while a request is held
	stands string // how the last hold stops it, and what
	// scripted are the subjects that the outside world was told how to treat.
	scripted []string
	meeting  *meeting // a barrier, once there is one
	saw      map[string]bool
	dies     string         // where the program is to end
	failing  int            // requests that the script has fail
	plain    bool           // neither ledger nor attempts are shown
	waits    map[string]int // looks in a row that have seen an invocation wait for nobody
	heardAt  map[string]int // retries of a cancelled invocation when its journal had the cancel
	only     *call          // the one that is looked at, nil for all
	database string         // where the program was started with a file of its own
	atEnd    []func() error
	flows    int // of its sweeps, so far

	still map[string]stillness // what has not moved, by name
}

// Word is one command of the check vocabulary. It returns an error made by
// Wrong where the learner's code is at fault; any other error is ours.
type Word func(s *Script, args []string) error

// Wrong is the error of a claim that did not hold, in words for the learner,
// with the likely cause where the word itself knows it.
func Wrong(expected, got string, likely ...string) error {
	return &wrong{expected: expected, got: got, likely: strings.Join(likely, "; ")}
}

// Holds says whether JSON has everything that want names: objects may have more
// fields, all else must be equal.
func Holds(got, want []byte) (bool, error) { return holds(got, want) }

// Subject is the script's own key: what $K expands to.
func (s *Script) Subject() string { return s.subject }

// Context ends when the script's time is up.
func (s *Script) Context() context.Context { return s.ctx }

// Database is the path of the program's SQLite file.
func (s *Script) Database() string {
	if s.database != "" {
		return s.database
	}
	return s.world.database()
}

// Failpoint is the path of the file that SHOP_FAILPOINT names.
func (s *Script) Failpoint() string { return s.world.failpoint() }

// Note adds to what the verdict says that the script did.
func (s *Script) Note(did string) { s.note("%s", did) }

// Saw keeps a fact for the rules that look for the likely cause.
func (s *Script) Saw(fact string) { s.saw[fact] = true }

// Plain leaves ledger and attempts out of the verdict: they have nothing to do
// with what is wrong.
func (s *Script) Plain() { s.plain = true }

// AtEnd has f called when the script is over, passed or not. Its error fails a
// script that had passed.
func (s *Script) AtEnd(f func() error) { s.atEnd = append(s.atEnd, f) }

// Answered is a field of the last answer.
func (s *Script) Answered(field string) (string, error) { return s.answered(field) }

// AnswerJSON is a field of the last answer, as JSON.
func (s *Script) AnswerJSON(field string) ([]byte, error) {
	var body map[string]json.RawMessage
	if s.last == nil || json.Unmarshal(s.last.answer, &body) != nil || body[field] == nil {
		return nil, wrongf("an answer with "+field, "%s", s.last.text())
	}
	return body[field], nil
}

const (
	callLimit   = 20 * time.Second
	scriptLimit = 60 * time.Second
)

type scriptKey struct{}

// setup gives a script its key and its record.
func (w *world) setup(env *testscript.Env, p pass) error {
	rec := env.T().(quiet).rec
	if env.T().(quiet).alone {
		w.mourn()
	}
	rec.subject = subject(rec.script, p)
	ctx, cancel := context.WithTimeout(context.Background(), scriptLimit)
	s := &Script{record: rec, world: w, kill: env.T().(quiet).kill, ctx: ctx, calls: map[string]*call{}, procs: map[string]*process.Process{}, saw: map[string]bool{}}
	env.Setenv("K", rec.subject)
	env.Values[scriptKey{}] = s
	env.Defer(func() {
		s.close()
		cancel()
	})
	return nil
}

// subject makes a key of the script's name that reads well in a ledger:
// o-1.2-mail for 1.2_crash_mail.
func subject(script string, p pass) string {
	parts := strings.SplitN(script, "_", 3)
	key := "o-" + parts[0] + "-" + parts[len(parts)-1]
	if p != passNormal {
		key += "-" + string(p)
	}
	return key + os.Getenv(setting.SharedKey)
}

// commands makes testscript commands of the words.
func commands(more map[string]Word) map[string]func(*testscript.TestScript, bool, []string) {
	cmds := map[string]func(*testscript.TestScript, bool, []string){}
	for _, m := range []map[string]Word{words, more} {
		for name, w := range m {
			cmds[name] = command(name, w)
		}
	}
	return cmds
}

func command(name string, w Word) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, neg bool, args []string) {
		s := ts.Value(scriptKey{}).(*Script)
		s.ts = ts
		err := s.do(name, w, neg, args)
		if err == nil {
			return
		}
		s.blame(err)
		ts.Fatalf("%s: %v", name, err)
	}
}

// blame takes an error down: the script has failed.
func (s *Script) blame(err error) {
	s.failure = err
	if w, ok := err.(*wrong); ok {
		s.expected, s.got, s.likely, s.secret = w.expected, w.got, w.likely, w.secret
		if w.where.file != "" {
			s.where, s.elsewhere = w.where, true
		}
	}
}

// do runs one word; a panic in it is our defect and says so.
func (s *Script) do(name string, w Word, neg bool, args []string) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	if neg {
		return fmt.Errorf("%s cannot be negated", name)
	}
	return w(s, args)
}

// close gathers what the verdict needs, and ends what the script left running.
func (s *Script) close() {
	for _, end := range append(s.atEnd, s.unplaced) {
		if err := end(); err != nil && s.failure == nil {
			s.blame(err)
		}
	}
	s.revive()
	s.letGo()
	for _, p := range s.procs {
		p.Kill()
	}
	ctx, cancel := context.WithTimeout(context.Background(), callLimit)
	defer cancel()
	if s.failure != nil {
		s.collect(ctx)
	}
	var side sync.WaitGroup
	for _, c := range s.calls {
		side.Go(func() { s.world.abandon(ctx, c) })
	}
	side.Wait()
}

// letGo ends whatever the script told the outside world to do.
func (s *Script) letGo() {
	for _, subject := range s.scripted {
		s.world.outside.Clear(context.Background(), subject)
	}
}

// collect reads the ledger and the attempts into the record.
func (s *Script) collect(ctx context.Context) {
	if s.world.outside == nil {
		return
	}
	if s.secret || s.plain {
		return
	}
	if entries, err := s.world.outside.Ledger(ctx, ""); err == nil {
		s.ledger = slices.DeleteFunc(entries, func(e sandbox.Entry) bool { return !strings.Contains(e.Subject, s.subject) })
	}
	s.tries = s.ownAttempts(ctx)
	s.attempts = attemptLines(s.tries)
	if s.likely == "" {
		s.likely = likely(s)
	}
}
