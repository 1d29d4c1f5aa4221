package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/process"
	"example.com/workbook/tools/restate"
	"example.com/workbook/tools/shop"
	"example.com/workbook/tools/stage"
)

const withoutPage = "lessons/WITHOUT.md"

// notTyped are commands of the page that this test does not type, and why.
var notTyped = map[string]string{
	"npm install --global @restatedev/restate-server@1.7.12 @restatedev/restate@1.7.12": "the server is at hand, and nothing is installed for all",
	"go mod init example.com/parcel":             "the program is built in this module",
	"go get github.com/restatedev/sdk-go@v1.2.0": "the program is built in this module",
	"go mod tidy": "the program is built in this module",
	"go run .":    "the program is built and started before the first call",
}

// The page shows the program that is built here, and what it shows of each command is what the
// command prints, with the real server.
func TestWithoutTheWorkbook(t *testing.T) {
	if testing.Short() {
		t.Skip("every command of " + withoutPage + ", ten seconds: make test without SHORT=1")
	}
	t.Parallel()
	root := moduleRoot(t)
	page, err := os.ReadFile(filepath.Join(root, withoutPage))
	require.NoError(t, err)
	program, err := os.ReadFile(filepath.Join(root, "lessons/without/main.go"))
	require.NoError(t, err)
	require.Contains(t, string(page), "```go\n"+string(program)+"```\n", "%s has another program than lessons/without/main.go", withoutPage)

	w := newWithout(t)
	for _, c := range commandsIn(t, root, withoutPage) {
		switch {
		case notTyped[c.command] != "":
		case strings.Contains(c.command, "restate-server --listen-mode"):
			w.start(c.command)
		default:
			w.types(c)
		}
	}
}

// without types the commands of the page on ports of its own.
type without struct {
	t      *testing.T
	keeper *process.Keeper
	dir    string
	port   int    // in place of 8080
	id     string // of the last invocation that was sent
}

func newWithout(t *testing.T) *without {
	t.Helper()
	keeper, err := process.NewKeeper()
	require.NoError(t, err)
	t.Cleanup(func() { keeper.Close() })
	port, err := strconv.Atoi(strings.TrimPrefix(testPortFlag(t), "PORT="))
	require.NoError(t, err)
	w := &without{t: t, keeper: keeper, dir: t.TempDir(), port: port}
	binary, err := restate.Find(t.Context(), t.Output())
	require.NoError(t, err)
	require.NoError(t, os.Symlink(binary, filepath.Join(w.dir, "restate-server")))
	build := exec.Command("go", "build", "-o", filepath.Join(w.dir, "parcel"), "./lessons/without")
	build.Dir = moduleRoot(t)
	output, err := build.CombinedOutput()
	require.NoError(t, err, "%s", output)
	return w
}

func (w *without) admin() int   { return w.port + stage.AdminAbove }
func (w *without) program() int { return w.port + shop.Ports[1] }

// start runs the server as the page says, and the program beside it.
func (w *without) start(command string) {
	w.t.Helper()
	cmd := exec.Command("sh", "-c", "exec env "+command)
	cmd.Env = append(trimmedEnv(), "PATH="+w.dir+":"+os.Getenv("PATH"), "TMPDIR="+w.dir, "RESTATE_DEFAULT_NUM_PARTITIONS=1",
		fmt.Sprintf("RESTATE_INGRESS__BIND_PORT=%d", w.port), fmt.Sprintf("RESTATE_ADMIN__BIND_PORT=%d", w.admin()),
		fmt.Sprintf("RESTATE_BIND_PORT=%d", w.port+shop.Ports[2]))
	w.begin(cmd)
	cmd = exec.Command(filepath.Join(w.dir, "parcel"))
	cmd.Env = append(trimmedEnv(), "LISTEN="+stage.Loopback(w.program()))
	w.begin(cmd)
	for _, url := range []string{
		fmt.Sprintf("http://127.0.0.1:%d/health", w.admin()), fmt.Sprintf("http://127.0.0.1:%d/restate/health", w.port),
	} {
		require.Eventually(w.t, func() bool { return answers(w.t.Context(), url) }, 30*time.Second, 20*time.Millisecond, url)
	}
	require.Eventually(w.t, func() bool { return stage.CheckPort(w.program()) != nil }, 30*time.Second, 20*time.Millisecond)
}

func (w *without) begin(cmd *exec.Cmd) {
	w.t.Helper()
	cmd.Dir = w.dir
	_, err := process.StartLogged(w.keeper, filepath.Join(w.dir, "log"), cmd)
	require.NoError(w.t, err)
}

// answers reports whether a server answers 200.
func answers(ctx context.Context, url string) bool {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return false
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return false
	}
	response.Body.Close()
	return response.StatusCode == http.StatusOK
}

var sentID = regexp.MustCompile(`"invocationId":"(inv_\w+)"`)

// types runs a command, and compares what it prints with the page.
func (w *without) types(c typed) {
	w.t.Helper()
	output := w.run(c.command)
	if m := sentID.FindStringSubmatch(output); m != nil {
		w.id = m[1]
	}
	for _, line := range c.shows {
		want := strings.ReplaceAll(regexp.QuoteMeta(line), "…", `\S*`)
		require.Regexp(w.t, "(?m)^"+want+"$", output, c)
	}
	if strings.HasSuffix(c.command, "/pause") {
		require.Eventually(w.t, func() bool { return strings.Contains(w.run(w.statusQuery()), `"paused"`) }, 20*time.Second, 50*time.Millisecond)
	}
}

func (w *without) run(command string) string {
	w.t.Helper()
	ports := strings.NewReplacer(":8080", fmt.Sprintf(":%d", w.port), ":9070", fmt.Sprintf(":%d", w.admin()),
		":9080", fmt.Sprintf(":%d", w.program()), "curl ", "curl -sS --max-time 30 ")
	cmd := exec.Command("sh", "-c", ports.Replace(command))
	cmd.Dir, cmd.Env = w.dir, append(trimmedEnv(), "ID="+w.id)
	output, err := cmd.CombinedOutput()
	require.NoError(w.t, err, "%s: %s", command, output)
	return string(output)
}

// statusQuery returns a command that prints the status of the last invocation that was sent.
func (w *without) statusQuery() string {
	return `curl 127.0.0.1:9070/query -H 'accept: application/json' -H 'content-type: application/json' -d '{"query":"SELECT status FROM sys_invocation WHERE id = '\''` +
		w.id + `'\''"}'`
}
