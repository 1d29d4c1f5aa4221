package postgres

import (
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"

	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/process"
)

// An account is who the server runs as: this user, or nobody in place of root.
type account struct {
	login      string              // this user's name, who may log in
	credential *syscall.Credential // nil for this user
}

func chooseAccount() (account, error) {
	me, err := user.Current()
	if err != nil {
		return account{}, hint.New(hint.Setup, ownDatabase, "PostgreSQL needs a user with a name: %w", err)
	}
	if os.Geteuid() != 0 {
		return account{login: me.Username}, nil
	}
	nobody, err := user.Lookup("nobody")
	if err != nil {
		return account{}, hint.New(hint.Setup, "run the command as another user than root; or "+ownDatabase,
			"PostgreSQL does not run as root, and nobody else can run it: %w", err)
	}
	uid, err1 := strconv.ParseUint(nobody.Uid, 10, 32)
	gid, err2 := strconv.ParseUint(nobody.Gid, 10, 32)
	if err1 != nil || err2 != nil {
		return account{}, hint.New(hint.Setup, ownDatabase, "the user nobody has the numbers %s and %s", nobody.Uid, nobody.Gid)
	}
	return account{me.Username, &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}, nil
}

// own makes a file or a folder the account's.
func (a account) own(path string) error {
	if a.credential == nil {
		return nil
	}
	return os.Lchown(path, int(a.credential.Uid), int(a.credential.Gid))
}

// checkCanEnter refuses a folder that the account cannot reach.
func (a account) checkCanEnter(dir string) error {
	if a.credential == nil {
		return nil
	}
	if above := closedFolder(filepath.Dir(dir)); above != "" {
		return hint.New(hint.Setup, "run the command as another user than root, or allow others to enter: chmod o+x "+above,
			"PostgreSQL does not run as root, and the user nobody cannot enter %s", above)
	}
	return nil
}

// closedFolder returns the first folder on the way to dir that others than its owner
// cannot enter, or "".
func closedFolder(dir string) string {
	if parent := filepath.Dir(dir); parent != dir {
		if closed := closedFolder(parent); closed != "" {
			return closed
		}
	}
	if info, err := os.Stat(dir); err == nil && info.Mode()&0o001 == 0 {
		return dir
	}
	return ""
}

// openPrograms returns a folder with the programs that the account can enter. The user's
// cache folder mostly is root's alone, so that the programs get a second name elsewhere.
func (a account) openPrograms(k *process.Keeper, programs string) (string, error) {
	if a.credential == nil || closedFolder(programs) == "" {
		return programs, nil
	}
	dir, err := k.MkdirTemp()
	if err != nil {
		return "", err
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		return "", err
	}
	return dir, linkTree(programs, dir)
}

// linkTree gives the files below from second names below to, which exists. On another
// file system they are copied.
func linkTree(from, to string) error {
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil || path == from {
			return err
		}
		at := filepath.Join(to, path[len(from):])
		switch {
		case d.IsDir():
			return os.Mkdir(at, 0o755)
		case d.Type()&fs.ModeSymlink != 0:
			target, err := os.Readlink(path)
			if err != nil {
				return err
			}
			return os.Symlink(target, at)
		}
		if os.Link(path, at) == nil {
			return nil
		}
		return copyFile(path, at)
	})
}

// copyFile copies a file with its mode.
func copyFile(from, to string) error {
	text, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	info, err := os.Stat(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, text, info.Mode())
}
