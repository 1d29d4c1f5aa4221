package postgres

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"example.com/workbook/tools/process"
	"example.com/workbook/tools/process/processtest"
)

func connect(t *testing.T, address string) *pgx.Conn {
	t.Helper()
	c, err := pgx.Connect(t.Context(), address)
	require.NoError(t, err)
	t.Cleanup(func() { c.Close(context.Background()) })
	return c
}

func ask(t *testing.T, c *pgx.Conn, query string) (answer string) {
	t.Helper()
	require.NoError(t, c.QueryRow(t.Context(), query).Scan(&answer))
	return answer
}

// A trace is what a server could leave behind.
type trace struct {
	pids []int
	shm  int
	dir  string
}

// traceOf returns the processes and the shared memory of a server that runs in dir.
func traceOf(t *testing.T, dir string) trace {
	t.Helper()
	lines := readPidFile(filepath.Join(dir, "data"))
	require.GreaterOrEqual(t, len(lines), 7)
	postmaster, err := strconv.Atoi(lines[0])
	require.NoError(t, err)
	var key, shm int
	_, err = fmt.Sscan(lines[6], &key, &shm)
	require.NoError(t, err)
	children, err := childrenOf(postmaster)
	require.NoError(t, err)
	pids := append([]int{postmaster}, children...)
	require.Greater(t, len(pids), 3, "a server has several processes")
	require.True(t, hasMemory(shm))
	return trace{pids, shm, dir}
}

func hasMemory(id int) bool {
	var desc unix.SysvShmDesc
	_, err := unix.SysvShmCtl(id, unix.IPC_STAT, &desc)
	return err == nil
}

// requireGone requires that no process and no shared memory of the server stays.
func (tr trace) requireGone(t *testing.T) {
	t.Helper()
	for _, pid := range tr.pids {
		processtest.RequireDead(t, pid)
	}
	processtest.Eventually(t, func() bool { return !hasMemory(tr.shm) }, "shared memory %d removed", tr.shm)
	for _, name := range posixMemory(t) {
		t.Errorf("/dev/shm/%s stays", name)
	}
}

// posixMemory returns what PostgreSQL has in /dev/shm, where Linux keeps the other kind of
// shared memory.
func posixMemory(t *testing.T) []string {
	t.Helper()
	entries, _ := os.ReadDir("/dev/shm")
	var names []string
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), "PostgreSQL.") {
			names = append(names, e.Name())
		}
	}
	return names
}

func TestServer(t *testing.T) {
	t.Parallel()
	s := start(t, "")
	before := traceOf(t, s.Dir())
	c := connect(t, s.Address())
	require.Equal(t, Version, strings.Fields(ask(t, c, "SHOW server_version"))[0])
	require.Empty(t, ask(t, c, "SHOW listen_addresses"), "no network port")
	require.Equal(t, "on", ask(t, c, "SHOW fsync"))
	require.Equal(t, "UTF8", ask(t, c, "SHOW server_encoding"))
	require.Equal(t, "peer", ask(t, c, "SELECT string_agg(auth_method, ' ') FROM pg_hba_file_rules"), "no other way to log in")
	info, err := os.Stat(s.Dir())
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o700), info.Mode().Perm())
	_, err = c.Exec(t.Context(), "CREATE TABLE kept (n int); INSERT INTO kept VALUES (7)")
	require.NoError(t, err)

	require.NoError(t, s.Kill())
	require.Equal(t, "signal: killed", s.Exit())
	_, err = pgx.Connect(t.Context(), s.Address())
	require.Error(t, err)
	require.NoError(t, s.Restart(t.Context()))
	require.Equal(t, "7", ask(t, connect(t, s.Address()), "SELECT n::text FROM kept"), "what was committed")
	require.NotEqual(t, before.pids[0], s.Pid())

	again := traceOf(t, s.Dir())
	require.NoError(t, s.Stop())
	before.requireGone(t)
	again.requireGone(t)
	require.NoDirExists(t, s.Dir())
}

