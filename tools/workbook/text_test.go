package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/course"
	"example.com/workbook/tools/learner"
)

// typed is a command that a text tells its reader to type, and what it shows.
type typed struct {
	file    string
	line    int
	command string
	shows   []string // "..." stands for any lines
}

func (c typed) String() string { return fmt.Sprintf("%s:%d: %s", c.file, c.line, c.command) }

const goesOn = "it goes on until a key is pressed, and has tests of its own"

// notRun are commands that this test can't run, and why.
var notRun = map[string]string{
	"make test":         "it is what runs this test",
	"make test SHORT=1": "it is what runs this test",
	"make soak":         "it takes a quarter of an hour",
	"make bench":        "it takes some minutes",
	"make matrix":       "it takes minutes, and writes into testdata",
	"make mutants":      "it takes most of an hour, and writes into testdata",
	"make gate":         "make test runs it first",
	"make offline":      "it has a test of its own",
	"make shop NODES=3": "it needs 1.2 GB of memory, and has a test of its own",
	"make catchup 5":    "it checks four lessons, and has tests of its own",
	"make check ALL=1":  "it checks every lesson, and has a test of its own",
	"make run":          "the command is named, and nothing to run",
	"make lesson":       "the command is named, and nothing to make",
	"make catchup 6":    "it checks five lessons, and has tests of its own",
	"make watch":        goesOn,
	"make watch 5":      goesOn,

	"make order AMOUNT=250000":                        "it waits until somebody approves the order",
	"make class LISTEN=all":                           "it listens beyond this machine",
	"make class NEW=1 LISTEN=all":                     "it listens beyond this machine",
	"make offline PLATFORMS=darwin-arm64,linux-arm64": "it fetches the servers of other machines, and has a test of its own",
}

var (
	inline      = regexp.MustCompile("`((?:make|go|curl) [^`]+)`")
	inWork      = regexp.MustCompile(`work/(\d\d)-`)
	placeholder = regexp.MustCompile(`…|\bN\b|\bNN\b|\bPID\b`)
)

// commandsIn returns the commands of a text in reading order: shell blocks, lines with
// a prompt, and commands within a sentence.
func commandsIn(t *testing.T, root, file string) (all []typed) {
	t.Helper()
	src, err := os.ReadFile(filepath.Join(root, file))
	require.NoError(t, err)
	block, in := "", false
	for i, line := range strings.Split(string(src), "\n") {
		command, prompted := strings.CutPrefix(line, "$ ")
		switch {
		case strings.HasPrefix(line, "```"):
			block, in = strings.TrimPrefix(line, "```"), !in
		case in && block == "sh" && line != "":
			all = append(all, typed{file: file, line: i + 1, command: line})
		case in && block == "" && prompted:
			all = append(all, typed{file: file, line: i + 1, command: command})
		case in && block == "" && len(all) > 0 && all[len(all)-1].line == i-len(all[len(all)-1].shows):
			all[len(all)-1].shows = append(all[len(all)-1].shows, line)
		case !in:
			for _, m := range inline.FindAllStringSubmatch(line, -1) {
				all = append(all, typed{file: file, line: i + 1, command: m[1]})
			}
		}
	}
	return all
}

// reader types what the texts say, in one copy of the workbook, on one set of
// ports.
type reader struct {
	t      *testing.T
	root   string
	port   string // PORT=n
	served *running
	what   string // is served
	shop   bool
	seen   map[string]bool   // typed before
	left   map[string]string // not run, and why
}

// The texts run: every command that one of them shows, in reader order, against
// the real server.
func TestTheTextsRun(t *testing.T) {
	if testing.Short() {
		t.Skip("every command of every text, a minute: make test without SHORT=1")
	}
	t.Parallel()
	r := &reader{t: t, root: newTree(t), port: testPortFlag(t), seen: map[string]bool{}, left: map[string]string{}}
	awaitSenders(t)
	lessons, err := course.Lessons(r.root)
	require.NoError(t, err)
	learners := []string{"README.md", "lessons/README.md"}
	instructors := []string{"lessons/INSTRUCTOR.md", "lessons/HANDOUT.md", "lessons/SLIDES.md"}
	for _, l := range lessons {
		learners = append(learners, "lessons/"+l.Slug+"/README.md")
		instructors = append(instructors, "lessons/"+l.Slug+"/NOTES.md", "lessons/"+l.Slug+"/SLIDES.md")
	}
	r.reads(learners, 8)
	r.reads(instructors, 8)
	r.reads([]string{"lessons/COMMANDS.md"}, 8)
}

// reads types what texts say. So many commands, at most, can't be.
func (r *reader) reads(files []string, most int) {
	r.t.Helper()
	before := len(r.left)
	for _, file := range files {
		for _, c := range commandsIn(r.t, moduleRoot(r.t), file) {
			r.types(c)
		}
		r.stop()
	}
	for command, why := range r.left {
		r.t.Logf("not run: %s: %s", command, why)
	}
	require.LessOrEqual(r.t, len(r.left)-before, most, "%v", r.left)
}

// types does as the text says.
func (r *reader) types(c typed) {
	r.t.Helper()
	if why, ok := notRun[c.command]; ok {
		r.left[c.command] = why
		return
	}
	if r.seen[c.command] {
		return
	}
	r.seen[c.command] = true
	if placeholder.MatchString(c.command) {
		r.left[c.command] = "something is to be put into it"
		return
	}
	command := r.prepareCommand(c.command)
	cmd := exec.Command("sh", "-c", command)
	cmd.Dir, cmd.Env = r.root, trimmedEnv()
	out, err := cmd.CombinedOutput()
	code := cmd.ProcessState.ExitCode()
	require.NotContains(r.t, string(out), "BROKEN", c)
	require.NotContains(r.t, string(out), "SETUP", c)
	if !canBeRed(c.command) {
		require.NoError(r.t, err, "%s: exit code %d\n%s", c, code, out)
	}
	require.Contains(r.t, []int{0, 1}, code, "%s\n%s", c, out)
	r.compare(c, string(out))
}

