package postgres

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/process"
)

const (
	readyLimit = 60 * time.Second // a hundred times what it takes
	stopLimit  = 10 * time.Second
	lockLimit  = 8 * time.Second // a server whose parent was killed has six seconds to end
	poll       = 10 * time.Millisecond

	// User is the name to log in with, of a superuser.
	User = "shop"

	// fileMemory makes PostgreSQL use files in the folder in place of shared memory that
	// would outlive a crash.
	fileMemory = "dynamic_shared_memory_type=mmap"
)

// A Server is a PostgreSQL with its folder, or one of the user's own. Its methods are for
// one goroutine at a time.
type Server struct {
	keeper   *process.Keeper
	programs string
	account  account
	dir      string
	made     bool // the folder is ours to remove
	lock     *os.File
	process  *process.Process
	own      string // the address of one of the user's own
}

// Start runs PostgreSQL in dir and returns when it accepts queries. programs is the result of
// [Find]. If dir has no database, Start makes one; if dir is "", it makes a folder that
// [Server.Stop] removes. ctx bounds the start, not the server's life. k ends the server if
// this process dies first.
//
// A [hint.Error] describes what a person can fix: a folder of another major version, a
// disk without room, a path that is too long.
func Start(ctx context.Context, k *process.Keeper, programs, dir string) (*Server, error) {
	s := &Server{keeper: k, programs: programs, dir: dir}
	err := s.prepareStart(ctx)
	if err == nil {
		err = s.runServer(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, s.Stop())
	}
	return s, nil
}

func (s *Server) prepareStart(ctx context.Context) (err error) {
	if s.account, err = chooseAccount(); err != nil {
		return err
	}
	if s.programs, err = s.account.openPrograms(s.keeper, s.programs); err != nil {
		return err
	}
	if err := s.prepareFolder(ctx); err != nil {
		return err
	}
	if err := s.writeRules(); err != nil {
		return folderError(s.dir, err)
	}
	return s.keeper.AddPostmaster(pidFile(s.data()))
}

// command returns the command that runs one of the programs.
func (s *Server) command(program string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(s.programs, "bin", program), args...)
	cmd.Dir = s.dir // the account may not be able to enter the present folder
	cmd.Env = []string{"PATH=/usr/bin:/bin", "LC_ALL=C", "TZ=UTC"}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: s.account.credential}
	cmd.ExtraFiles = []*os.File{s.lock}
	return cmd
}

// settings returns the settings that are not PostgreSQL's own.
func (s *Server) settings() []string {
	return []string{
		"listen_addresses=", "unix_socket_permissions=0700", "unix_socket_directories=" + quoteList(s.dir),
		"hba_file=" + filepath.Join(s.dir, "pg_hba.conf"), "ident_file=" + filepath.Join(s.dir, "pg_ident.conf"),
		"max_connections=40", "shared_buffers=16MB",
		fileMemory,
		// Small files of changes, and few processes: one shop needs no more.
		"min_wal_size=32MB", "max_wal_size=128MB", "io_method=sync", "wal_level=minimal", "max_wal_senders=0",
		// A long query ends soon after its client.
		"client_connection_check_interval=1s",
		"jit=off", "timezone=UTC", "log_timezone=UTC",
	}
}

// quoteList quotes a path for a setting that is a list.
func quoteList(path string) string { return `"` + strings.ReplaceAll(path, `"`, `""`) + `"` }

// runServer starts the process and waits until it accepts queries. While a process of a
// killed server still works on a query, PostgreSQL refuses to start, and runServer tries
// again.
func (s *Server) runServer(ctx context.Context) error {
	ctx, cancel := process.WithAwakeTimeout(ctx, readyLimit)
	defer cancel()
	args := []string{"-D", s.data()}
	for _, setting := range s.settings() {
		args = append(args, "-c", setting)
	}
	for {
		if err := rotate(s.LogFile()); err != nil {
			return folderError(s.dir, err)
		}
		p, err := process.StartQuitting(s.keeper, s.LogFile(), s.command("postgres", args...))
		if err != nil {
			return hint.New(hint.Setup, mendFor(""), "cannot start PostgreSQL: %w", err)
		}
		s.process = p
		said, err := s.awaitReady(ctx)
		if err == nil || !strings.Contains(said, "is still in use") {
			return err
		}
		select {
		case <-time.After(10 * poll):
		case <-ctx.Done():
			return err
		}
	}
}

// awaitReady waits until the server accepts queries. It reads what pg_ctl reads:
// PostgreSQL writes its number and its state into a file. If the server ends, said is why.
func (s *Server) awaitReady(ctx context.Context) (said string, err error) {
	tick := time.NewTicker(poll)
	defer tick.Stop()
	for {
		if lines := readPidFile(s.data()); len(lines) >= 8 && lines[0] == strconv.Itoa(s.Pid()) && strings.TrimSpace(lines[7]) == "ready" {
			return "", nil
		}
		select {
		case <-tick.C:
		case <-s.process.Done():
			said = logTail(s.LogFile())
			return said, hint.New(hint.Setup, mendFor(said), "PostgreSQL ended at its start (%s): %s", s.process.Exit(), said)
		case <-ctx.Done():
			s.process.Kill()
			return "", hint.New(hint.Setup, "try again when this machine has less to do", "PostgreSQL does not accept queries yet: %w: %s", context.Cause(ctx), logTail(s.LogFile()))
		}
	}
}

