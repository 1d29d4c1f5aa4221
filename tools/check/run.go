package check

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"example.com/workbook/tools/check/cause"
	"example.com/workbook/tools/check/record"
	"example.com/workbook/tools/check/script"
	"example.com/workbook/tools/check/setting"
	"example.com/workbook/tools/check/verdict"
	"example.com/workbook/tools/check/words"
	"example.com/workbook/tools/check/world"
	"example.com/workbook/tools/course"
	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/npm"
	"example.com/workbook/tools/progress"
	"example.com/workbook/tools/vet"
)

// quiet is the T for scripts. It copies what matters from testscript's transcript to the
// record. It fails the test for a red script only if the report expects no red scripts.
type quiet struct {
	*testing.T
	report *verdict.Report
	pass   record.Pass
	alone  bool              // the scripts run one by one, because each of them ends the program for all
	kill   *world.SharedKill // nil if the scripts share no kill
	rec    *record.Record    // nil outside a script
}

type scriptFailed struct{}

// Run starts a subtest, as t.Run does, so that -run, -v, -json and editors work as
// they do elsewhere.
func (q quiet) Run(name string, f func(testscript.T)) {
	q.T.Run(name, func(t *testing.T) {
		rec := q.report.AddRecord(name, q.pass)
		if q.kill != nil {
			q.kill.Join()
			defer q.kill.Leave()
		}
		defer func() {
			rec.Finished = true
			if !rec.IsGreen() && !q.report.ExpectsRed() {
				t.Fail()
			}
		}()
		defer func() {
			if p := recover(); p != nil && p != (scriptFailed{}) {
				rec.Crashed = p
			}
		}()
		q.T, q.rec = t, rec
		f(q)
	})
}

// Parallel runs the script at the same time as others, unless it must run alone.
func (q quiet) Parallel() {
	if !q.alone {
		q.T.Parallel()
	}
}

// FailNow ends the script.
func (q quiet) FailNow() { panic(scriptFailed{}) }

// Fatal records why the script failed, and ends it.
func (q quiet) Fatal(args ...any) {
	if q.rec == nil {
		q.T.Fatal(args...)
	}
	if q.rec.Failure == nil {
		q.rec.Failure = errors.New(fmt.Sprint(args...))
	}
	q.FailNow()
}

// Log gets the whole transcript, once, at the script's end.
func (q quiet) Log(args ...any) {
	transcript := fmt.Sprint(args...)
	for _, line := range strings.Split(transcript, "\n") {
		if strings.HasPrefix(line, "#") {
			q.rec.Phase = trimPhase(line)
		}
	}
	if i := strings.LastIndex(transcript, "FAIL: "); i >= 0 && q.rec.Failure == nil {
		q.rec.Failure = errors.New(strings.TrimSpace(transcript[i:]))
	}
	if testing.Verbose() {
		q.T.Log(transcript)
	}
}

func (q quiet) Verbose() bool { return false }

// Run checks the lesson in whose folder the test runs. It runs the scripts of every task,
// then the scripts that crash the program together. If all of them pass, it runs them
// again with every step replayed. Scripts that must run alone come last.
func Run(t *testing.T) {
	s, err := newSession(current.lesson)
	if err != nil {
		current.err = err
		t.Fatal(hint.Text(err))
	}
	current.report = s.report
	if isStoryAsked() {
		s.tellStories(t, current.story)
		return
	}
	defer s.world.Stop()
	ctx, endList := context.WithCancel(context.Background())
	analyzed := s.startAnalysis(ctx)
	still := watchStalls()
	if err := s.check(t, context.Background()); err != nil {
		s.report.Setup = err
	}
	if err := machineFault(s.report, still.end()); err != nil {
		s.report.Setup = err
	}
	endList() // a slow go list does not keep the learner waiting
	s.report.AddFindings(<-analyzed)
	s.report.KeepOutput(s.world.Printed())
	if !s.report.IsAsExpected() {
		t.Fail()
	}
}

// startAnalysis runs the analyzers while the scripts run, and sends what they find.
func (s *session) startAnalysis(ctx context.Context) <-chan []vet.Finding {
	analyzed := make(chan []vet.Finding, 1)
	go func() {
		cache, err := npm.Cache()
		var found []vet.Finding
		if err == nil {
			found, err = s.report.Analyze(ctx, cache)
		}
		if err != nil && testing.Verbose() {
			fmt.Fprintln(os.Stderr, "the analyzers did not run:", err)
		}
		analyzed <- found
	}()
	return analyzed
}