// A client that writes is killed off in the middle, and the server is ready again at once.
func TestRestartUnderLoad(t *testing.T) {
	t.Parallel()
	s := start(t, newFolder(t))
	busy := connect(t, s.Address())
	ended := make(chan error, 1)
	go func() {
		_, err := busy.Exec(context.Background(), "SELECT count(*) FROM generate_series(1, 100000000000)")
		ended <- err
	}()
	watch := connect(t, s.Address())
	processtest.Eventually(t, func() bool {
		return ask(t, watch, "SELECT count(*)::text FROM pg_stat_activity WHERE query LIKE '%generate_series%' AND state = 'active'") == "2"
	}, "the query runs")
	for range 3 {
		require.NoError(t, s.Restart(t.Context()))
		require.Equal(t, "1", ask(t, connect(t, s.Address()), "SELECT 1::text"))
	}
	require.Error(t, <-ended)
}

// Somebody kills the postmaster, while another process of the server works on a query.
func TestPostmasterAloneIsKilled(t *testing.T) {
	t.Parallel()
	s := start(t, newFolder(t))
	busy := connect(t, s.Address())
	go busy.Exec(context.Background(), "SELECT count(*) FROM generate_series(1, 3000000)")
	require.NoError(t, syscall.Kill(s.Pid(), syscall.SIGKILL))
	<-s.Done()
	require.NoError(t, s.Restart(t.Context()))
	require.Equal(t, "1", ask(t, connect(t, s.Address()), "SELECT 1::text"))
}

// serve starts a server in a process of its own.
func serve(t *testing.T, dir string, env ...string) (parent *exec.Cmd, at string) {
	t.Helper()
	find(t) // fetched here, where it may take its time
	parent = processtest.Helper(t, "serve", append(env, "TEST_DIR="+dir)...)
	parent.Stderr = t.Output()
	out, err := parent.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, parent.Start())
	var pid int
	processtest.ReadLine(t, out, "%d %s", &pid, &at)
	return parent, at
}

// Whatever ends the parent, no process of the server, no shared memory and no folder
// stays, not even with a query that takes hours.
func TestNothingStaysBehind(t *testing.T) {
	t.Parallel()
	for name, signal := range processtest.Interrupts {
		t.Run(name, func(t *testing.T) {
			parent, dir := serve(t, "")
			busy := connect(t, (&Server{dir: dir}).Address())
			go busy.Exec(context.Background(), "SELECT count(*) FROM generate_series(1, 100000000000)")
			left := traceOf(t, dir)
			require.NoError(t, parent.Process.Signal(signal))
			require.Error(t, parent.Wait())
			left.requireGone(t)
			processtest.RequireAbsent(t, dir)
		})
	}
}

// A process of PostgreSQL that is killed makes the others begin again, with new shared
// memory.
func TestNothingStaysBehindAfterACrash(t *testing.T) {
	t.Parallel()
	parent, dir := serve(t, newFolder(t))
	address := (&Server{dir: dir}).Address()
	first := traceOf(t, dir)
	pid, err := strconv.Atoi(ask(t, connect(t, address), "SELECT pg_backend_pid()::text"))
	require.NoError(t, err)
	require.NoError(t, syscall.Kill(pid, syscall.SIGKILL))
	processtest.Eventually(t, func() bool {
		c, err := pgx.Connect(t.Context(), address)
		if err != nil {
			return false
		}
		defer c.Close(t.Context())
		return !slices.Contains(first.pids[1:], int(c.PgConn().PID())) && !hasMemory(first.shm)
	}, "a server that has begun again")
	second := traceOf(t, dir)
	require.NotEqual(t, first.shm, second.shm)
	require.NoError(t, parent.Process.Kill())
	require.Error(t, parent.Wait())
	first.requireGone(t)
	second.requireGone(t)
}

// The server was killed before its parent is, and had no chance to clean up.
func TestNothingStaysOfAKilledServer(t *testing.T) {
	t.Parallel()
	dir := newFolder(t)
	parent, _ := serve(t, dir, "TEST_KILLED=1")
	lines := readPidFile(filepath.Join(dir, "data"))
	var key, shm int
	_, err := fmt.Sscan(lines[6], &key, &shm)
	require.NoError(t, err)
	require.True(t, hasMemory(shm), "PostgreSQL itself leaves it")
	require.NoError(t, parent.Process.Kill())
	require.Error(t, parent.Wait())
	processtest.Eventually(t, func() bool { return !hasMemory(shm) }, "shared memory %d removed", shm)

	s := start(t, dir)
	require.Equal(t, "1", ask(t, connect(t, s.Address()), "SELECT 1::text"), "the folder is good")
}

var templateKeeper *process.Keeper

