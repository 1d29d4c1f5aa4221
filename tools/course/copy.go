package course

import (
	"os"
	"path/filepath"

	"example.com/workbook/tools/files"
)

// CopyWorkbook copies what the workbook is made of, without work/.
func CopyWorkbook(root, to string) error {
	return CopyParts(root, to, "lessons", "solutions", "testdata", "tools", "go.mod", "go.sum", "Makefile", "README.md")
}

// CopyParts copies files and folders by name from one folder to another.
func CopyParts(from, to string, names ...string) error {
	for _, name := range names {
		source, target := filepath.Join(from, name), filepath.Join(to, name)
		info, err := os.Stat(source)
		if err != nil {
			return err
		}
		if info.IsDir() {
			err = os.CopyFS(target, os.DirFS(source))
		} else {
			err = files.Copy(source, target)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
