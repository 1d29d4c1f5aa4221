package doctor

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"strings"
	"time"

	"example.com/workbook/tools/course"
	"example.com/workbook/tools/gotool"
	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/restate"
	"example.com/workbook/tools/stage"
	"example.com/workbook/tools/ui"
)

// tryWork uses the machine as the course does: it builds lessons, and makes a call to a real
// server.
func (d *doctor) tryWork(ctx context.Context) {
	if !d.hasGo && !d.Alone {
		d.note("lessons", "not tried: install Go first")
		return
	}
	if !d.check(ctx, "modules", d.lookModules) {
		return
	}
	first, sqlite, err := d.lessons()
	if err != nil {
		d.check(ctx, "lessons", func(context.Context) (string, *problem) { return "", problemOf(err, instructor) })
		return
	}
	name := fmt.Sprintf("lesson %d", first.N)
	compiles := d.check(ctx, name, d.lookLesson(first))
	if needsC := fmt.Sprintf("lesson %d", sqlite.N); gotool.FindCompiler() == nil {
		d.check(ctx, needsC, d.lookLesson(sqlite))
	} else {
		d.note(needsC, "not tried: the build needs a C compiler")
	}
	if compiles && d.binary != "" {
		d.check(ctx, "a call", d.lookCall)
	} else {
		d.note("a call", "not tried: the call needs a server and "+name)
	}
}

// lessons returns the first lesson, and the first lesson that needs SQLite.
func (d *doctor) lessons() (first, sqlite course.Lesson, err error) {
	if first, err = course.First(d.Root); err == nil {
		sqlite, err = course.FirstWithSQLite(d.Root)
	}
	return first, sqlite, err
}

// env returns an environment for go. With Options.Offline, go does not use the network.
func (d *doctor) env() []string {
	if !d.Offline {
		return nil
	}
	return append(os.Environ(), "GOPROXY=off")
}

func (d *doctor) runGo(ctx context.Context, args ...string) (string, error) {
	return gotool.Run(ctx, d.keeper, d.Root, d.env(), nil, args...)
}

func (d *doctor) lookModules(ctx context.Context) (string, *problem) {
	start := time.Now()
	out, err := d.runGo(ctx, "mod", "download")
	switch {
	case err != nil && d.Offline:
		return "", &problem{"some modules are missing: " + strings.TrimPrefix(ui.LastLine(out), "go: "), you, "make doctor, with the network on; or ask your instructor for the folder of make offline"}
	case err != nil:
		return "", problemOf(gotool.Failure(out, err), you)
	}
	return "all modules of go.mod are here" + ifLong(start), nil
}

// ifLong returns the time that a download took, if it was long. The next run will not need this
// time.
func ifLong(start time.Time) string {
	if d := time.Since(start); d >= 3*time.Second {
		return fmt.Sprintf("  (%v; at hand from now on)", d.Round(time.Second))
	}
	return ""
}

// lookLesson returns a check that compiles a lesson, and that reports how many packages were
// compiled already.
func (d *doctor) lookLesson(l course.Lesson) func(context.Context) (string, *problem) {
	return func(ctx context.Context) (string, *problem) {
		start := time.Now()
		missing := d.countUnbuilt(ctx, l)
		out, err := d.runGo(ctx, "vet", "./lessons/"+l.Slug)
		switch {
		case err != nil:
			return "", explainBuild(out, err)
		case missing > 0:
			return fmt.Sprintf("compiles; %s built just now and cached  (%v)", course.Count(missing, "package"), time.Since(start).Round(time.Second)), nil
		}
		return "compiles; its packages were built before", nil
	}
}

// countUnbuilt returns how many packages of a lesson go has to compile.
func (d *doctor) countUnbuilt(ctx context.Context, l course.Lesson) int {
	const stale = `{{if and .Stale (not (and .Module .Module.Main))}}stale {{.ImportPath}}{{end}}`
	out, _ := d.runGo(ctx, "list", "-deps", "-test", "-f", stale, "./lessons/"+l.Slug)
	return strings.Count("\n"+out, "\nstale ")
}

var missingHeader = regexp.MustCompile(`fatal error: '?(\S+\.h)'?.*(No such file|not found)`)

// explainBuild returns why a lesson does not compile.
func explainBuild(out string, err error) *problem {
	if m := missingHeader.FindStringSubmatch(out); m != nil {
		who, do := installCommand("gcc", "gcc libc6-dev")
		return &problem{"the C compiler has no " + m[1], who, do}
	}
	err = gotool.Failure(out, err)
	p := problemOf(err, you)
	if errors.Is(err, gotool.ErrBuild) {
		p.who, p.do = instructor, ownBlock
	}
	return p
}

// lookCall makes a real server call a real program.
func (d *doctor) lookCall(ctx context.Context) (string, *problem) {
	l, err := course.First(d.Root)
	if err != nil {
		return "", problemOf(err, instructor)
	}
	s, err := stage.New(ctx, stage.Options{Root: d.Root, Keeper: d.keeper, Ingress: stage.Loopback(0), Admin: stage.Loopback(0), Binary: d.binary})
	if err != nil {
		return "", problemOf(err, you)
	}
	defer s.Stop()
	start := time.Now()
	said, err := d.answer(ctx, s, l)
	if err != nil {
		return "", problemOf(err, you)
	}
	return fmt.Sprintf("%s by a real server; %.1f s in all", said, time.Since(start).Seconds()), nil
}

// answer serves a lesson's solution, and makes the lesson's first call.
func (d *doctor) answer(ctx context.Context, s *stage.Stage, l course.Lesson) (string, error) {
	args := append([]string{"build", "-o", s.Dir + "/bin/"}, gotool.LinkFast...)
	if out, err := d.runGo(ctx, append(args, "./solutions/"+l.Slug)...); err != nil {
		return "", gotool.Failure(out, err)
	}
	if err := s.StartServer(ctx); err != nil {
		return "", err
	}
	if err := s.StartSandbox(ctx); err != nil {
		return "", err
	}
	program, err := s.StartProgram(ctx, "solutions/"+l.Slug, nil)
	defer program.Stop()
	if err != nil {
		return "", fmt.Errorf("%s does not run: %w", program.From, err)
	}
	if err := s.Server.Admin().Register(ctx, program.Proxy.URL()); err != nil {
		return "", err
	}
	calls, err := stage.ReadCalls(d.Root, l)
	if err != nil || len(calls) == 0 {
		return "", hint.New(hint.Broken, "", "lesson %d has no call: %w", l.N, err)
	}
	return callServer(ctx, s.Server, calls[0])
}

// callServer makes a call and waits for its answer.
func callServer(ctx context.Context, server *restate.Server, c stage.Call) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	_, err := server.Ingress().Call(ctx, restate.Request{Path: c.Path, Body: c.JSON})
	var refused *restate.StatusError
	switch {
	case errors.As(err, &refused):
		return "", fmt.Errorf("%s is answered with %d %s: %s", c.Handler(), refused.Status, http.StatusText(refused.Status), refused.Body)
	case err != nil:
		return "", fmt.Errorf("%s is not answered: %w", c.Handler(), err)
	}
	return c.Handler() + " is answered", nil
}
