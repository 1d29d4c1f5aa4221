package postgres

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"example.com/workbook/tools/files"
	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/process"
	"example.com/workbook/tools/ui"
)

// enoughRoom is what a database takes, and what it may write ahead, in bytes.
var enoughRoom uint64 = 300e6

const (
	// maxSocketPath is how long the path of a unix socket may be on macOS, which allows
	// less than Linux.
	maxSocketPath = 103
	// makingPrefix marks a database that initdb is making, or was making when it was
	// killed.
	makingPrefix = "making-"
)

// prepareFolder makes the folder with a database, and locks it until the lock is closed.
func (s *Server) prepareFolder(ctx context.Context) error {
	if err := s.chooseFolder(); err != nil {
		return err
	}
	if n := len(s.socket()); n > maxSocketPath {
		return hint.New(hint.Setup, "use a folder with a shorter path", "%s is %d bytes too long for PostgreSQL's socket", s.dir, n-maxSocketPath)
	}
	if err := s.account.checkCanEnter(s.dir); err != nil {
		return err
	}
	if err := s.lockFolder(ctx); err != nil {
		return err
	}
	if files.Exists(s.data()) {
		return checkData(s.data())
	}
	if err := s.removeLeftovers(); err != nil {
		return err
	}
	if free, err := files.FreeBytes(s.dir); err == nil && free < enoughRoom {
		return noRoom(s.dir, fmt.Errorf("%s are free", ui.Size(free)))
	}
	return s.makeData(ctx)
}

func noRoom(dir string, err error) error {
	return hint.New(hint.Setup, fmt.Sprintf("free %s there: `df -h` shows where", ui.Size(enoughRoom)), "not enough room for PostgreSQL at %s: %w", dir, err)
}

// chooseFolder makes the folder, and makes it one that only the account can enter.
func (s *Server) chooseFolder() (err error) {
	if s.dir == "" {
		s.dir, err = s.keeper.MkdirTemp()
		s.made = true
	} else if s.dir, err = filepath.Abs(s.dir); err == nil {
		err = os.MkdirAll(s.dir, 0o700)
	}
	if err != nil {
		return folderError(s.dir, err)
	}
	if err := errors.Join(os.Chmod(s.dir, 0o700), s.account.own(s.dir)); err != nil {
		return folderError(s.dir, err)
	}
	return nil
}

func folderError(dir string, err error) error {
	var e *hint.Error
	switch {
	case errors.As(err, &e):
		return e
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return noRoom(dir, files.Cause(err))
	}
	return hint.New(hint.Setup, "name a folder that you can write to", "cannot keep a database in %s: %w", dir, files.Cause(err))
}

// lockFolder keeps other commands from the folder as long as this process, initdb or a
// process of the server lives: each of them has the file open. If a command was killed, its
// server ends a moment later, so lockFolder waits for the lock.
func (s *Server) lockFolder(ctx context.Context) error {
	lock, err := os.OpenFile(filepath.Join(s.dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return folderError(s.dir, err)
	}
	s.lock = lock
	tick := time.NewTicker(poll)
	defer tick.Stop()
	late := time.After(lockLimit)
	for unix.Flock(int(lock.Fd()), unix.LOCK_EX|unix.LOCK_NB) != nil {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ctx.Err()
		case <-late:
			return hint.New(hint.Setup, "stop that command, or use another folder", "another command uses the PostgreSQL in %s", s.dir)
		}
	}
	return nil
}

// checkData refuses a folder that is not of this major version. It is complete, because
// it got its name by a rename.
func checkData(data string) error {
	text, err := os.ReadFile(filepath.Join(data, "PG_VERSION"))
	if err != nil {
		return hint.New(hint.Setup, "use another folder", "%s is not a folder of PostgreSQL: %w", data, files.Cause(err))
	}
	if found := strings.TrimSpace(string(text)); found != Major {
		return hint.New(hint.Setup, "use another folder; `pg_upgrade` or `pg_dump` of PostgreSQL "+found+" move its rows",
			"%s is of PostgreSQL %.20s, and this tool starts PostgreSQL %s", data, found, Major)
	}
	return nil
}

// removeLeftovers removes what a killed initdb has left. Only the holder of the lock may.
func (s *Server) removeLeftovers() error {
	entries, err := os.ReadDir(s.dir)
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), makingPrefix) {
			err = errors.Join(err, os.RemoveAll(filepath.Join(s.dir, e.Name())))
		}
	}
	return err
}

// makeData runs initdb in a folder beside, which gets its name when it is complete.
func (s *Server) makeData(ctx context.Context) error {
	work, err := os.MkdirTemp(s.dir, makingPrefix)
	if err != nil {
		return folderError(s.dir, err)
	}
	if err := errors.Join(s.keeper.AddDir(work), s.account.own(work)); err != nil {
		return err
	}
	fresh := filepath.Join(work, "data")
	if err := s.keeper.AddPostmaster(pidFile(fresh)); err != nil {
		return err
	}
	// The order of texts is that of their bytes, as in SQLite.
	cmd := s.command("initdb", "--pgdata", fresh, "--username", User, "--encoding", "UTF8", "--locale", "C", "--auth", "peer",
		"--set", fileMemory)
	log := filepath.Join(work, "initdb.log")
	if err := runToItsEnd(ctx, s.keeper, log, cmd); err != nil {
		defer s.keeper.RemoveDir(work)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		said := logTail(log)
		return hint.New(hint.Setup, mendFor(said), "initdb failed (%w): %s", err, said)
	}
	if err := os.Rename(fresh, s.data()); err != nil {
		return folderError(s.dir, err)
	}
	return errors.Join(s.keeper.ForgetPostmaster(pidFile(fresh)), s.keeper.RemoveDir(work))
}

// runToItsEnd runs initdb. It takes a second or two, and is not killed when ctx ends: the
// processes that it starts would leave shared memory behind.
func runToItsEnd(ctx context.Context, k *process.Keeper, log string, cmd *exec.Cmd) error {
	p, err := process.StartFinishing(k, log, cmd)
	if err != nil {
		return err
	}
	select {
	case <-p.Done():
	case <-time.After(readyLimit):
		p.Kill()
	}
	return errors.Join(ctx.Err(), p.Err())
}

// writeRules writes who may log in: this user, through the socket, as [User]. The kernel
// tells PostgreSQL who that is. A folder may have another user than last time.
func (s *Server) writeRules() error {
	quoted := `"` + strings.ReplaceAll(s.account.login, `"`, `""`) + `"`
	return errors.Join(
		s.writeFile("pg_hba.conf", "local all "+User+" peer map=owner\n"),
		s.writeFile("pg_ident.conf", "owner "+quoted+" "+User+"\n"))
}

func (s *Server) writeFile(name, text string) error {
	path := filepath.Join(s.dir, name)
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		return err
	}
	return s.account.own(path)
}
