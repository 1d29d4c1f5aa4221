package files

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// HashTrees returns a hash, in hexadecimal digits, of all files below the folders: of their
// names and their content. The folders are relative to root. Files and folders for whose base
// name isLeftOut returns true do not count; isLeftOut may be nil. HashTrees fails if a folder is
// missing or a file cannot be read.
func HashTrees(root string, isLeftOut func(name string) bool, folders ...string) (string, error) {
	h := sha256.New()
	for _, folder := range folders {
		err := filepath.WalkDir(filepath.Join(root, folder), func(file string, d fs.DirEntry, err error) error {
			switch out := isLeftOut != nil && d != nil && isLeftOut(d.Name()); {
			case err != nil:
				return err
			case d.IsDir() && out:
				return filepath.SkipDir
			case d.IsDir() || out:
				return nil
			}
			src, err := os.ReadFile(file)
			if err != nil {
				return err
			}
			name, err := filepath.Rel(root, file)
			fmt.Fprintf(h, "%s %d\n%s", name, len(src), src)
			return err
		})
		if err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
