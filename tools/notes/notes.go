// Package notes keeps small text files that people may read and edit, and that
// several commands write at once: work/progress.txt is one.
package notes

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// Update replaces a file with what change makes of it; one that is not there is
// empty. Who reads it finds all of it or what it was before, who updates it
// meanwhile waits, and what does not change is not written.
func Update(file string, change func(old []byte) []byte) error {
	dir := filepath.Dir(file)
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	defer Lock(dir)()
	old, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	now := change(bytes.Clone(old))
	if bytes.Equal(old, now) {
		return nil
	}
	return replace(file, now)
}

// Append puts a line behind a text, whose last line may lack its end.
func Append(text []byte, line string) []byte {
	if len(text) > 0 && !bytes.HasSuffix(text, []byte("\n")) {
		text = append(text, '\n')
	}
	return append(append(text, line...), '\n')
}

// Lock waits until nobody else has locked that folder; no file is left of it.
// Not every file system has locks: to go on without one is better than not at
// all.
func Lock(dir string) (unlock func()) {
	f, err := os.Open(dir)
	if err != nil {
		return func() {}
	}
	for syscall.Flock(int(f.Fd()), syscall.LOCK_EX) == syscall.EINTR {
	}
	return func() { f.Close() }
}

// replace leaves a link a link, and a file the rights that its owner has given it.
func replace(file string, text []byte) error {
	if to, err := filepath.EvalSymlinks(file); err == nil {
		file = to
	}
	temp := fmt.Sprintf("%s.%d", file, os.Getpid())
	err := os.WriteFile(temp, text, 0o666)
	if was, statErr := os.Stat(file); err == nil && statErr == nil {
		err = os.Chmod(temp, was.Mode().Perm())
	}
	if err == nil {
		err = os.Rename(temp, file)
	}
	if err != nil {
		os.Remove(temp)
	}
	return err
}
