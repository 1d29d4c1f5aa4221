package main

import (
	"fmt"
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
	return inTerminal(t, root, bin, append([]string{"watch"}, args...)...)
}

func inTerminal(t *testing.T, root, command string, args ...string) *watching {
	t.Helper()
	r := &running{t: t, cmd: exec.Command(command, args...), done: make(chan struct{})}
	r.cmd.Dir, r.cmd.Env = root, append(trimmedEnv(), "NO_COLOR=1")
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
	require.Eventually(w.t, func() bool { return strings.Contains(new(), text) || w.isOver() }, time.Minute, 10*time.Millisecond, "%s", lazily(w.out.String))
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
	root := newTree(t)
	require.Zero(t, tool(t, root, "lesson", "1").code)
	answers := filepath.Join(root, "work/01-concepts/checkout/answers.go")
	w := watch(t, root)
	w.waitForText(watched)
	require.Contains(t, w.out.String(), "FAIL 1.1")

	shown := w.then(save(t, answers, "GuessCharges = -1", "GuessCharges = = 2"), watched)
	require.Contains(t, shown, "checking lesson 1")
	require.Contains(t, shown, "work/01-concepts/checkout/answers.go:7:17: syntax error")

	save(t, answers, "= = 2", "= 1")()
	shown = w.then(save(t, answers, "GuessMails   = -1", "GuessMails   = 1"), watched)
	require.Contains(t, shown, "what the check counted: 2 charges, 1 email")
	shown = w.then(save(t, answers, "= 1 ", "= 2 "), watched)
	require.Contains(t, shown, "PASS 1.1")
	require.Contains(t, shown, "your first guess was 1 charge, 1 email")

	require.Contains(t, w.then(w.press("h"), "hint 1 of 3"), "for 1.2")
	require.Contains(t, w.then(w.press("l"), "1.5"), "Quiz")
	require.Contains(t, w.then(w.press("n"), watched), "made work/02-basic-service")
	require.Contains(t, w.then(save(t, answers, "= 2 ", "= 3 "), watched), "checking lesson 1", "it follows whoever saves")

	seen := below.Of(w.cmd.Process.Pid)
	w.press("q")()
	require.Zero(t, w.waitForEnd())
	require.Empty(t, seen.Left())
	require.NotContains(t, w.out.String(), "\x1b", "nothing is cleared, and no cursor moves")
}

// A check that the learner's code ends is no pass.
func TestWatchOfAnInitThatExits(t *testing.T) {
	t.Parallel()
	root := treeWithWork(t, "lessons", "checkout/order.go",
		"import ", "import \"os\"\n\nimport ", "type Order struct", "func init() { os.Exit(0) }\n\ntype Order struct")
	w := watch(t, root)
	w.waitForText(watched)
	require.Contains(t, w.out.String(), "the check ended without a verdict, so no task was checked\nhint: look for a call of os.Exit")
}

// However it ends, also in the middle of a check, nothing is left.
func TestWatchIsInterrupted(t *testing.T) {
	t.Parallel()
	root := newTree(t)
	require.Zero(t, tool(t, root, "lesson", "1").code)
	for _, test := range []struct {
		name string
		end  func(w *watching)
	}{
		{"Ctrl-C", func(w *watching) { w.press("\x03")() }},
		{"SIGTERM", func(w *watching) { w.signal(syscall.SIGTERM) }},
		{"SIGKILL", func(w *watching) { w.signal(syscall.SIGKILL) }},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel() // and so several watches of one lesson
			w := watch(t, root, "1")
			w.waitForText("checking lesson 1")
			seen := below.Of(w.cmd.Process.Pid)
			test.end(w)
			w.waitForEnd()
			require.Eventually(t, func() bool { return len(seen.Left()) == 0 }, 10*time.Second, 10*time.Millisecond)
		})
	}
}

// What was built for an earlier save is never judged again, and what stands in the
// way is said.
func TestWatchOfWhatIsNotWhole(t *testing.T) {
	t.Parallel()
	root := treeWithWork(t, "solutions", "")
	lesson := filepath.Join(root, "work", "01-concepts")
	w := watch(t, root)
	w.waitForText("Lesson 1 is done")
	require.Equal(t, "done", taskStates(t, root)["1.5"])

	test := filepath.Join(lesson, "lesson_test.go")
	require.NoError(t, os.Rename(test, test+".away"))
	shown := w.then(save(t, filepath.Join(lesson, "checkout", "answers.go"), "GuessCharges = 2", "GuessCharges = 7"), watched)
	require.NotContains(t, shown, "PASS")
	require.Contains(t, shown, "work/01-concepts exists, but has no lesson_test.go; the folder was not changed\nhint: make lesson 1 puts it back")

	require.NoError(t, os.Rename(test+".away", test))
	shown = w.then(w.press("c"), watched)
	require.Contains(t, shown, "FAIL 1.1")
	require.Equal(t, "red", taskStates(t, root)["1.1"])

	require.NoError(t, os.Rename(lesson, lesson+".away"))
	require.Contains(t, w.then(w.press("c"), watched), "work/01-concepts is gone\nhint: make lesson 1, or put it back")
}

