package main

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/course"
	"example.com/workbook/tools/course/cut"
	"example.com/workbook/tools/shop"
	"example.com/workbook/tools/stage"
)

// treeWithWork returns a workbook with lesson 1 in work/, copied from the solution or
// the stub. The strings are replacements in one of its files, old and new in turn.
func treeWithWork(t *testing.T, from, file string, oldnew ...string) (root string) {
	t.Helper()
	return treeWithLesson(t, "01-concepts", from, file, oldnew...)
}

// treeWithLesson does what treeWithWork does, with another lesson.
func treeWithLesson(t *testing.T, slug, from, file string, oldnew ...string) (root string) {
	t.Helper()
	root = newTree(t)
	l := course.Lesson{Slug: slug}
	to := l.Dir(root, "work")
	require.NoError(t, os.CopyFS(to, os.DirFS(l.Dir(root, from))))
	sources := course.Glob(to, "*/*.go")
	require.NotEmpty(t, sources)
	for _, f := range append(sources, to+"/main.go", to+"/lesson_test.go") {
		rewrite(t, f, func(src string) string { return string(cut.MoveImports([]byte(src), l, from, "work")) })
	}
	if file != "" {
		rewrite(t, filepath.Join(to, file), func(src string) string {
			for i := 0; i < len(oldnew); i += 2 {
				require.Contains(t, src, oldnew[i])
				src = strings.ReplaceAll(src, oldnew[i], oldnew[i+1])
			}
			return src
		})
	}
	return root
}

func rewrite(t *testing.T, file string, f func(string) string) {
	t.Helper()
	src, err := os.ReadFile(file)
	require.NoError(t, err)
	require.NoError(t, os.Remove(file), "other trees have it too")
	require.NoError(t, os.WriteFile(file, []byte(f(string(src))), 0o666))
}

// trimmedEnv returns an environment in which go does not store the path of a tree, so
// that the build cache of one test's tree serves the next.
func trimmedEnv() []string {
	return append(os.Environ(), "GOFLAGS="+strings.TrimSpace(os.Getenv("GOFLAGS")+" -trimpath"))
}

// running is the real command at work.
type running struct {
	t    *testing.T
	cmd  *exec.Cmd
	out  lockedBuffer
	err  lockedBuffer
	done chan struct{}
}

// buildLimit is for a command that builds first: on a new machine everything is
// compiled once more for -trimpath, several such commands at once.
const buildLimit = 4 * time.Minute

type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

func begin(t *testing.T, root string, args ...string) *running {
	t.Helper()
	return beginWith(t, trimmedEnv(), root, args...)
}

// beginWith does what begin does, with another environment.
func beginWith(t *testing.T, env []string, root string, args ...string) *running {
	t.Helper()
	bin, err := builtTool()
	require.NoError(t, err)
	r := &running{t: t, cmd: exec.Command(bin, args...), done: make(chan struct{})}
	r.cmd.Dir, r.cmd.Env = root, env
	r.cmd.Stdout, r.cmd.Stderr = &r.out, &r.err
	require.NoError(t, r.cmd.Start())
	go func() {
		r.cmd.Wait()
		close(r.done)
	}()
	t.Cleanup(func() {
		r.cmd.Process.Kill()
		<-r.done
	})
	return r
}

// waitForText waits until the command has printed text.
func (r *running) waitForText(text string) {
	r.t.Helper()
	require.Eventually(r.t, func() bool { return strings.Contains(r.out.String(), text) || r.isOver() },
		buildLimit, 10*time.Millisecond)
	require.Contains(r.t, r.out.String(), text, r.err.String())
}

// waitForMatches waits until n pieces of what the command has printed match.
func (r *running) waitForMatches(what *regexp.Regexp, n int) {
	r.t.Helper()
	count := func() int { return len(what.FindAllString(r.out.String(), -1)) }
	require.Eventually(r.t, func() bool { return count() >= n || r.isOver() }, buildLimit, 10*time.Millisecond, "%s in %s", what, r.out.String())
	require.Equal(r.t, n, count(), "%s in %s %s", what, r.out.String(), r.err.String())
}

func (r *running) isOver() bool {
	select {
	case <-r.done:
		return true
	default:
		return false
	}
}

// waitForEnd waits for the end and returns the exit code.
func (r *running) waitForEnd() int {
	r.t.Helper()
	require.Eventually(r.t, r.isOver, buildLimit, 10*time.Millisecond, "it still runs")
	return r.cmd.ProcessState.ExitCode()
}

func (r *running) signal(s syscall.Signal) { r.cmd.Process.Signal(s) }

var (
	dataLine = regexp.MustCompile(`(?m)^  data      (\S+), `)
	curlLine = regexp.MustCompile(`(?m)^  (curl .*)$`)
)

func (r *running) folder() string { return dataLine.FindStringSubmatch(r.out.String())[1] }

// curlCommand returns the n-th command line that was printed for a call.
func (r *running) curlCommand(n int) string {
	return curlLine.FindAllStringSubmatch(r.out.String(), -1)[n][1] + " -sS --max-time 20"
}

// curl types that line.
func (r *running) curl(n int) string {
	r.t.Helper()
	answer, err := exec.Command("sh", "-c", r.curlCommand(n)).CombinedOutput()
	require.NoError(r.t, err, "%s: %s", r.curlCommand(n), answer)
	return string(answer)
}

// types types a command line, and returns what it prints.
func (r *running) types(line string) string {
	r.t.Helper()
	out, err := exec.Command("sh", "-c", line+" -sS -f --max-time 20").CombinedOutput()
	require.NoError(r.t, err, "%s: %s", line, out)
	return string(out)
}

// leavesNothing waits until neither the folder nor a process that was started
// from it, or for it, is there.
func leavesNothing(t *testing.T, folder string) {
	t.Helper()
	require.Eventually(t, func() bool {
		_, err := os.Stat(folder)
		return os.IsNotExist(err) && !strings.Contains(processCommands(t), folder)
	}, 10*time.Second, 20*time.Millisecond, "%s or a process of it is left", folder)
}

// processCommands returns the command lines of all processes; a zombie has none.
func processCommands(t *testing.T) string {
	t.Helper()
	if runtime.GOOS != "linux" {
		out, err := exec.Command("ps", "-A", "-o", "args").Output()
		require.NoError(t, err)
		return string(out)
	}
	var all strings.Builder
	files, err := filepath.Glob("/proc/[0-9]*/cmdline")
	require.NoError(t, err)
	for _, f := range files {
		line, _ := os.ReadFile(f) // it may have ended by now
		all.Write(bytes.ReplaceAll(line, []byte{0}, []byte(" ")))
	}
	return all.String()
}

var nextPort atomic.Int32

// testPortFlag returns an argument with a port such that all ports that a shop or a
// lesson needs are free and no other test uses them.
func testPortFlag(t *testing.T) string {
	t.Helper()
	port, err := findTestPort()
	require.NoError(t, err)
	return port
}

func findTestPort() (string, error) {
	for range 30 {
		// No two of the ports lie a multiple of 32 apart.
		port := 21080 + 32*int(nextPort.Add(1))
		if stage.CheckPorts(port, slices.Concat(shop.Ports, shop.NodePorts), "make shop") == nil {
			return fmt.Sprintf("PORT=%d", port), nil
		}
	}
	return "", errors.New("no ports are free")
}

func listen(t *testing.T) (port int) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { l.Close() })
	return l.Addr().(*net.TCPAddr).Port
}
