package replays

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// isolations returns the ways to start a process in a network of its own. The first way works for root.
// The second way also makes a user namespace, which other users need.
func isolations() []*syscall.SysProcAttr {
	own := func(of int) []syscall.SysProcIDMap {
		return []syscall.SysProcIDMap{{ContainerID: of, HostID: of, Size: 1}}
	}
	return []*syscall.SysProcAttr{
		{Cloneflags: syscall.CLONE_NEWNET},
		{Cloneflags: syscall.CLONE_NEWNET | syscall.CLONE_NEWUSER, UidMappings: own(os.Getuid()), GidMappings: own(os.Getgid()), AmbientCaps: []uintptr{unix.CAP_NET_ADMIN}},
	}
}

// endsWithParent returns the attributes of a process that the kernel kills when the process that started
// it ends.
func endsWithParent() *syscall.SysProcAttr { return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }

// raiseLoopback makes 127.0.0.1 usable in a new network, which has no other address.
func raiseLoopback() error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	lo, err := unix.NewIfreq("lo")
	if err != nil {
		return err
	}
	lo.SetUint16(unix.IFF_UP | unix.IFF_RUNNING)
	if err := unix.IoctlIfreq(fd, unix.SIOCSIFFLAGS, lo); err != nil {
		return fmt.Errorf("lo: %w", err)
	}
	return nil
}

// listeningAddrs returns the addresses in this network on which a program listens.
func listeningAddrs() (addrs []string) {
	const listening = "0A"
	for _, table := range []string{"tcp", "tcp6"} {
		f, err := os.Open("/proc/self/net/" + table)
		if err != nil {
			continue
		}
		for lines := bufio.NewScanner(f); lines.Scan(); {
			fields := strings.Fields(lines.Text()) // sl local_address rem_address st …
			if len(fields) < 4 || fields[3] != listening {
				continue
			}
			_, hex, _ := strings.Cut(fields[1], ":")
			if port, err := strconv.ParseUint(hex, 16, 16); err == nil {
				addrs = append(addrs, net.JoinHostPort("127.0.0.1", strconv.FormatUint(port, 10)))
			}
		}
		f.Close()
	}
	return addrs
}

// refusals has the names of the kernel's counters for refused connections and datagrams in this network:
// those to other machines, to which there is no route, and those to ports of 127.0.0.1 on which no
// program listens.
var refusals = map[string][]string{"Ip": {"OutNoRoutes"}, "Tcp": {"AttemptFails"}, "Udp": {"NoPorts"}}

// countRefusals returns how many requests were refused in this network.
func countRefusals() (n int) {
	text, err := os.ReadFile("/proc/self/net/snmp")
	if err != nil {
		return 0
	}
	// The file has two lines for each protocol: one with names, and one with numbers.
	lines := strings.Split(string(text), "\n")
	for i := 0; i+1 < len(lines); i += 2 {
		names, numbers := strings.Fields(lines[i]), strings.Fields(lines[i+1])
		for k := 1; k < len(names) && k < len(numbers); k++ {
			for _, wanted := range refusals[strings.TrimSuffix(names[0], ":")] {
				if names[k] == wanted {
					count, _ := strconv.Atoi(numbers[k])
					n += count
				}
			}
		}
	}
	return n
}
