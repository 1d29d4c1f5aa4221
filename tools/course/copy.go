package course

import (
	"errors"
	"io"
	"os"
	"path/filepath"
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
			err = copyFile(source, target)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// copyFile copies a file, and makes the folder that it goes to.
func copyFile(from, to string) error {
	if err := os.MkdirAll(filepath.Dir(to), 0o777); err != nil {
		return err
	}
	source, err := os.Open(from)
	if err != nil {
		return err
	}
	defer source.Close()
	target, err := os.Create(to)
	if err != nil {
		return err
	}
	_, err = io.Copy(target, source)
	return errors.Join(err, target.Close())
}