// A server that has gone, with its folder, is another one at the next save.
func TestWatchWhoseServerIsGone(t *testing.T) {
	t.Parallel()
	root := treeWithWork(t, "solutions", "")
	w := watch(t, root)
	w.waitForText("Lesson 1 is done")
	seen := below.Of(w.cmd.Process.Pid)
	for _, dir := range seen.Dirs {
		if _, err := os.Stat(filepath.Join(dir, "server.log")); err == nil {
			require.NoError(t, os.RemoveAll(dir))
		}
	}
	for _, pid := range seen.Pids {
		if cmdline, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid)); strings.Contains(string(cmdline), "--base-dir") {
			require.NoError(t, syscall.Kill(pid, syscall.SIGKILL))
			require.Eventually(t, func() bool { return processState(pid) == "" }, 10*time.Second, 10*time.Millisecond)
		}
	}
	require.Contains(t, w.then(w.press("c"), watched), "Lesson 1 is done")
	w.press("q")()
	require.Zero(t, w.waitForEnd())
	require.Empty(t, seen.Left())
}

// Some systems remove old files from the folder for temporary files. A watch that stays open
// then goes on with other files, and leaves no process behind.
func TestWatchWhoseFilesAreSwept(t *testing.T) {
	t.Parallel()
	root := treeWithWork(t, "solutions", "")
	w := watch(t, root)
	w.waitForText("Lesson 1 is done")
	seen := below.Of(w.cmd.Process.Pid)
	require.NotEmpty(t, seen.Dirs)
	for _, dir := range seen.Dirs {
		require.NoError(t, os.RemoveAll(dir))
	}
	shown := w.then(w.press("c"), watched)
	require.Contains(t, shown, "Lesson 1 is done")
	require.NotContains(t, shown, "SETUP")
	w.press("q")()
	require.Zero(t, w.waitForEnd())
	require.Empty(t, seen.Left())
}

// The terminal is as it was when the watch has ended. Ctrl-Z gives it to the shell
// too, whatever stands in between, as go tool does that stops nobody but its child.
func TestWatchGivesTheTerminalBack(t *testing.T) {
	t.Parallel()
	root := newTree(t)
	require.Zero(t, tool(t, root, "lesson", "1").code)
	const between = `trap : TSTP; "$0" watch; echo it ended`
	bin, err := builtTool()
	require.NoError(t, err)
	w := inTerminal(t, root, "sh", "-c", `set -m; sh -c '`+between+`' "$0"; echo the shell is back; read -r line; fg; read -r line`, bin)
	seesKeys := func() bool {
		stty := exec.Command("stty", "-a")
		stty.Stdin = w.terminal
		now, err := stty.Output()
		require.NoError(t, err)
		return strings.Contains(string(now), "-icanon") && strings.Contains(string(now), "-echo ")
	}
	w.waitForText(watched)
	require.True(t, seesKeys())
	w.then(w.press("\x1a"), "the shell is back") // Ctrl-Z
	require.False(t, seesKeys())
	// One that is about to stop still reads what is typed.
	require.Eventually(t, func() bool {
		stopped := 0
		for _, pid := range below.Of(w.cmd.Process.Pid).Pids {
			if strings.HasPrefix(processState(pid), "T") {
				stopped++
			}
		}
		return stopped == 2 // the sh in between, and the watch
	}, 10*time.Second, 10*time.Millisecond)
	w.press("\n")()
	require.Eventually(t, seesKeys, 10*time.Second, 10*time.Millisecond)
	require.Contains(t, w.then(w.press("l"), "1.5"), "Quiz", "it goes on")
	w.press("\x1c")() // Ctrl-\
	require.Eventually(t, func() bool { return !seesKeys() }, 10*time.Second, 10*time.Millisecond)
}

// Where nobody could have it go on, it is not stopped.
func TestWatchWithoutAShell(t *testing.T) {
	t.Parallel()
	root := newTree(t)
	require.Zero(t, tool(t, root, "lesson", "1").code)
	w := watch(t, root)
	w.waitForText(watched)
	w.press("\x1a")()
	require.Contains(t, w.then(w.press("l"), "1.5"), "Quiz")
}

// processState returns the state of a process from ps: T for a stopped one, "" for
// none.
func processState(pid int) string {
	out, _ := exec.Command("ps", "-o", "state=", "-p", fmt.Sprint(pid)).Output()
	return strings.TrimSpace(string(out))
}

// lazily is a text that is asked for when it is printed.
type lazily func() string

func (l lazily) String() string { return l() }
