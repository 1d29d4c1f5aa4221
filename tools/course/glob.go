package course

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Glob returns the files below dir that match a pattern with slashes, sorted by name. Only
// pattern may contain wildcards; dir is taken literally. As in a shell, a wildcard does not
// match the dot that a name begins with: editors and macOS put such files anywhere.
func Glob(dir, pattern string) []string {
	files, _ := fs.Glob(os.DirFS(dir), pattern) // an error is a pattern's
	words := strings.Split(pattern, "/")
	files = slices.DeleteFunc(files, func(file string) bool {
		for i, name := range strings.Split(file, "/") {
			if strings.HasPrefix(name, ".") && !strings.HasPrefix(words[i], ".") {
				return true
			}
		}
		return false
	})
	for i, f := range files {
		files[i] = filepath.Join(dir, filepath.FromSlash(f))
	}
	return files
}
