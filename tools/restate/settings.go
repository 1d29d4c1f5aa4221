package restate

import (
	"net"
	"net/netip"
	"path/filepath"

	"example.com/workbook/tools/hint"
)

// node names the folder below the base dir that the server puts its sockets
// and data in.
const node = "n1"

// maxSocketPath is macOS's limit, the lower one: 104 bytes with a final zero.
const maxSocketPath = 103

// Options are the settings of a server. The zero value is right for a check:
// unix sockets only, in a new folder.
type Options struct {
	// Dir is the base dir. An own one is the caller's to remove; "" makes a
	// new short one, which Stop removes.
	Dir string
	// IngressAddr and AdminAddr are loopback addresses, host:port, to listen
	// on instead of a unix socket. Port 0 takes a free one.
	IngressAddr, AdminAddr string
	// Env has further settings of the server, RESTATE_SOMETHING=value. They
	// cannot undo telemetry off and loopback only.
	Env []string
	// Unsynced leaves it to the operating system when the log goes to the disk. What
	// was acknowledged then outlives the server's SIGKILL, though not a power cut.
	Unsynced bool
}

// arguments returns the arguments of a server in dir.
func arguments(dir string) []string {
	return []string{"--base-dir", dir, "--node-name", node, "--no-logo"}
}

// environment returns the server's whole environment. It inherits nothing, so that no
// proxy or RESTATE_ variable of the user has an effect. Of two values the later one
// counts.
func environment(dir string, o Options) []string {
	all := []string{
		// More partitions are slower on two cores, and the WALs of the default
		// 2 GB take 70 MB more of disk.
		"RESTATE_DEFAULT_NUM_PARTITIONS=1",
		"RESTATE_ROCKSDB_TOTAL_MEMORY_SIZE=128MB",
		"RESTATE_LOG_FORMAT=json",
	}
	if o.Unsynced {
		all = append(all, "RESTATE_LOG_SERVER__ROCKSDB_DISABLE_WAL_FSYNC=true")
	}
	all = append(all, o.Env...)
	all = append(all,
		"TMPDIR="+filepath.Join(dir, "tmp"),
		"RESTATE_LOG_DISABLE_ANSI_CODES=true",
		"RESTATE_DISABLE_TELEMETRY=true",
		"RESTATE_BIND_IP=127.0.0.1",
		"RESTATE_LISTEN_MODE=unix", // the node-to-node port too
	)
	all = append(all, listenSettings("RESTATE_INGRESS__", o.IngressAddr)...)
	return append(all, listenSettings("RESTATE_ADMIN__", o.AdminAddr)...)
}

func listenSettings(prefix, addr string) []string {
	if addr == "" {
		return []string{prefix + "LISTEN_MODE=unix"}
	}
	return []string{prefix + "LISTEN_MODE=tcp", prefix + "BIND_ADDRESS=" + addr}
}

// socketPath returns the path of the unix socket of a part of the server.
func socketPath(dir, part string) string { return filepath.Join(dir, node, part+".sock") }

// checkDir refuses a folder in which a socket's path would be too long.
func checkDir(dir string) error {
	if n := len(socketPath(dir, "ingress")); n > maxSocketPath {
		return hint.New(hint.Setup, "use a folder with a shorter path",
			"%s is %d bytes too long for the server's sockets", dir, n-maxSocketPath)
	}
	return nil
}

// inUse reports whether a server runs in dir. Its node-to-node socket is there
// in every mode.
func inUse(dir string) bool {
	c, err := net.Dial("unix", socketPath(dir, "fabric"))
	if err != nil {
		return false
	}
	c.Close()
	return true
}

// freeAddr returns addr with a port in place of 0, if addr is a loopback address
// that nobody listens on. "" stays "".
func freeAddr(addr string) (string, error) {
	if addr == "" {
		return "", nil
	}
	ap, err := netip.ParseAddrPort(addr)
	if err != nil || !ap.Addr().IsLoopback() {
		return "", hint.New(hint.Usage, "use 127.0.0.1:PORT", "%q is not a loopback address", addr)
	}
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return "", hint.New(hint.Setup, "stop the program that listens there, or choose another port",
			"port %d is taken: %w", ap.Port(), err)
	}
	defer l.Close()
	return l.Addr().String(), nil
}