func pidFile(data string) string { return filepath.Join(data, "postmaster.pid") }

// readPidFile returns the lines of postmaster.pid, which describe a server that runs, or
// that was killed.
func readPidFile(data string) []string {
	text, err := os.ReadFile(pidFile(data))
	if err != nil {
		return nil
	}
	return strings.Split(string(text), "\n")
}

// Address returns what SHOP_DATABASE needs to be for this server: postgres://…
func (s *Server) Address() string {
	if s.own != "" {
		return s.own
	}
	address := url.URL{Scheme: "postgres", User: url.User(User), Path: "/postgres", RawQuery: url.Values{"host": {s.dir}}.Encode()}
	return address.String()
}

// Pid returns the number of the postmaster, the process that starts the others.
func (s *Server) Pid() int { return s.process.Pid() }

// Pids returns the numbers of all processes of the server, that of the postmaster first.
func (s *Server) Pids() ([]int, error) {
	children, err := childrenOf(s.Pid())
	return append([]int{s.Pid()}, children...), err
}

// Done returns a channel that is closed when the postmaster that runs now has ended.
func (s *Server) Done() <-chan struct{} { return s.process.Done() }

// Exit waits for the end of the postmaster that runs now and returns how it was, in words
// for people.
func (s *Server) Exit() string { return s.process.Exit() }

// Dir returns the folder.
func (s *Server) Dir() string { return s.dir }

// LogFile returns the path of the file where the server logs to, since its last start.
func (s *Server) LogFile() string { return filepath.Join(s.dir, "postgres.log") }

func (s *Server) data() string { return filepath.Join(s.dir, "data") }

func (s *Server) socket() string { return filepath.Join(s.dir, ".s.PGSQL.5432") }

// Kill ends the server as a crash of its machine does: every process of it gets SIGKILL.
// The folder stays. (Somebody else who kills the postmaster alone does less: a process
// with a query ends after the query, and only then can the server start again.)
func (s *Server) Kill() error {
	if s.process.HasEnded() {
		return nil
	}
	// A process that is stopped starts no other one.
	if err := syscall.Kill(s.Pid(), syscall.SIGSTOP); err != nil {
		return err
	}
	children, err := childrenOf(s.Pid())
	s.process.Kill()
	for _, pid := range children {
		syscall.Kill(pid, syscall.SIGKILL) // it may have ended by itself
	}
	return err
}

// childrenOf returns the processes that a process has started.
func childrenOf(parent int) (all []int, err error) {
	out, err := exec.Command("ps", "-A", "-o", "pid=,ppid=").Output()
	if err != nil {
		return nil, fmt.Errorf("ps: %w", err)
	}
	for line := range strings.Lines(string(out)) {
		var pid, of int
		if _, err := fmt.Sscan(line, &pid, &of); err == nil && of == parent {
			all = append(all, pid)
		}
	}
	return all, nil
}

// Restart starts the server again, in the same folder. One that still runs is killed
// first.
func (s *Server) Restart(ctx context.Context) error {
	if err := s.Kill(); err != nil {
		return err
	}
	return s.runServer(ctx)
}

// Stop ends the server: its clients lose their connections, and what they have committed
// is on the disk. It removes the folder if Start made it.
func (s *Server) Stop() error {
	if s.own != "" {
		return nil
	}
	var err error
	if s.process != nil {
		s.process.StopWith(syscall.SIGINT, stopLimit)
		err = removeMemory(s.data())
	}
	if s.dir != "" {
		err = errors.Join(err, s.keeper.ForgetPostmaster(pidFile(s.data())))
	}
	if s.lock != nil {
		err = errors.Join(err, s.lock.Close())
		s.lock = nil
	}
	if s.made {
		err = errors.Join(err, s.keeper.RemoveDir(s.dir))
	}
	return err
}

// removeMemory removes the segment of shared memory that a killed server has left. One
// that stops removes it, and its file.
func removeMemory(data string) error {
	lines := readPidFile(data)
	if len(lines) < 7 {
		return nil
	}
	var key, id int
	if _, err := fmt.Sscan(lines[6], &key, &id); err != nil {
		return nil
	}
	if _, err := unix.SysvShmCtl(id, unix.IPC_RMID, nil); err != nil && !errors.Is(err, syscall.EINVAL) && !errors.Is(err, syscall.EIDRM) {
		return fmt.Errorf("the shared memory %d of PostgreSQL stays: %w", id, err)
	}
	return nil
}