// template is a folder with a new database, which initdb has made once.
var template = sync.OnceValues(func() (string, error) {
	k, err := process.NewKeeper()
	if err != nil {
		return "", err
	}
	templateKeeper = k // the folder goes when the tests end, and not when k is collected as garbage
	programs, err := Find(context.Background(), os.Stderr)
	if err != nil {
		return "", err
	}
	dir, err := k.MkdirTemp()
	if err != nil {
		return "", err
	}
	s, err := Start(context.Background(), k, programs, dir)
	if err != nil {
		return "", err
	}
	return dir, s.Stop()
})

// newFolder returns a folder with a new database: a copy, which takes less time than initdb.
func newFolder(t *testing.T) (dir string) {
	t.Helper()
	from, err := template()
	require.NoError(t, err)
	dir = filepath.Join(processTemp(t), "pg")
	out, err := exec.Command("cp", "-Rp", from, dir).CombinedOutput()
	require.NoError(t, err, string(out))
	return dir
}

// processTemp returns a folder that the user nobody can enter too.
func processTemp(t *testing.T) string {
	t.Helper()
	dir, err := processtest.Keeper(t).MkdirTemp()
	require.NoError(t, err)
	require.NoError(t, os.Chmod(dir, 0o711))
	return dir
}

// The parent is killed while initdb works; or the keeper is too; or initdb itself. No later
// start trusts what is half made.
func TestKilledDuringInitdb(t *testing.T) {
	t.Parallel()
	for name, killsAll := range map[string]bool{"the parent": false, "everything": true} {
		t.Run(name, func(t *testing.T) {
			find(t)
			dir := filepath.Join(processTemp(t), "pg")
			parent := processtest.Helper(t, "serve", "TEST_DIR="+dir)
			require.NoError(t, parent.Start())
			var half []string
			processtest.Eventually(t, func() bool {
				half, _ = filepath.Glob(filepath.Join(dir, makingPrefix+"*", "data", "global"))
				return len(half) == 1
			}, "initdb has begun")
			if killsAll {
				killChildren(t, parent.Process.Pid)
			}
			require.NoError(t, parent.Process.Kill())
			require.Error(t, parent.Wait())
			requireNobodyUses(t, dir)
			if !killsAll {
				processtest.RequireAbsent(t, filepath.Dir(filepath.Dir(half[0])))
			}
			require.NoDirExists(t, filepath.Join(dir, "data"))

			s := start(t, dir)
			require.Equal(t, "1", ask(t, connect(t, s.Address()), "SELECT 1::text"))
			left, err := filepath.Glob(filepath.Join(dir, makingPrefix+"*"))
			require.NoError(t, err)
			require.Empty(t, left)
		})
	}
}

// killChildren kills the keeper and initdb.
func killChildren(t *testing.T, parent int) {
	t.Helper()
	all, err := childrenOf(parent)
	require.NoError(t, err)
	for _, pid := range all {
		syscall.Kill(pid, syscall.SIGKILL)
	}
}

// requireNobodyUses requires that no process with the folder in its command line stays.
func requireNobodyUses(t *testing.T, dir string) {
	t.Helper()
	processtest.Eventually(t, func() bool {
		all, err := exec.Command("ps", "-A", "-o", "stat=,args=").Output()
		require.NoError(t, err)
		for line := range strings.Lines(string(all)) {
			if strings.Contains(line, dir) && !strings.HasPrefix(line, "Z") {
				return false
			}
		}
		return true
	}, "no process in %s", dir)
}

func TestFolderThatWillNotDo(t *testing.T) {
	programs := find(t)
	for _, c := range []struct {
		name, what, do string
		make           func(t *testing.T, dir string)
	}{
		{"another major version", "is of PostgreSQL 17, and this tool starts PostgreSQL 18", "pg_upgrade", func(t *testing.T, dir string) {
			write(t, filepath.Join(dir, "data", "PG_VERSION"), "17\n")
		}},
		{"somebody's files", "is not a folder of PostgreSQL: no such file", "use another folder", func(t *testing.T, dir string) {
			write(t, filepath.Join(dir, "data", "letter.txt"), "mine")
		}},
		{"a file", "not a directory", "a folder that you can write to", func(t *testing.T, dir string) { write(t, dir, "mine") }},
		{"a long path", "bytes too long for PostgreSQL's socket", "a shorter path", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := filepath.Join(processTemp(t), "pg")
			if c.make == nil {
				dir = filepath.Join(dir, strings.Repeat("x", maxSocketPath))
			} else {
				c.make(t, dir)
			}
			_, err := Start(t.Context(), processtest.Keeper(t), programs, dir)
			processtest.RequireSetupError(t, err, c.what, c.do)
		})
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
	require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
}