// session is one run of a lesson's scripts.
type session struct {
	report  *verdict.Report
	scripts scripts
	world   *world.World
	shared  *script.Shared
}

func newSession(l Lesson) (*session, error) {
	r, err := verdict.New()
	if err != nil {
		return nil, err
	}
	w := world.New(world.Options{Env: l.Env, Rest: l.Rest != nil})
	s := &session{report: r, world: w, shared: &script.Shared{
		World:   w,
		Words:   words.With(l.Words.Table),
		Answers: l.Answers,
		Causes:  cause.Merge(l.causes()),
		Given:   r.IsGiven(),
	}}
	if s.scripts, err = findScripts(r, s.shared.Words); err != nil {
		return nil, err
	}
	if r.Tree == "work" {
		if s.report.Checks, err = progress.ChecksOf(r.Root, r.Lesson); err != nil {
			return nil, err
		}
		// Go keeps the result of a test until a file changes that the test has read. If only
		// the notes say otherwise, the test is to run again, and take a note.
		_, _ = os.ReadFile(progress.File(r.Root))
		if err := course.CheckImports(r.Root, r.Lesson); err != nil {
			return nil, err
		}
		s.shared.Guesses = r.Dir()
	}
	return s, nil
}

// check runs the scripts in groups. An error means that this machine cannot run checks.
func (s *session) check(t *testing.T, ctx context.Context) error {
	r, w := s.report, s.world
	if err := w.Start(ctx); err != nil {
		return err
	}
	r.NeverServed = w.ProgramError() != nil
	s.runGroup(t, "tasks", s.scripts.together, record.Normal)
	w.ReplaceDead()
	r.Trace = w.DeathTrace()
	crash := r.Undecided(s.scripts.crash)
	w.StartAhead(s.scripts.standbys(crash, r.Undecided(s.scripts.alone)))
	s.runGroup(t, "crash", crash, record.Normal)
	if r.IsGreen() && os.Getenv(setting.NoReplay) == "" {
		s.replay(t, ctx)
	}
	placed := r.Undecided(s.scripts.alone)
	if s.scripts.killServer(placed) {
		if err := w.NeedOwnServer(ctx); err != nil {
			return err
		}
	}
	s.runGroup(t, "placed", placed, record.Normal)
	return nil
}

func (s *session) runGroup(t *testing.T, group string, scripts []string, p record.Pass) {
	if len(scripts) == 0 {
		return
	}
	t.Run(group, func(t *testing.T) {
		q := quiet{T: t, report: s.report, pass: p, alone: group == "placed"}
		if group == "crash" {
			// They can wait for each other only if all of them may run at the same time.
			if q.alone = len(scripts) > maxParallel(); !q.alone {
				q.kill = &world.SharedKill{World: s.world}
			}
		}
		testscript.RunT(q, testscript.Params{
			Files:               scripts,
			RequireExplicitExec: true,
			RequireUniqueNames:  true,
			Setup:               func(env *testscript.Env) error { s.setUp(env); return nil },
			Cmds:                script.Commands(s.shared.Words),
		})
	})
	s.report.Trace = s.world.DeathTrace()
}

// setUp returns the script that testscript is about to run. If the script runs alone,
// setUp first replaces a program that has died.
func (s *session) setUp(env *testscript.Env) *script.Script {
	q := env.T().(quiet)
	if q.alone {
		s.world.ReplaceDead()
	}
	return script.Begin(env, s.shared, q.rec, q.kill)
}

// replay runs the same scripts again and makes every wait suspend immediately, so that
// each step is replayed from the journal.
func (s *session) replay(t *testing.T, ctx context.Context) {
	if err := s.world.AlwaysReplay(); err != nil {
		s.report.AddBroken(err)
		return
	}
	streams0, invocations0 := s.world.Proxy.Count()
	s.runGroup(t, "replay", s.scripts.replays(), record.Replay)
	streams, invocations := s.world.Proxy.Count()
	s.report.NoteReplay(streams-streams0, invocations-invocations0, s.scripts.count()-len(s.scripts.replays()))
	ctx, cancel := context.WithTimeout(ctx, world.CallLimit)
	defer cancel()
	if err := s.world.Register(ctx); err != nil { // restores the usual timeouts
		s.report.AddBroken(err)
	}
}

func trimPhase(line string) string {
	line = strings.TrimSpace(strings.TrimPrefix(line, "#"))
	if i := strings.LastIndex(line, " ("); i > 0 && strings.HasSuffix(line, "s)") {
		line = line[:i]
	}
	return line
}
