package restate

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/npm"
	"example.com/workbook/tools/process"
	"example.com/workbook/tools/process/processtest"
)

func health(t *testing.T, s *Server) {
	t.Helper()
	require.Equal(t, 200, getStatus(t.Context(), s.ingress.client, s.ingress.base+"/restate/health"))
	var rows []struct{ N int }
	require.NoError(t, s.Admin().query(t.Context(), "SELECT 41 + 1 AS n", &rows))
	require.Equal(t, []struct{ N int }{{42}}, rows)
}

func TestServesOnUnixSockets(t *testing.T) {
	s := start(t, Options{})
	health(t, s)
	require.Equal(t, "http://ingress", s.ingress.base)
	require.Equal(t, "unix:"+s.Dir()+"/n1/admin.sock", s.Admin().URL())
	require.Empty(t, listenAddrs(t, s.Pid()))
	health(t, &Server{options: s.options, ingress: s.ingress, admin: NewAdmin(s.Admin().URL())})

	log, err := os.ReadFile(s.LogFile())
	require.NoError(t, err)
	for line := range strings.Lines(string(log)) {
		require.True(t, json.Valid([]byte(line)), line)
	}
	invokers, err := filepath.Glob(filepath.Join(s.Dir(), "tmp", "invoker-*"))
	require.NoError(t, err)
	require.NotEmpty(t, invokers, "its temporary files are in its folder")

	require.NoError(t, s.Stop())
	require.NoDirExists(t, s.Dir())
	require.False(t, processtest.Alive(s.Pid()))
	require.NoError(t, s.Stop(), "twice is once")
}

func TestServesOnLoopback(t *testing.T) {
	s := start(t, Options{IngressAddr: "127.0.0.1:0", AdminAddr: "127.0.0.1:0"})
	health(t, s)
	ingress, admin := strings.TrimPrefix(s.ingress.base, "http://"), strings.TrimPrefix(s.Admin().URL(), "http://")
	require.ElementsMatch(t, []string{ingress, admin}, listenAddrs(t, s.Pid()))
	require.ElementsMatch(t, []string{ingress, admin}, listed(s.Pid()))
	require.Contains(t, ingress, "127.0.0.1:")

	_, err := Start(t.Context(), processtest.Keeper(t), binary(t), Options{AdminAddr: admin})
	processtest.RequireSetupError(t, err, "port "+strings.TrimPrefix(admin, "127.0.0.1:")+" is taken", "stop the program that listens there")
}

func TestNoSettingOpensADoor(t *testing.T) {
	s := start(t, Options{Env: []string{
		"RESTATE_LISTEN_MODE=all", "RESTATE_BIND_IP=0.0.0.0", "RESTATE_BIND_ADDRESS=0.0.0.0:0",
		"RESTATE_INGRESS__LISTEN_MODE=all", "RESTATE_INGRESS__BIND_ADDRESS=0.0.0.0:0", "RESTATE_ADMIN__LISTEN_MODE=tcp",
	}})
	require.Empty(t, listenAddrs(t, s.Pid()))
}

func TestKillAndRestartKeepTheData(t *testing.T) {
	t.Run("synced", func(t *testing.T) { killAndRestartKeepTheData(t, Options{}) })
	t.Run("unsynced", func(t *testing.T) { killAndRestartKeepTheData(t, Options{Unsynced: true}) })
}

func killAndRestartKeepTheData(t *testing.T, o Options) {
	s := start(t, o)
	p := serveProgram(t)
	require.NoError(t, s.Admin().Register(t.Context(), p.url))
	require.NoError(t, s.Admin().SetState(t.Context(), "Cart", "ada", map[string][]byte{"n": []byte("7")}))
	requireState(t, s, "ada", map[string]string{"n": "7"})

	first := s.Pid()
	require.NoError(t, s.Kill())
	<-s.Done()
	require.False(t, processtest.Alive(first))
	require.DirExists(t, s.Dir())
	require.NoError(t, s.Restart(t.Context()))
	require.NotEqual(t, first, s.Pid())
	health(t, s)
	names, err := s.Admin().Services(t.Context())
	require.NoError(t, err)
	require.Equal(t, []string{"Cart"}, names)
	requireState(t, s, "ada", map[string]string{"n": "7"})
}

func TestFolderOfTheCallersStays(t *testing.T) {
	k := processtest.Keeper(t)
	dir, err := os.MkdirTemp("/tmp", "wb own ")
	require.NoError(t, err)
	defer os.RemoveAll(dir)
	s, err := Start(t.Context(), k, binary(t), Options{Dir: dir})
	require.NoError(t, err)
	defer s.Stop()

	_, err = Start(t.Context(), k, binary(t), Options{Dir: dir})
	processtest.RequireSetupError(t, err, "a restate-server runs in "+dir, "another folder")
	health(t, s)
	require.NoError(t, s.Stop())
	require.NoError(t, k.Close())
	require.FileExists(t, s.LogFile())
}

// writeFake returns the path of a server that is a shell script.
func writeFake(t *testing.T, body string) string {
	return processtest.Script(t, t.TempDir(), "restate-server", body)
}

