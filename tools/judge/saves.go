package judge

import (
	"crypto/sha256"
	"os"
	"path/filepath"
	"time"

	"example.com/workbook/tools/course"
)

// stamp is what tells whether a file was saved.
type stamp struct {
	info os.FileInfo
	sum  [sha256.Size]byte
}

// isSame reports whether nothing was saved between two stamps.
func (s stamp) isSame(o stamp) bool {
	return s.info != nil && s.info.ModTime().Equal(o.info.ModTime()) && s.sum == o.sum
}

// fresh is how long a file may change again within the same tick of its file
// system's clock.
const fresh = 2 * time.Second

// stampOf returns the stamp of a file now, by its content where its times may not tell.
func stampOf(file string, before stamp) (stamp, bool) {
	info, err := os.Stat(file)
	if err != nil {
		return stamp{}, false
	}
	if before.info != nil && os.SameFile(info, before.info) && info.Size() == before.info.Size() &&
		info.ModTime().Equal(before.info.ModTime()) && time.Since(info.ModTime()) > fresh {
		return before, true
	}
	text, err := os.ReadFile(file)
	return stamp{info, sha256.Sum256(text)}, err == nil
}

// stamps returns those of the Go files of every lesson in work/: one lesson's program
// may have another's services.
func (w *watcher) stamps() map[string]stamp {
	all := map[string]stamp{}
	for _, lesson := range course.Glob(filepath.Join(w.Root, "work"), "[0-9][0-9]-*") {
		for _, path := range course.GoFiles(lesson) {
			if s, ok := stampOf(path, w.saved[path]); ok {
				all[path] = s
			}
		}
	}
	return all
}

// hasSaves reports whether a file has changed, come or gone since the last look, and
// turns to the lesson that it is in. A save that is not over yet is seen at the next
// look again.
func (w *watcher) hasSaves() bool {
	before := w.saved
	w.saved = w.stamps()
	changed := false
	for f, s := range w.saved {
		if !before[f].isSame(s) {
			changed = true
			if l, _, err := course.At(w.Root, filepath.Dir(f)); err == nil && !w.sticks {
				w.lesson = l
			}
		}
	}
	return changed || len(before) != len(w.saved)
}
