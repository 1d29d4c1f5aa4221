package process

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"

	"example.com/workbook/tools/hint"
)

// keeperScript keeps its list in the positional parameters, because that is the only list that
// every sh has and that keeps spaces. A process that was killed may need a moment to end, and may
// still write into a folder. So the script tries several times to remove a folder.
const keeperScript = `
trap '' INT TERM HUP QUIT
while IFS= read -r line; do
	case $line in
	'gone '*)
		for kept do
			shift
			[ "$kept" = "${line#gone }" ] || set -- "$@" "$kept"
		done ;;
	*) set -- "$@" "$line" ;;
	esac
done
for kept do
	case $kept in
	'pid '*) kill -s KILL -- "-${kept#pid }" ;;
	'quit '*) kill -s QUIT -- "-${kept#quit }" ;;
	esac
done
for kept do
	tries=
	case $kept in
	'quit '*) tries=60 ;;
	'wait '*) tries=600 ;;
	esac
	if [ -n "$tries" ]; then
		while [ $tries -gt 0 ] && kill -s 0 -- "-${kept#* }"; do
			tries=$((tries-1))
			sleep 0.1
		done
		kill -s KILL -- "-${kept#* }"
	fi
done
for kept do
	case $kept in 'shm '*) ipcrm -m "$(sed -n '7s/^ *[0-9]* *//p' "${kept#shm }")" ;; esac
done
for kept do
	case $kept in 'dir '*)
		for try in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
			rm -rf -- "${kept#dir }" && break
			sleep 0.1
		done ;;
	esac
done
`

// A Keeper is a process that cleans up after this process. When this process ends, also by SIGKILL,
// the keeper kills the process groups and removes the folders that were added and not forgotten.
// Then the keeper ends.
type Keeper struct {
	cmd   *exec.Cmd
	lines *os.File
}

// NewKeeper starts a keeper (1 ms). A keeper runs sh and not this binary, whose init functions
// would then run a second time.
func NewKeeper() (*Keeper, error) {
	cmd := exec.Command("/bin/sh", "-c", keeperScript, "keeper")
	cmd.Dir = "/"
	cmd.Env = []string{"PATH=/usr/bin:/bin:" + os.Getenv("PATH")}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} // Ctrl-C and the hang-up of the terminal must not reach the keeper
	stdin, lines, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer stdin.Close()
	cmd.Stdin = stdin
	if err := cmd.Start(); err != nil {
		lines.Close()
		return nil, hint.New(hint.Setup, "put a POSIX shell at /bin/sh", "cannot start the keeper: %w", err)
	}
	return &Keeper{cmd: cmd, lines: lines}, nil
}

// registerFirst changes cmd so that the new process writes its id to the keeper before it becomes
// the program. So the keeper kills the program even if this process is killed while it starts the
// program.
func (k *Keeper) registerFirst(cmd *exec.Cmd, end ending) error {
	if cmd.Err != nil {
		return cmd.Err
	}
	if _, err := exec.LookPath(cmd.Path); err != nil {
		return err // exec.LookPath did not find the program; sh would report that too late, and only in its output
	}
	script := fmt.Sprintf(`echo "%[2]s $$" >&%[1]d && exec "$@" %[1]d>&-`, 3+len(cmd.ExtraFiles), end.word)
	cmd.Args = append([]string{"/bin/sh", "-c", script, "start", cmd.Path}, cmd.Args[1:]...)
	cmd.Path = "/bin/sh"
	cmd.ExtraFiles = append(cmd.ExtraFiles, k.lines) // the keeper does not clean up while sh has this pipe open
	return nil
}

// Pid returns the process id of the keeper.
func (k *Keeper) Pid() int { return k.cmd.Process.Pid }

// AddProcess makes the keeper kill the process group that pid leads.
func (k *Keeper) AddProcess(pid int) error { return k.write("%s %d", killed.word, pid) }

// ForgetProcess makes the keeper forget a process that has ended and was waited for. The system may
// soon give its id to another process.
func (k *Keeper) ForgetProcess(pid int) error { return k.write("gone %s %d", killed.word, pid) }

// AddPostmaster makes the keeper remove a segment of shared memory. The file postmaster.pid of a
// PostgreSQL server names the segment. The kernel does not remove it when the processes of the
// server end, and a server that is killed cannot remove it.
func (k *Keeper) AddPostmaster(pidFile string) error { return k.write("shm %s", pidFile) }

// ForgetPostmaster makes the keeper forget a PostgreSQL server that has ended.
func (k *Keeper) ForgetPostmaster(pidFile string) error { return k.write("gone shm %s", pidFile) }

// AddDir makes the keeper remove a folder. The path must be absolute.
func (k *Keeper) AddDir(path string) error {
	if !filepath.IsAbs(path) || filepath.Dir(path) == filepath.Clean(path) || strings.Contains(path, "\n") {
		return fmt.Errorf("keeper: %q is not a folder to remove", path)
	}
	return k.write("dir %s", path)
}

// ForgetDir makes the keeper forget a folder that was removed, or that has to stay.
func (k *Keeper) ForgetDir(path string) error { return k.write("gone dir %s", path) }

// RemoveDir removes a folder that the keeper knows. If that fails, the keeper removes the folder
// later.
func (k *Keeper) RemoveDir(path string) error {
	if err := os.RemoveAll(path); err != nil {
		return err
	}
	return k.ForgetDir(path)
}

// Close makes the keeper clean up now, and waits until the keeper has ended.
func (k *Keeper) Close() error {
	return errors.Join(k.lines.Close(), k.cmd.Wait())
}

// write writes a line to the keeper.
func (k *Keeper) write(format string, args ...any) error {
	if _, err := fmt.Fprintf(k.lines, format+"\n", args...); err != nil {
		return fmt.Errorf("keeper: %w", err)
	}
	return nil
}
