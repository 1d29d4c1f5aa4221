// Package files writes files and folders whole or not at all, without replacing
// what somebody else has put there, and explains why that failed.
package files

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"example.com/workbook/tools/hint"
)

// Exists reports whether something is at path, even a link that leads nowhere.
func Exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// Unused returns path with that ending, with a number before the ending where
// something has that name already.
func Unused(path, ending string) string {
	name := path + ending
	for i := 2; Exists(name); i++ {
		name = fmt.Sprintf("%s-%d%s", path, i, ending)
	}
	return name
}

// CreateNew writes a new file. It fails with fs.ErrExist where something has
// that name. renameio would replace that.
func CreateNew(path string, text []byte) error {
	temp, err := os.CreateTemp(filepath.Dir(path), ".new-")
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name())
	_, err = temp.Write(text)
	if err := errors.Join(err, temp.Close()); err != nil {
		return err
	}
	return Publish(temp.Name(), path)
}

// Publish gives a complete file its name and the default permissions. It fails
// with fs.ErrExist where something has that name. Only a hard link tells for
// sure, but not every file system has them.
func Publish(temp, path string) error {
	if err := os.Chmod(temp, 0o666&^umask()); err != nil {
		return err
	}
	err := os.Link(temp, path)
	switch {
	case err == nil:
		return nil
	case Exists(path):
		return fs.ErrExist
	}
	return os.Rename(temp, path)
}

// PublishDir gives a complete folder its name and the default permissions.
// renameio replaces files only.
func PublishDir(temp, path string) error {
	if err := os.Chmod(temp, 0o777&^umask()); err != nil {
		return err
	}
	return os.Rename(temp, path)
}

func umask() os.FileMode {
	old := syscall.Umask(0)
	syscall.Umask(old)
	return os.FileMode(old)
}

// Copy copies a file. The folders above its new place are made.
func Copy(from, to string) error {
	src, err := os.Open(from)
	if err != nil {
		return err
	}
	defer src.Close()
	return WriteFrom(to, src)
}

// WriteFrom writes a file. The folders above it are made.
func WriteFrom(to string, src io.Reader) error {
	if err := os.MkdirAll(filepath.Dir(to), 0o777); err != nil {
		return err
	}
	dst, err := os.Create(to)
	if err != nil {
		return err
	}
	_, err = io.Copy(dst, src)
	return errors.Join(err, dst.Close())
}

// FreeBytes returns how much is free on the disk where dir is, or will be.
func FreeBytes(dir string) (uint64, error) {
	disk, err := statDisk(dir)
	return uint64(disk.Bavail) * uint64(disk.Bsize), err
}

// FreeFiles returns how many files the disk where dir is, or will be, takes yet. known is
// false where a disk does not count them.
func FreeFiles(dir string) (free uint64, known bool) {
	disk, err := statDisk(dir)
	return uint64(disk.Ffree), err == nil && disk.Files > 0
}

func statDisk(dir string) (disk syscall.Statfs_t, err error) {
	for {
		err := syscall.Statfs(dir, &disk)
		if err == nil || !errors.Is(err, os.ErrNotExist) || dir == filepath.Dir(dir) {
			return disk, err
		}
		dir = filepath.Dir(dir)
	}
}

// WriteError explains why nothing could be written to dir. what is what has not
// come about because of that.
func WriteError(what, dir string, err error) error {
	info, _ := os.Stat(dir)
	switch {
	case info != nil && !info.IsDir():
		return hint.New(hint.Setup, fmt.Sprintf("move it away, for example: mv '%s' '%s.old'", dir, dir), "%s: %s is not a folder", what, dir)
	case errors.Is(err, syscall.ENOSPC):
		return hint.New(hint.Setup, "free some space (`df -h` and `df -i` show where), then run the same command again", "the disk is full, and %s: %w", what, Cause(err))
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return hint.New(hint.Setup, "clone the workbook into a folder of your own, or give yourself the right to write: chmod u+w "+filepath.Dir(dir), "cannot write to %s: %w", dir, Cause(err))
	}
	return hint.New(hint.Setup, "look at that folder, then run the same command again", "%s: %w", what, err)
}

// Cause returns an error without the name of the file, which may be a temporary
// one that nobody knows.
func Cause(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}
