package process

import "golang.org/x/sys/unix"

// isNoExec reports whether the file system of a folder forbids to run programs.
func isNoExec(dir string) bool {
	var fs unix.Statfs_t
	return unix.Statfs(dir, &fs) == nil && fs.Flags&unix.ST_NOEXEC != 0
}