// canBeRed reports whether a command judges a stub, or is shown refusing it.
func canBeRed(command string) bool {
	for _, verb := range []string{"make check", "go tool workbook check", "go test ./work", "make catchup", "go run"} {
		if strings.HasPrefix(command, verb) {
			return true
		}
	}
	return false
}

// prepareCommand returns the command as it runs here, after providing what it needs.
func (r *reader) prepareCommand(command string) string {
	words := strings.Fields(command)
	bin, err := builtTool()
	require.NoError(r.t, err)
	if words[0] == "go" && len(words) > 2 && words[1] == "tool" {
		words = append([]string{"make"}, words[3:]...)
	}
	if words[0] == "curl" {
		r.serve("shop")
		if strings.Contains(command, `"o-1"`) { // which the reader has placed by then
			require.Zero(r.t, r.place("o-1"))
		}
		port := strings.TrimPrefix(r.port, "PORT=")
		return "curl -sS --fail-with-body --max-time 20 " + strings.ReplaceAll(strings.Join(words[1:], " "), ":8080", ":"+port)
	}
	if m := inWork.FindStringSubmatch(command); m != nil {
		r.scaffolded([]string{strings.TrimLeft(m[1], "0")})
	}
	if words[0] != "make" {
		return command
	}
	switch words[1] {
	case "cut":
		return "go tool author cut"
	case "help":
		return bin + " --help"
	case "run":
		r.scaffolded(words[2:])
		r.serve(words[1:]...)
		return "true"
	case "shop", "replay", "class":
		r.serve(words[1:]...)
		return "true"
	case "hand":
		r.joinClass()
	case "order", "deploy", "start", "record":
		if !r.shop {
			r.serve("shop")
		}
		if words[1] == "start" {
			r.kill(words[2])
		}
	case "check", "crash", "solution", "reset", "hint":
		r.scaffolded(words[2:])
	}
	if words[1] == "solution" {
		words = append(words, "YES=1")
	}
	return bin + " " + strings.Join(words[1:], " ")
}

// scaffolded makes the lesson, as the reader has by then.
func (r *reader) scaffolded(words []string) {
	for _, w := range words {
		n, _, _ := strings.Cut(w, ".")
		if _, err := learner.ParseLesson(r.root, "", n); err == nil {
			require.Zero(r.t, tool(r.t, r.root, "lesson", n).code)
		}
	}
	if len(words) == 0 {
		require.Zero(r.t, tool(r.t, r.root, "lesson", "1").code)
	}
}

// serve runs the shop or a lesson while the text goes on.
func (r *reader) serve(words ...string) {
	r.t.Helper()
	words = slices.DeleteFunc(slices.Clone(words), func(word string) bool { return strings.HasPrefix(word, "PORT=") })
	if r.what == strings.Join(words, " ") {
		return
	}
	r.stop()
	args := append(slices.Clone(words), r.port)
	until := "Ctrl-C stops"
	if words[0] == "shop" {
		args, until, r.shop = append(args, "DELAY=20ms"), "the program starts again", true
	}
	r.served, r.what = begin(r.t, r.root, args...), strings.Join(words, " ")
	if words[0] == "run" && !r.isFinished(words[1]) {
		r.served.waitForEnd() // a stub may have nothing to serve, and says so
		r.served, r.what = nil, ""
		return
	}
	r.served.waitForText(until)
}

// joinClass makes the reader a member of a class.
func (r *reader) joinClass() {
	r.t.Helper()
	r.serve("class")
	at := classLine.FindStringSubmatch(r.served.out.String())[1]
	require.Zero(r.t, runProgramWith(r.t, []string{"CLASS=" + at, "NAME=otter"}, r.root, mustTool(r.t), "lesson", "1").code)
}

// isFinished reports whether main.go binds its services. That of a stub may end at
// once, because it binds nothing yet.
func (r *reader) isFinished(n string) bool {
	l, err := learner.ParseLesson(r.root, "", n)
	require.NoError(r.t, err)
	src, err := os.ReadFile(filepath.Join(l.Dir(r.root, "work"), "main.go"))
	require.NoError(r.t, err)
	return !strings.Contains(string(src), `log.Fatal("TODO`)
}

func (r *reader) stop() {
	if r.served != nil {
		r.served.signal(syscall.SIGINT)
		require.Zero(r.t, r.served.waitForEnd())
	}
	r.served, r.what, r.shop = nil, "", false
}

// place orders as make run's own lines do.
func (r *reader) place(id string) int {
	cmd := exec.Command("curl", "-sS", "--fail", "--max-time", "20", "-H", "content-type: application/json",
		"-d", `{"customer_id":"ann","amount_cents":2500,"token":"tok_ok"}`,
		"127.0.0.1:"+strings.TrimPrefix(r.port, "PORT=")+"/restate/call/Order/"+id+"/CreateOrder")
	cmd.Run()
	return cmd.ProcessState.ExitCode()
}

// kill does what the text asks for before it explains how to start again.
func (r *reader) kill(name string) {
	s := &opened{running: r.served, root: r.root}
	s.kill(name)
}

// compare holds what was printed against what the text shows.
func (r *reader) compare(c typed, out string) {
	r.t.Helper()
	rest := out
	for _, line := range c.shows {
		if strings.TrimSpace(line) == "..." {
			continue
		}
		_, after, found := strings.Cut(rest, line+"\n")
		require.True(r.t, found, "%s shows %q, and printed:\n%s", c, line, out)
		rest = after
	}
}
