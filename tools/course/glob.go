package course

import (
	"io/fs"
	"os"
	"path/filepath"
)

// Glob returns the files below dir that match a pattern with slashes, sorted by name.
// Only pattern may contain wildcards; dir is taken literally.
func Glob(dir, pattern string) []string {
	files, _ := fs.Glob(os.DirFS(dir), pattern) // an error is a pattern's
	for i, f := range files {
		files[i] = filepath.Join(dir, filepath.FromSlash(f))
	}
	return files
}
