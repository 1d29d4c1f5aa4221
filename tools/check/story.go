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

	"example.com/workbook/tools/check/record"
	"example.com/workbook/tools/check/result"
	"example.com/workbook/tools/check/script"
	"example.com/workbook/tools/check/setting"
	"example.com/workbook/tools/check/verdict"
	"example.com/workbook/tools/check/world"
	"example.com/workbook/tools/course"
	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/sandbox"
)

// isStoryAsked reports whether the environment asks for the lesson's stories in place of
// its checks, without the lines that go test prints.
func isStoryAsked() bool { return os.Getenv(setting.Story) != "" }

// printStories runs the stories in place of the checks. It returns the tool's exit codes:
// 1 if the learner's program is at fault, 3 if this machine or the workbook is.
func (r runner) printStories() int {
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
		fmt.Fprintln(os.Stderr, "the lesson has no test that make crash can run")
		return 3
	case report.Setup != nil:
		verdict.NewPrinter(out).PrintSetup(report.Setup)
		return 3
	default:
		return storyCode(report)
	}
}

// storyCode returns the exit code for the outcome of the stories.
func storyCode(r *verdict.Report) int {
	code := 0
	for _, rec := range r.Records {
		switch {
		case rec.IsGreen():
		case rec.IsRed():
			code = max(code, 1)
		default:
			code = 3
		}
	}
	return code
}

// tellStories runs the stories whose tasks are written, one after the other. For each
// other story it prints the task that the story needs.
func (s *session) tellStories(t *testing.T, out io.Writer) {
	r := s.report
	var now, later []string
	for _, f := range course.Glob(filepath.Join(r.Root, "testdata", r.Lesson.Slug), "*_story_*.txtar") {
		if file, _ := verdict.FindTODO(r.Dir(), "TODO "+record.TaskOf(f)); file == "" {
			now = append(now, f)
		} else {
			later = append(later, f)
		}
	}
	if len(now) > 0 {
		s.runStories(t, now, out)
	}
	for _, f := range later {
		s.printPromise(out, f)
	}
}

func (s *session) runStories(t *testing.T, stories []string, out io.Writer) {
	defer s.world.Stop()
	if s.report.Setup = s.world.Start(context.Background()); s.report.Setup != nil {
		return
	}
	testscript.RunT(quiet{T: t, report: s.report, alone: true}, testscript.Params{
		Files:               stories,
		RequireExplicitExec: true,
		Setup:               func(env *testscript.Env) error { return s.beginStory(env, out) },
		Cmds:                printEach(script.Commands(s.shared.Words)),
	})
}

// printPromise prints the task that a story needs.
func (s *session) printPromise(out io.Writer, file string) {
	r := s.report
	todo, line := verdict.FindTODO(r.Dir(), "TODO "+record.TaskOf(file))
	fmt.Fprintf(out, "\nlater: %s\n", readPhases(file, s.shared.Words)[0])
	fmt.Fprintf(out, "  this part needs task %s. Write the code of that task, and delete its TODO line at %s:%d. Then run make crash %d.\n", record.TaskOf(file), r.Rel(todo), line, r.Lesson.N)
}

// teller prints a story as it goes.
type teller struct {
	out    io.Writer
	phases []string // of each command, in order
	next   int      // the command to come
	said   int      // how many lines of the record's did are printed
	phase  string
}

type tellerKey struct{}

func (s *session) beginStory(env *testscript.Env, out io.Writer) error {
	sc := s.setUp(env)
	file := filepath.Join(s.report.Root, "testdata", s.report.Lesson.Slug, sc.Script+".txtar")
	env.Values[tellerKey{}] = &teller{out: out, phases: readPhases(file, s.shared.Words)}
	env.Defer(func() { endStory(sc, out, s.report.Root, env.WorkDir) })
	return nil
}

// readPhases returns the # line above each command of a script.
func readPhases(file string, words script.Table) (all []string) {
	b, err := os.ReadFile(file)
	if err != nil {
		return nil
	}
	text, _, _ := strings.Cut(string(b), "\n-- ")
	phase := ""
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "#") {
			phase = trimPhase(line)
		}
		if f := strings.Fields(line); len(f) > 0 && words.Has(f[0]) {
			all = append(all, phase)
		}
	}
	return all
}

// printEach makes each command print its phase before it runs, and afterwards what it
// did.
func printEach(cmds map[string]func(*testscript.TestScript, bool, []string)) map[string]func(*testscript.TestScript, bool, []string) {
	for name, do := range cmds {
		cmds[name] = func(ts *testscript.TestScript, neg bool, args []string) {
			t := ts.Value(tellerKey{}).(*teller)
			t.begin()
			do(ts, neg, args)
			t.end(script.Of(ts))
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

func (t *teller) end(s *script.Script) {
	for _, did := range s.Did[t.said:] {
		fmt.Fprintf(t.out, "  %s\n", did)
	}
	t.said = len(s.Did)
}

// endStory prints the outcome of the story.
func endStory(s *script.Script, out io.Writer, root, dir string) {
	p := verdict.NewPrinter(out)
	fmt.Fprintln(out)
	if s.Failure != nil {
		printStop(s, p, root)
	}
	ctx, cancel := context.WithTimeout(context.Background(), world.CallLimit)
	defer cancel()
	if s.Failure == nil {
		s.World.Outside.WaitIdle(ctx, s.Subject)
	}
	s.Collect(ctx)
	if s.Last != nil {
		p.Field("answer", s.Last.Text())
	}
	var ledger []string
	for _, e := range sandbox.Facts(s.Ledger) {
		ledger = append(ledger, e.Line())
	}
	p.List("ledger", ledger)
	p.List("attempts", s.AttemptLines)
	if look, err := os.ReadFile(filepath.Join(dir, "look")); err == nil && s.Failure == nil {
		p.List("look at", strings.Split(strings.TrimSpace(string(look)), "\n"))
	}
}

// printStop prints why the story stops.
func printStop(s *script.Script, p verdict.Printer, root string) {
	if !s.IsRed() {
		p.Headline(result.Broken, s.Failure.Error())
		p.Field("next", hint.HowToReport(root))
		return
	}
	p.Printf("make crash stops here:")
	p.Field("expected", s.Claim.Expected())
	p.Field("got", s.Claim.GotText())
}
