package restate

import (
	"cmp"
	"net"
	"net/netip"
	"path/filepath"

	"example.com/workbook/tools/hint"
)

// onlyNode is the name of a server that is no part of a cluster.
const onlyNode = "n1"

// fabric is the part of the server that the other nodes of its cluster talk to.
const fabric = "fabric"

// maxSocketPath is macOS's limit, the lower one: 104 bytes with a final zero.
const maxSocketPath = 103

// Options are the settings of a server. The zero value is right for a check:
// unix sockets only, in a new folder.
type Options struct {
	// Dir is the base dir. An own one is the caller's to remove; "" makes a
	// new short one, which Stop removes.
	Dir string
	// Name is the node's in its cluster, and names the folder below Dir that the
	// server puts its sockets and data in. "" is n1.
	Name string
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

// arguments returns the arguments of a server.
func (o Options) arguments() []string {
	return []string{"--base-dir", o.Dir, "--node-name", o.nodeName(), "--no-logo"}
}

func (o Options) nodeName() string { return cmp.Or(o.Name, onlyNode) }

// environment returns the server's whole environment. It inherits nothing, so that no
// proxy or RESTATE_ variable of the user has an effect. Of two values the later one
// counts.
func (o Options) environment() []string {
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
		"TMPDIR="+filepath.Join(o.Dir, "tmp"),
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
func (o Options) socketPath(part string) string {
	return filepath.Join(o.Dir, o.nodeName(), part+".sock")
}

// FabricAddress returns the address at which the other nodes of a cluster reach the
// server: a unix socket, which is there in every mode. Dir must be a full path.
func (o Options) FabricAddress() string { return "unix:" + o.socketPath(fabric) }

// checkDir refuses a folder in which a socket's path would be too long.
func (o Options) checkDir() error {
	if n := len(o.socketPath("ingress")); n > maxSocketPath {
		return hint.New(hint.Setup, "use a folder with a shorter path",
			"%s is %d bytes too long for the server's sockets", o.Dir, n-maxSocketPath)
	}
	return nil
}

// isInUse reports whether a server runs in the folder.
func (o Options) isInUse() bool {
	c, err := net.Dial("unix", o.socketPath(fabric))
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
