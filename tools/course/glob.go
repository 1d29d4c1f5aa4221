package course

import (
	"io/fs"
	"os"
	"path/filepath"
)

// Glob are the files below a folder that match a pattern, with slashes, in the
// order of their names. The folder's own path is no pattern, whatever is in it.
func Glob(dir, pattern string) []string {
	files, _ := fs.Glob(os.DirFS(dir), pattern) // an error is a pattern's
	for i, f := range files {
		files[i] = filepath.Join(dir, filepath.FromSlash(f))
	}
	return files
}
