package course

import (
	"go/build"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// GoFiles returns the Go files that go builds or tests on this machine, in dir and below it,
// in order. Editors and other systems put more Go files there, such as those of .history,
// which do not count. GoFiles leaves out what cannot be read.
func GoFiles(dir string) (files []string) {
	fs.WalkDir(os.DirFS(dir), ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return nil // it may have gone since
		case d.IsDir() && name != "." && isLeftOut(filepath.Join(dir, filepath.FromSlash(name))):
			return fs.SkipDir
		case d.IsDir() || filepath.Ext(name) != ".go":
			return nil
		}
		file := filepath.Join(dir, filepath.FromSlash(name))
		// go reports what is wrong with a file that it cannot read.
		if match, err := build.Default.MatchFile(filepath.Dir(file), filepath.Base(file)); match || err != nil {
			files = append(files, file)
		}
		return nil
	})
	return files
}

// isLeftOut reports whether go leaves a folder out of its parent's packages.
func isLeftOut(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "go.mod"))
	return err == nil || IsHidden(filepath.Base(dir)) || filepath.Base(dir) == "testdata"
}

// IsHidden reports whether go leaves out a file or a folder because of its name.
func IsHidden(name string) bool { return strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") }
