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

// keeperScript keeps its list in the positional parameters, the one list that
// every sh has and that leaves spaces alone. A killed process may still be
// busy dying in a folder, hence the tries.
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
	case $kept in 'quit '*)
		n=0
		while [ $n -lt 60 ] && kill -s 0 -- "-${kept#quit }"; do
			n=$((n+1))
			sleep 0.1
		done
		kill -s KILL -- "-${kept#quit }" ;;
	esac
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

// A Keeper is a process that cleans up after this one: when this one ends, in
// whatever way, it kills the process groups and removes the folders that were
// added and not forgotten. It ends right after that.
type Keeper struct {
	cmd   *exec.Cmd
	lines *os.File
}

// NewKeeper starts a keeper (1 ms). It is sh and not this program, whose own
// init functions would run in it.
func NewKeeper() (*Keeper, error) {
	cmd := exec.Command("/bin/sh", "-c", keeperScript, "keeper")
	cmd.Dir = "/"
	cmd.Env = []string{"PATH=/usr/bin:/bin:" + os.Getenv("PATH")}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} // no Ctrl-C and no hang-up of the terminal reaches it
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

// registerFirst makes cmd write its number to the keeper before it becomes the
// program, so that the keeper kills it even if this process is killed while it
// starts the program.
func (k *Keeper) registerFirst(cmd *exec.Cmd, end ending) error {
	if cmd.Err != nil {
		return cmd.Err
	}
	if _, err := exec.LookPath(cmd.Path); err != nil {
		return err // sh would report it too late, and only in its output
	}
	script := fmt.Sprintf(`echo "%[2]s $$" >&%[1]d && exec "$@" %[1]d>&-`, 3+len(cmd.ExtraFiles), end.word)
	cmd.Args = append([]string{"/bin/sh", "-c", script, "start", cmd.Path}, cmd.Args[1:]...)
	cmd.Path = "/bin/sh"
	cmd.ExtraFiles = append(cmd.ExtraFiles, k.lines) // as long as sh holds it open, the keeper waits
	return nil
}

// Pid returns the number of the keeper's own process.
func (k *Keeper) Pid() int { return k.cmd.Process.Pid }

// AddProcess makes the keeper kill the process group that pid leads.
func (k *Keeper) AddProcess(pid int) error { return k.write("%s %d", killed.word, pid) }

// ForgetProcess makes the keeper forget a process that was waited for, since its
// number may soon be that of another one.
func (k *Keeper) ForgetProcess(pid int) error { return k.write("gone %s %d", killed.word, pid) }

// AddPostmaster makes the keeper remove the segment of shared memory that the file
// postmaster.pid of a PostgreSQL names. The kernel does not: such a segment outlives its
// processes, and a PostgreSQL that is killed cannot remove it.
func (k *Keeper) AddPostmaster(pidFile string) error { return k.write("shm %s", pidFile) }

// ForgetPostmaster makes the keeper forget a PostgreSQL that has ended.
func (k *Keeper) ForgetPostmaster(pidFile string) error { return k.write("gone shm %s", pidFile) }

// AddDir makes the keeper remove a folder. It must be a full path.
func (k *Keeper) AddDir(path string) error {
	if !filepath.IsAbs(path) || filepath.Dir(path) == filepath.Clean(path) || strings.Contains(path, "\n") {
		return fmt.Errorf("keeper: %q is not a folder to remove", path)
	}
	return k.write("dir %s", path)
}

// ForgetDir makes the keeper forget a folder that was removed, or that stays.
func (k *Keeper) ForgetDir(path string) error { return k.write("gone dir %s", path) }

// RemoveDir removes a folder that the keeper knows. One that cannot be removed
// yet is left to the keeper.
func (k *Keeper) RemoveDir(path string) error {
	if err := os.RemoveAll(path); err != nil {
		return err
	}
	return k.ForgetDir(path)
}

// Close makes the keeper clean up now, and waits until it has.
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
