package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/process/below"
)

// watching is make watch in a terminal of its own.
type watching struct {
	*running
	terminal *os.File
}

func watch(t *testing.T, root string, args ...string) *watching {
	t.Helper()
	bin, err := builtTool()
	require.NoError(t, err)
	r := &running{t: t, cmd: exec.Command(bin, append([]string{"watch"}, args...)...), done: make(chan struct{})}
	r.cmd.Dir, r.cmd.Env = root, append(trimmed(), "NO_COLOR=1")
	terminal, err := pty.StartWithSize(r.cmd, &pty.Winsize{Rows: 24, Cols: 80})
	require.NoError(t, err)
	go func() {
		defer close(r.done)
		b := make([]byte, 4096)
		for {
			n, err := terminal.Read(b)
			r.out.Write([]byte(strings.ReplaceAll(string(b[:n]), "\r\n", "\n")))
			if err != nil { // the terminal's other end is closed
				r.cmd.Wait()
				return
			}
		}
	}()
	t.Cleanup(func() {
		r.cmd.Process.Kill()
		<-r.done
		terminal.Close()
	})
	return &watching{r, terminal}
}

// then does something, and waits until it has made the watch print text.
func (w *watching) then(do func(), text string) string {
	w.t.Helper()
	before := len(w.out.String())
	do()
	new := func() string { return w.out.String()[before:] }
	require.Eventually(w.t, func() bool { return strings.Contains(new(), text) || w.over() }, time.Minute, 10*time.Millisecond, "%s", lazily(w.out.String))
	require.Contains(w.t, new(), text)
	return new()
}

func (w *watching) press(keys string) func() {
	return func() { w.terminal.Write([]byte(keys)) }
}

// save writes a file as many editors do: beside its place, then renamed.
func save(t *testing.T, file, old, now string) func() {
	return func() {
		src, err := os.ReadFile(file)
		require.NoError(t, err)
		require.Contains(t, string(src), old)
		require.NoError(t, os.WriteFile(file+"~", []byte(strings.Replace(string(src), old, now, 1)), 0o666))
		require.NoError(t, os.Rename(file+"~", file))
	}
}

const watched = "save to check again"

func TestWatch(t *testing.T) {
	t.Parallel()
	root := tree(t)
	require.Zero(t, tool(t, root, "lesson", "1").code)
	answers := filepath.Join(root, "work/01-concepts/checkout/answers.go")
	w := watch(t, root)
	w.says(watched)
	require.Contains(t, w.out.String(), "FAIL 1.1")

	shown := w.then(save(t, answers, "GuessCharges = -1", "GuessCharges = = 2"), watched)
	require.Contains(t, shown, "checking lesson 1")
	require.Contains(t, shown, "work/01-concepts/checkout/answers.go:7:17: syntax error")

	save(t, answers, "= = 2", "= 1")()
	shown = w.then(save(t, answers, "GuessMails   = -1", "GuessMails   = 1"), watched)
	require.Contains(t, shown, "agrees with what happened: 2 charges, 1 mail")
	shown = w.then(save(t, answers, "= 1 ", "= 2 "), watched)
	require.Contains(t, shown, "PASS 1.1")
	require.Contains(t, shown, "your first guess was 1 charge, 1 mail")

	require.Contains(t, w.then(w.press("h"), "hint 1 of 3"), "for 1.2")
	require.Contains(t, w.then(w.press("l"), "1.5"), "Quiz")
	require.Contains(t, w.then(w.press("n"), watched), "made work/02-basic-service")
	require.Contains(t, w.then(save(t, answers, "= 2 ", "= 3 "), watched), "checking lesson 1", "it follows whoever saves")

	seen := below.Of(w.cmd.Process.Pid)
	w.press("q")()
	require.Zero(t, w.ends())
	require.Empty(t, seen.Left())
	require.NotContains(t, w.out.String(), "\x1b", "nothing is cleared, and no cursor moves")
}

// A check that code of the learner's ends is no pass, and says what to look for.
func TestCheckThatAnInitEnds(t *testing.T) {
	t.Parallel()
	root := tree(t)
	require.Zero(t, tool(t, root, "lesson", "1").code)
	rewrite(t, filepath.Join(root, "work/01-concepts/checkout/order.go"), func(src string) string {
		return strings.Replace(src, "import ", "import \"os\"\n\nimport ", 1) + "\nfunc init() { os.Exit(0) }\n"
	})
	const said = "the check ended without a verdict, so no task was judged\nhint: does something in your code call os.Exit"
	r := tool(t, root, "check", "1")
	require.Equal(t, 3, r.code, r.out)
	require.Contains(t, r.err, said)
	w := watch(t, root)
	w.says(watched)
	require.Contains(t, w.out.String(), said)
}

// However it ends, also in the middle of a check, nothing is left.
func TestWatchIsInterrupted(t *testing.T) {
	t.Parallel()
	root := tree(t)
	require.Zero(t, tool(t, root, "lesson", "1").code)
	for name, end := range map[string]func(w *watching){
		"Ctrl-C":  func(w *watching) { w.press("\x03")() },
		"SIGTERM": func(w *watching) { w.signal(syscall.SIGTERM) },
		"SIGKILL": func(w *watching) { w.signal(syscall.SIGKILL) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // and so several watches of one lesson
			w := watch(t, root, "1")
			w.says("checking lesson 1")
			seen := below.Of(w.cmd.Process.Pid)
			end(w)
			w.ends()
			require.Eventually(t, func() bool { return len(seen.Left()) == 0 }, 10*time.Second, 10*time.Millisecond)
		})
	}
}

func TestWatchOfWhatIsNotThere(t *testing.T) {
	t.Parallel()
	root := tree(t)
	refuses(t, root, map[string]string{
		"watch":   "there is no lesson in work/ yet\nhint: make lesson 1",
		"watch 2": "work/02-basic-service is not there yet",
		"watch 9": "there is no lesson 9",
	})
}

// lazily is a text that is asked for when it is printed.
type lazily func() string

func (l lazily) String() string { return l() }
