package restate

import (
	"encoding/hex"
	"fmt"
	"net"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// listenAddrs returns the TCP addresses that a process listens on: what /proc says,
// or lsof where there is no /proc.
func listenAddrs(t *testing.T, pid int) (addrs []string) {
	t.Helper()
	if runtime.GOOS != "linux" {
		return listed(pid)
	}
	mine := sockets(t, pid)
	for _, table := range []string{"tcp", "tcp6"} {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/net/%s", pid, table))
		require.NoError(t, err)
		for line := range strings.Lines(string(text)) {
			// sl local remote state … inode; 0A is LISTEN
			f := strings.Fields(line)
			if f[3] == "0A" && slices.Contains(mine, "socket:["+f[9]+"]") {
				addrs = append(addrs, formatAddr(t, f[1]))
			}
		}
	}
	return addrs
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

// formatAddr returns an address of /proc/net/tcp as people write it. One of IPv6 stays as
// it is: none is expected.
func formatAddr(t *testing.T, kernel string) string {
	t.Helper()
	host, port, _ := strings.Cut(kernel, ":")
	ip, err := hex.DecodeString(host)
	require.NoError(t, err)
	if len(ip) != 4 {
		return kernel
	}
	slices.Reverse(ip) // every machine that the server is built for is little-endian
	n, err := strconv.ParseUint(port, 16, 16)
	require.NoError(t, err)
	return fmt.Sprintf("%s:%d", net.IP(ip), n)
}

func listed(pid int) (addrs []string) {
	out, _ := exec.Command("lsof", "-nP", "-a", "-p", fmt.Sprint(pid), "-iTCP", "-sTCP:LISTEN", "-Fn").Output() // 1 when there is none
	for line := range strings.Lines(string(out)) {
		if addr, ok := strings.CutPrefix(strings.TrimSpace(line), "n"); ok {
			addrs = append(addrs, addr)
		}
	}
	return addrs
}