// A disk that is too small cannot be had everywhere, so a fake needs more than there is.
func TestDiskTooSmallForFakeNeed(t *testing.T) {
	needed := enoughRoom
	t.Cleanup(func() { enoughRoom = needed })
	enoughRoom = math.MaxUint64
	dir := filepath.Join(processTemp(t), "pg")
	_, err := Start(t.Context(), processtest.Keeper(t), find(t), dir)
	processtest.RequireSetupError(t, err, "not enough room for PostgreSQL at "+dir, "df -h")
	require.NoDirExists(t, filepath.Join(dir, "data"))
}

// A server of the user's own needs nothing here.
func TestUse(t *testing.T) {
	s, err := Use("postgres://me:secret@db.example.com/shop")
	require.NoError(t, err)
	require.True(t, s.IsOwn())
	require.Equal(t, "postgres://me:secret@db.example.com/shop", s.Address())
	require.Equal(t, "postgres://me:xxxxx@db.example.com/shop", s.Where())
	require.NoError(t, s.Stop())
	for _, wrong := range []string{"", "work/shop.db", "mysql://me@localhost/shop", "postgres://me:secret@localhost", "postgres://me:secret@localhost:port/shop"} {
		_, err := Use(wrong)
		require.ErrorContains(t, err, "SHOP_DATABASE is not the address of a database", wrong)
		require.NotContains(t, err.Error(), "secret")
	}
}

func TestTwoStartsInOneFolder(t *testing.T) {
	t.Parallel()
	s := start(t, newFolder(t))
	_, err := Start(t.Context(), processtest.Keeper(t), find(t), s.Dir())
	processtest.RequireSetupError(t, err, "another command uses the PostgreSQL in "+s.Dir(), "use another folder")
	require.Equal(t, "1", ask(t, connect(t, s.Address()), "SELECT 1::text"), "the first is not disturbed")
}

func TestStartThatIsCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	k := processtest.Keeper(t)
	_, err := Start(ctx, k, find(t), "")
	require.ErrorIs(t, err, context.Canceled)
}

// PostgreSQL cannot start as its files are damaged.
func TestServerThatEndsAtItsStart(t *testing.T) {
	t.Parallel()
	dir := newFolder(t)
	require.NoError(t, os.Remove(filepath.Join(dir, "data", "global", "pg_control")))
	_, err := Start(t.Context(), processtest.Keeper(t), find(t), dir)
	processtest.RequireSetupError(t, err, "PostgreSQL ended at its start (exit status", "SHOP_DATABASE")
	require.ErrorContains(t, err, "pg_control")
}

// The user nobody runs the server of root, and cannot enter root's folders.
func TestFolderClosedToNobody(t *testing.T) {
	dir := filepath.Join(processTemp(t), "closed")
	require.NoError(t, os.Mkdir(dir, 0o700))
	a := account{credential: &syscall.Credential{}}
	processtest.RequireSetupError(t, a.checkCanEnter(filepath.Join(dir, "pg")), "the user nobody cannot enter "+dir, "chmod o+x "+dir)
	require.NoError(t, account{}.checkCanEnter(filepath.Join(dir, "pg")), "this user can")
	require.Equal(t, dir, closedFolder(filepath.Join(dir, "not yet")))
}

func TestLinkTree(t *testing.T) {
	from, to := t.TempDir(), t.TempDir()
	write(t, filepath.Join(from, "lib", "a.so.1"), "text")
	require.NoError(t, os.Symlink("a.so.1", filepath.Join(from, "lib", "a.so")))
	require.NoError(t, linkTree(from, to))
	text, err := os.ReadFile(filepath.Join(to, "lib", "a.so"))
	require.NoError(t, err)
	require.Equal(t, "text", string(text))
	require.NoError(t, copyFile(filepath.Join(from, "lib", "a.so.1"), filepath.Join(to, "copy")))
	require.True(t, errors.Is(linkTree(filepath.Join(from, "none"), to), os.ErrNotExist))
}
