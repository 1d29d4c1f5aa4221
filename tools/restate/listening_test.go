package restate

import (
	"encoding/hex"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// listening are the TCP addresses that a process listens on, in the kernel's
// own hexadecimal, told by /proc. Elsewhere than on Linux there is no such
// file, and known stands in.
func listening(t *testing.T, pid int, known ...string) (hexAddrs []string) {
	t.Helper()
	if runtime.GOOS != "linux" {
		return known
	}
	mine := sockets(t, pid)
	for _, table := range []string{"tcp", "tcp6"} {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/net/%s", pid, table))
		require.NoError(t, err)
		for line := range strings.Lines(string(text)) {
			// sl local remote state … inode; 0A is LISTEN
			f := strings.Fields(line)
			if f[3] == "0A" && slices.Contains(mine, "socket:["+f[9]+"]") {
				hexAddrs = append(hexAddrs, f[1])
			}
		}
	}
	return hexAddrs
}

func sockets(t *testing.T, pid int) (links []string) {
	t.Helper()
	dir := fmt.Sprintf("/proc/%d/fd", pid)
	fds, err := os.ReadDir(dir)
	require.NoError(t, err)
	for _, fd := range fds {
		if link, err := os.Readlink(dir + "/" + fd.Name()); err == nil {
			links = append(links, link)
		}
	}
	require.NotEmpty(t, links)
	return links
}

// kernelAddr is 127.0.0.1:port as /proc/net/tcp has it on a little-endian
// machine.
func kernelAddr(port int) string {
	return strings.ToUpper(hex.EncodeToString([]byte{1, 0, 0, 127})) + fmt.Sprintf(":%04X", port)
}
