package restate

import (
	"net"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/process/processtest"
)

// dumpConfig returns the configuration that the server makes of our options: section
// name, dot, key = value. The server takes unknown keys without a word, so
// this alone shows that ours are known.
func dumpConfig(t *testing.T, o Options) map[string]string {
	t.Helper()
	o.Dir = t.TempDir()
	cmd := exec.Command(binary(t), append(o.arguments(), "--dump-config")...)
	cmd.Env = o.environment()
	out, err := cmd.Output()
	require.NoError(t, err)
	all, section := map[string]string{}, ""
	for line := range strings.Lines(string(out)) {
		line = strings.TrimSpace(line)
		if name, ok := strings.CutPrefix(line, "["); ok {
			section = strings.TrimSuffix(name, "]") + "."
			continue
		}
		if key, value, ok := strings.Cut(line, " = "); ok {
			all[section+key] = strings.Trim(value, `"`)
		}
	}
	require.Equal(t, o.Dir, all["base-dir"])
	return all
}

func TestSettingsAreTaken(t *testing.T) {
	on := dumpConfig(t, Options{})
	for _, c := range []struct{ key, want string }{
		{"disable-telemetry", "true"},
		{"default-num-partitions", "1"},
		{"rocksdb-total-memory-size", "122.1 MiB"}, // 128 MB
		{"listen-mode", "unix"},
		{"ingress.listen-mode", "unix"},
		{"admin.listen-mode", "unix"},
		{"bind-ip", "127.0.0.1"},
		{"log-format", "json"},
		{"log-disable-ansi-codes", "true"},
		{"node-name", "n1"},
	} {
		t.Run(c.key, func(t *testing.T) {
			require.Equal(t, c.want, on[c.key])
		})
	}
}

// The lessons' pages state these defaults of the server.
func TestDefaultsThatThePagesState(t *testing.T) {
	on := dumpConfig(t, Options{})
	for _, c := range []struct{ key, want string }{
		{"default-retry-policy.initial-interval", "500ms"},
		{"default-retry-policy.exponentiation-factor", "2.0"},
		{"default-retry-policy.max-interval", "1m"},
		{"default-retry-policy.max-attempts", "70"},
		{"default-retry-policy.on-max-attempts", "pause"},
		{"worker.invoker.inactivity-timeout", "1m"},
		{"worker.invoker.abort-timeout", "10m"},
		{"worker.invoker.concurrent-invocations-limit", "1000"},
		{"worker.invoker.http2-streams-per-connection-limit", "128"},
		{"default-idempotency-retention", "1d"},
		{"default-journal-retention", "1d"},
		{"default-workflow-completion-retention", "1d"},
	} {
		t.Run(c.key, func(t *testing.T) {
			require.Equal(t, c.want, on[c.key])
		})
	}
}

func TestSettingsOfTCP(t *testing.T) {
	on := dumpConfig(t, Options{IngressAddr: "127.0.0.1:8080", AdminAddr: "127.0.0.1:9070"})
	for _, c := range []struct{ key, want string }{
		{"listen-mode", "unix"},
		{"ingress.listen-mode", "tcp"},
		{"ingress.bind-address", "127.0.0.1:8080"},
		{"admin.listen-mode", "tcp"},
		{"admin.bind-address", "127.0.0.1:9070"},
	} {
		t.Run(c.key, func(t *testing.T) {
			require.Equal(t, c.want, on[c.key])
		})
	}
}

func TestSyncing(t *testing.T) {
	for _, test := range []struct {
		unsynced bool
		want     string
	}{
		{false, "false"},
		{true, "true"},
	} {
		require.Equal(t, test.want, dumpConfig(t, Options{Unsynced: test.unsynced})["log-server.rocksdb-disable-wal-fsync"])
	}
}

func TestFurtherSettings(t *testing.T) {
	on := dumpConfig(t, Options{Env: []string{
		"RESTATE_DEFAULT_NUM_PARTITIONS=4",
		"RESTATE_DEFAULT_RETRY_POLICY__INITIAL_INTERVAL=20ms",
		"RESTATE_DISABLE_TELEMETRY=false",
		"RESTATE_LISTEN_MODE=all",
		"RESTATE_BIND_IP=0.0.0.0",
	}})
	require.Equal(t, "4", on["default-num-partitions"])
	require.Equal(t, "20ms", on["default-retry-policy.initial-interval"])
	require.Equal(t, "true", on["disable-telemetry"])
	require.Equal(t, "unix", on["listen-mode"])
	require.Equal(t, "127.0.0.1", on["bind-ip"])
}

func TestAddressesThatAreRefused(t *testing.T) {
	for _, addr := range []string{"0.0.0.0:8080", ":8080", "[::]:8080", "192.0.2.1:8080", "localhost:8080", "127.0.0.1", "127.0.0.1:x"} {
		_, err := freeAddr(addr)
		var e *hint.Error
		require.ErrorAs(t, err, &e, addr)
		require.Equal(t, hint.Usage, e.Kind)
		require.Contains(t, e.What, "is not a loopback address")
	}
}

func TestFreeAddr(t *testing.T) {
	got, err := freeAddr("")
	require.NoError(t, err)
	require.Empty(t, got)

	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	require.NoError(t, err)
	_, err = freeAddr(l.Addr().String())
	processtest.RequireSetupError(t, err, "port "+port+" is taken", "choose another port")

	got, err = freeAddr("127.0.0.1:0")
	require.NoError(t, err)
	require.NotEqual(t, "127.0.0.1:0", got)
}

func TestFolderWhosePathIsTooLong(t *testing.T) {
	fits := "/" + strings.Repeat("d", maxSocketPath-len("/n1/ingress.sock")-1)
	require.NoError(t, Options{Dir: fits}.checkDir())
	processtest.RequireSetupError(t, Options{Dir: fits + "ddd"}.checkDir(), "3 bytes too long", "shorter path")
}
