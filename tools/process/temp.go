package process

import (
	"os"
	"path/filepath"

	"example.com/workbook/tools/hint"
)

// MkdirTemp makes a folder that the keeper removes. The name is short, since the path of a unix
// socket has at most 103 bytes on macOS, and $TMPDIR already has 49 bytes there.
func (k *Keeper) MkdirTemp() (dir string, err error) {
	return k.mkdirIn(tempParent(isNoExec))
}

// MkdirBuild makes a folder for the files that go builds. The keeper removes the folder. It is in
// the folder own, which is the user's GOTMPDIR, if that is an absolute path.
func (k *Keeper) MkdirBuild(own string) (dir string, err error) {
	if filepath.IsAbs(own) {
		return k.mkdirIn(own)
	}
	return k.MkdirTemp()
}

func (k *Keeper) mkdirIn(parent string) (dir string, err error) {
	dir, err = os.MkdirTemp(parent, "wb")
	if err != nil {
		return "", hint.New(hint.Setup, "make "+parent+" a folder that you can write to", "no temporary folder: %w", err)
	}
	return dir, k.AddDir(dir)
}

// tempParent returns the folder for temporary folders. That is /tmp, unless /tmp is mounted noexec,
// because programs are built and run there. noExec reports whether a folder is mounted noexec.
func tempParent(noExec func(dir string) bool) string {
	if !noExec("/tmp") {
		return "/tmp"
	}
	others := []string{os.Getenv("GOTMPDIR"), os.Getenv("TMPDIR")}
	if cache, err := os.UserCacheDir(); err == nil {
		others = append(others, filepath.Join(cache, "restate-workbook"))
	}
	for _, dir := range others {
		if filepath.IsAbs(dir) && os.MkdirAll(dir, 0o777) == nil && !noExec(dir) {
			return dir
		}
	}
	return "/tmp"
}
