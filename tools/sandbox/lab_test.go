package sandbox

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The test binary is also the sandbox, and a caller that a test can kill.
func TestMain(m *testing.M) {
	switch os.Getenv("SANDBOX_TEST_AS") {
	case "sandbox":
		os.Exit(Main(os.Args[1:]))
	case "caller":
		resp, err := http.Post(os.Args[1], "application/json", strings.NewReader(os.Args[2]))
		if err == nil {
			io.Copy(os.Stdout, resp.Body)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// lab has a sandbox in a process of its own.
type lab struct {
	*Client
	t      testing.TB
	ctx    context.Context
	ledger string
	cmd    *exec.Cmd
}

func start(t testing.TB, flags ...string) *lab {
	return startOn(t, filepath.Join(t.TempDir(), "ledger"), flags...)
}

func startOn(t testing.TB, ledger string, flags ...string) *lab {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	t.Cleanup(cancel)
	cmd := selfCommand("sandbox", append([]string{"-ledger", ledger}, flags...)...)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	url := strings.TrimPrefix(strings.TrimSpace(line), "listening ")
	l := &lab{NewClient(url), t, ctx, ledger, cmd}
	t.Cleanup(l.stopProcess)
	return l
}

func selfCommand(role string, args ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], args...)
	// Without this setting, the race detector lets each child process wait for a second before it
	// ends.
	cmd.Env = append(os.Environ(), "SANDBOX_TEST_AS="+role, "GORACE=atexit_sleep_ms=0")
	cmd.Stderr = os.Stderr
	return cmd
}

// stopProcess stops the sandbox, and requires exit code 0. After a data race the exit code would be
// another one.
func (l *lab) stopProcess() {
	if l.cmd.ProcessState == nil {
		require.NoError(l.t, l.cmd.Process.Signal(syscall.SIGTERM))
		require.NoError(l.t, l.cmd.Wait())
	}
}

func (l *lab) killProcess() {
	require.NoError(l.t, l.cmd.Process.Kill())
	l.cmd.Wait()
}

// restart starts another sandbox with the same ledger.
func (l *lab) restart(flags ...string) *lab {
	l.t.Helper()
	return startOn(l.t, l.ledger, flags...)
}

type reply struct {
	status int
	body   map[string]any
}

func (r reply) roll() int { return int(r.body["roll"].(float64)) }

func (l *lab) send(ctx context.Context, method, path, key, body string) (reply, error) {
	req, err := http.NewRequestWithContext(ctx, method, l.base+path, strings.NewReader(body))
	if err != nil {
		return reply{}, err
	}
	req.GetBody = nil // or net/http sends a keyed request again by itself
	if key != "" {
		req.Header.Set("Idempotency-Key", key)
	}
	resp, err := l.http.Do(req)
	if err != nil {
		return reply{}, err
	}
	defer resp.Body.Close()
	r := reply{status: resp.StatusCode}
	data, err := io.ReadAll(resp.Body)
	if err == nil {
		err = json.Unmarshal(bytes.TrimSpace(data), &r.body)
	}
	return r, err
}

func (l *lab) ask(method, path, key, body string) reply {
	l.t.Helper()
	r, err := l.send(l.ctx, method, path, key, body)
	require.NoError(l.t, err)
	return r
}

func (l *lab) post(path, key, body string) reply {
	l.t.Helper()
	return l.ask("POST", path, key, body)
}

func chargeBody(order string) string {
	return `{"order_id":"` + order + `","amount_cents":2500,"token":"tok_ok"}`
}

func (l *lab) charge(key, order string) reply {
	l.t.Helper()
	return l.post("/gateway/charges", key, chargeBody(order))
}

func (l *lab) entries(subject string) []Entry {
	l.t.Helper()
	entries, err := l.Ledger(l.ctx, subject)
	require.NoError(l.t, err)
	return entries
}

func (l *lab) lines(subject string) []string {
	l.t.Helper()
	return linesOf(Facts(l.entries(subject)))
}

func linesOf(entries []Entry) []string {
	var lines []string
	for _, e := range entries {
		lines = append(lines, e.Line())
	}
	return lines
}

// sendAsync sends a request in the background. The channel gets the answer, or is closed if there
// is no answer.
func (l *lab) sendAsync(ctx context.Context, method, path, key, body string) <-chan reply {
	done := make(chan reply, 1)
	go func() {
		defer close(done)
		if r, err := l.send(ctx, method, path, key, body); err == nil {
			done <- r
		}
	}()
	return done
}
