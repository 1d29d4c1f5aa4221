// Package notes updates small text files that people may read and edit, and that
// several commands may write at the same time. One of them is work/progress.txt.
package notes

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/google/renameio/v2"
)

// Update replaces the content of a file with what change returns for it. A file that
// does not exist counts as empty. Readers see either the old or the new content,
// concurrent updates are serialized, and a file that does not change is not written.
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
	return replaceFile(file, now)
}

// Append adds a line to a text, and ends the line before it where its newline is
// missing.
func Append(text []byte, line string) []byte {
	if len(text) > 0 && !bytes.HasSuffix(text, []byte("\n")) {
		text = append(text, '\n')
	}
	return append(append(text, line...), '\n')
}

// Lock waits for an exclusive lock on a folder. The folder itself is locked, so that no
// lock file stays in a learner's folder; go-internal/lockedfile locks regular files
// only. Some file systems have no locks: there, going on without one is better than
// stopping.
func Lock(dir string) (unlock func()) {
	f, err := os.Open(dir)
	if err != nil {
		return func() {}
	}
	for syscall.Flock(int(f.Fd()), syscall.LOCK_EX) == syscall.EINTR {
	}
	return func() { f.Close() }
}

// replaceFile writes text to a temporary file and renames it to file. A symbolic link
// stays a link, and an existing file keeps its permissions.
func replaceFile(file string, text []byte) error {
	if target, err := filepath.EvalSymlinks(file); err == nil {
		file = target
	}
	return renameio.WriteFile(file, text, 0o666, renameio.WithTempDir(filepath.Dir(file)), renameio.WithExistingPermissions())
}