func TestServerThatDoesNotStart(t *testing.T) {
	for _, c := range []struct{ name, body, what, do string }{
		{"says why", `echo '{"level":"ERROR","fields":{"message":"failed","error":"no luck"},"target":"restate_server"}'
			echo '{"level":"ERROR","fields":{"message":"failed with error client error (Connect)"},"target":"octocrab"}'; exit 3`,
			"restate-server ended at its start (exit status 3): failed no luck", ""},
		{"panics", "echo thread panicked >&2; exit 101", "thread panicked", ""},
		{"port", "echo 'failed binding: Address in use (os error 98)'; exit 1", "Address in use", "another port"},
		{"disk", "echo 'No space left on device'; exit 1", "No space left", "free 200 MB"},
		{"silent", "exit 0", "(it went): the log has no error", ""},
		{"is none", "exit 1 #", "the log has no error", ""},
		{"many say", "for n in 1 2 3 4; do echo $n; done; exit 1", ": 2; 3; 4", ""},
		{"pages of 16 KB", "echo '<jemalloc>: Unsupported system page size' >&2; kill -ABRT $$", "(signal: aborted): <jemalloc>: Unsupported system page size", "pages of 4 KB"},
		{"an old glibc", "echo \"$0: /lib/libc.so.6: version 'GLIBC_2.38' not found\" >&2; exit 1", "'GLIBC_2.38' not found", "newer release"},
		{"no library", "echo \"$0: error while loading shared libraries: libz.so\" >&2; exit 127", "shared libraries: libz.so", "install the library"},
		{"an old CPU", "kill -ILL $$", "(signal: illegal instruction)", "this CPU lacks"},
		{"a truncated file", "kill -SEGV $$", "(signal: segmentation fault)", "--version` has to print its version"},
		{"files", "echo 'too many open files'; exit 1", "too many open files", "ulimit -n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := &Server{keeper: processtest.Keeper(t), binary: writeFake(t, c.body)}
			require.NoError(t, s.prepareStart())
			processtest.RequireSetupError(t, s.runServer(t.Context()), c.what, c.do)
			require.NoError(t, s.Stop())
			require.NoDirExists(t, s.Dir())
		})
	}
	_, err := Start(t.Context(), processtest.Keeper(t), filepath.Join(t.TempDir(), "none"), Options{})
	processtest.RequireSetupError(t, err, "cannot start restate-server", serverEnv)
}

// What a server that ends early has printed is not lost, and a fetched one can be fetched
// again.
func TestServerThatDoesNotPrintItsVersion(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	t.Setenv("HOME", t.TempDir())
	cache, err := npm.Cache()
	require.NoError(t, err)
	require.NoError(t, os.MkdirAll(cache, 0o777))
	fetched := processtest.Script(t, cache, "restate-server-"+Version, "echo '<jemalloc>: Unsupported system page size' >&2; kill -ABRT $$")
	_, err = Runs(t.Context(), fetched)
	processtest.RequireSetupError(t, err, fetched+" does not run: signal: aborted: <jemalloc>: Unsupported system page size", "pages of 4 KB")
	require.NoError(t, os.WriteFile(fetched, []byte("\x7fELF"), 0o755))
	_, err = Runs(t.Context(), fetched)
	processtest.RequireSetupError(t, err, "exec format error", "rm "+fetched+"; then make doctor fetches it again")
	_, err = Start(t.Context(), processtest.Keeper(t), fetched, Options{})
	processtest.RequireSetupError(t, err, "restate-server ended at its start", "rm "+fetched)
	other := processtest.Script(t, cache, "other", "echo hello")
	_, err = Runs(t.Context(), other)
	processtest.RequireSetupError(t, err, `calls itself "hello", not restate-server `+Version, "rm "+other)
}

func TestStartIsGivenUpWithContext(t *testing.T) {
	pid := filepath.Join(t.TempDir(), "pid")
	ctx, cancel := context.WithCancel(t.Context())
	result := make(chan error, 1)
	go func() {
		_, err := Start(ctx, processtest.Keeper(t), writeFake(t, stubborn(pid)), Options{})
		result <- err
	}()
	processtest.RequirePresent(t, pid)
	cancel()
	require.ErrorIs(t, <-result, context.Canceled)
	processtest.RequireDead(t, processtest.ReadPid(t, pid))
}

// stubborn returns a server that ignores signals, with a child in its group.
func stubborn(pid string) string {
	return fmt.Sprintf("trap '' INT TERM\nsleep 60 &\necho $! >'%s.new'\nmv '%s.new' '%s'\nwait", pid, pid, pid)
}

// helpServe starts a server, says where, and waits to be killed.
func helpServe() error {
	path, err := Find(context.Background(), nil)
	if err != nil {
		return err
	}
	k, err := process.NewKeeper()
	if err != nil {
		return err
	}
	s, err := Start(context.Background(), k, path, Options{})
	if err != nil {
		return err
	}
	fmt.Println(s.Pid(), k.Pid(), s.Dir())
	select {}
}

func TestNothingOutlivesItsParent(t *testing.T) {
	binary(t)
	for name, signal := range processtest.Interrupts {
		t.Run(name, func(t *testing.T) {
			cmd := processtest.Helper(t, "serve")
			cmd.Stderr = t.Output()
			out, err := cmd.StdoutPipe()
			require.NoError(t, err)
			require.NoError(t, cmd.Start())
			var server, keeper int
			var dir string
			processtest.ReadLine(t, out, "%d %d %s", &server, &keeper, &dir)
			require.True(t, processtest.Alive(server))
			require.DirExists(t, dir)

			// The whole group, as a terminal does.
			require.NoError(t, syscall.Kill(-cmd.Process.Pid, signal))
			require.Error(t, cmd.Wait())
			processtest.RequireDead(t, server)
			processtest.RequireAbsent(t, dir)
			processtest.RequireDead(t, keeper)
		})
	}
}

func TestClientUsesNoProxy(t *testing.T) {
	t.Setenv("HTTP_PROXY", "http://127.0.0.1:9")
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	answer := &http.Server{Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})}
	go answer.Serve(l)
	defer answer.Close()
	addr := "http://" + l.Addr().String()
	require.Equal(t, 200, getStatus(t.Context(), newClient(addr), addr))
}
