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
// names and their content. The folders are relative to root. Files for whose base name
// isLeftOut returns true do not count; isLeftOut may be nil. HashTrees fails if a folder is
// missing or a file cannot be read.
func HashTrees(root string, isLeftOut func(name string) bool, folders ...string) (string, error) {
	h := sha256.New()
	for _, folder := range folders {
		err := filepath.WalkDir(filepath.Join(root, folder), func(file string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || isLeftOut != nil && isLeftOut(d.Name()) {
				return err
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
