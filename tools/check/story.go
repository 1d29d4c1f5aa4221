package check

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"example.com/workbook/tools/check/result"
	"example.com/workbook/tools/check/setting"
	"example.com/workbook/tools/course"
	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/sandbox"
)

// telling: the tool asks in the environment for the lesson's stories in place
// of its checks, and without go test's own lines.
func telling() bool { return os.Getenv(setting.Story) != "" }

// tell runs the stories in place of the checks. Its exit codes are the tool's:
// 1 when the learner's program is in the way, 3 when this machine is, or we.
func (r runner) tell() int {
	out := os.Stdout
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 3
	}
	os.Stdout = null // Go's lines
	current.story = out
	r.m.Run()
	switch report := current.report; {
	case report == nil:
		fmt.Fprintln(os.Stderr, "the lesson has no test that can tell its story")
		return 3
	case report.setup != nil:
		printTo(out).setup(report.setup)
		return 3
	default:
		return report.storyCode()
	}
}

func (r *report) storyCode() int {
	code := 0
	for _, rec := range r.records {
		switch {
		case rec.ok():
		case rec.red():
			code = max(code, 1)
		default:
			code = 3
		}
	}
	return code
}

// tellStories runs the stories whose task is written, one after the other, and
// promises the others.
func tellStories(t *testing.T, r *report, out io.Writer) {
	var now, later []string
	for _, f := range course.Glob(filepath.Join(r.root, "testdata", r.info.Slug), "*_story_*.txtar") {
		if file, _ := todoLine(r.dir(), "TODO "+taskOf(f)); file == "" {
			now = append(now, f)
		} else {
			later = append(later, f)
		}
	}
	if len(now) > 0 {
		r.scripts = scripts{alone: now}
		newWorld(r).tell(t, now, out)
	}
	for _, f := range later {
		r.promise(out, f)
	}
}

func (w *world) tell(t *testing.T, stories []string, out io.Writer) {
	defer w.stop()
	w.report.world = w
	if w.report.setup = w.start(context.Background()); w.report.setup != nil {
		return
	}
	testscript.RunT(quiet{T: t, report: w.report, alone: true}, testscript.Params{
		Files:               stories,
		RequireExplicitExec: true,
		Setup:               func(env *testscript.Env) error { return w.beginStory(env, out) },
		Cmds:                aloud(commands(w.report.lesson.Words)),
	})
}

// taskOf is the first part of a script's name, N.M.
func taskOf(file string) string {
	id, _, _ := strings.Cut(scriptName(file), "_")
	return id
}

// promise says what a story waits for.
func (r *report) promise(out io.Writer, file string) {
	todo, line := todoLine(r.dir(), "TODO "+taskOf(file))
	fmt.Fprintf(out, "\nnot told yet: %s\n", phases(file, words)[0])
	fmt.Fprintf(out, "  it needs task %s: write it, and take the line with TODO away, at %s:%d; then: make crash %d\n", taskOf(file), r.rel(todo), line, r.info.N)
}

// teller prints a story as it goes.
type teller struct {
	out    io.Writer
	phases []string // of each command, in order
	next   int      // the command to come
	said   int      // how much of the record's did is out
	phase  string
}

type tellerKey struct{}

func (w *world) beginStory(env *testscript.Env, out io.Writer) error {
	if err := w.setup(env, passNormal); err != nil {
		return err
	}
	s := env.Values[scriptKey{}].(*Script)
	file := filepath.Join(w.report.root, "testdata", w.report.info.Slug, s.script+".txtar")
	env.Values[tellerKey{}] = &teller{out: out, phases: phases(file, commands(w.report.lesson.Words))}
	env.Defer(func() { s.endStory(out, env.WorkDir) })
	return nil
}

// phases are the # lines that each command of a script stands under.
func phases[W any](file string, commands map[string]W) (all []string) {
	b, err := os.ReadFile(file)
	if err != nil {
		return nil
	}
	script, _, _ := strings.Cut(string(b), "\n-- ")
	phase := ""
	for line := range strings.Lines(script) {
		if strings.HasPrefix(line, "#") {
			phase = trimPhase(line)
		}
		if f := strings.Fields(line); len(f) > 0 {
			if _, ours := commands[f[0]]; ours {
				all = append(all, phase)
			}
		}
	}
	return all
}

// aloud has each command tell its phase before, and what it did after.
func aloud(cmds map[string]func(*testscript.TestScript, bool, []string)) map[string]func(*testscript.TestScript, bool, []string) {
	for name, do := range cmds {
		cmds[name] = func(ts *testscript.TestScript, neg bool, args []string) {
			t := ts.Value(tellerKey{}).(*teller)
			t.begin()
			do(ts, neg, args)
			t.end(ts.Value(scriptKey{}).(*Script))
		}
	}
	return cmds
}

func (t *teller) begin() {
	if t.next < len(t.phases) && t.phases[t.next] != t.phase {
		t.phase = t.phases[t.next]
		fmt.Fprintf(t.out, "\n%s\n", t.phase)
	}
	t.next++
}

func (t *teller) end(s *Script) {
	for _, did := range s.did[t.said:] {
		fmt.Fprintf(t.out, "  %s\n", did)
	}
	t.said = len(s.did)
}

// endStory shows what came of it.
func (s *Script) endStory(out io.Writer, dir string) {
	p := printTo(out)
	fmt.Fprintln(out)
	if s.failure != nil {
		s.stopped(p)
	}
	ctx, cancel := context.WithTimeout(context.Background(), callLimit)
	defer cancel()
	if s.failure == nil {
		s.world.outside.WaitIdle(ctx, s.subject)
	}
	s.collect(ctx)
	if s.last != nil {
		p.field("answer", s.last.text())
	}
	var ledger []string
	for _, e := range sandbox.Facts(s.ledger) {
		ledger = append(ledger, e.Line())
	}
	p.list("ledger", ledger)
	p.list("attempts", s.attempts)
	if look, err := os.ReadFile(filepath.Join(dir, "look")); err == nil && s.failure == nil {
		p.list("look at", strings.Split(strings.TrimSpace(string(look)), "\n"))
	}
}

// stopped says why the story does not go on.
func (s *Script) stopped(p printer) {
	if !s.red() {
		p.headline(result.Broken, s.failure.Error())
		p.field("next", hint.HowToReport(s.world.report.root))
		return
	}
	p.printf("here it does not go on")
	p.field("expected", s.expected)
	p.field("got", s.got)
}
