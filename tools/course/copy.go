package course

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// CopyWorkbook copies what the workbook is made of, without work/.
func CopyWorkbook(root, to string) error {
	return CopyParts(root, to, "lessons", "solutions", "testdata", "tools", "go.mod", "go.sum", "Makefile", "README.md")
}

// CopyParts copies files and folders by name from one folder to another.
func CopyParts(from, to string, names ...string) error {
	if err := os.MkdirAll(to, 0o777); err != nil {
		return err
	}
	for _, name := range names {
		if err := copyPart(filepath.Join(from, name), filepath.Join(to, name)); err != nil {
			return err
		}
	}
	return nil
}

func copyPart(from, to string) error {
	info, err := os.Stat(from)
	if err != nil {
		return err
	}
	if info.IsDir() {
		return os.CopyFS(to, sources{os.DirFS(from)})
	}
	text, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, text, 0o666)
}

// sources is a folder without what npm installs into it and without the hidden files of
// editors.
type sources struct{ fs.FS }

// ReadDir lists a folder.
func (s sources) ReadDir(name string) ([]fs.DirEntry, error) {
	entries, err := fs.ReadDir(s.FS, name)
	return slices.DeleteFunc(entries, func(e fs.DirEntry) bool { return e.Name() == "node_modules" || IsHidden(e.Name()) }), err
}
