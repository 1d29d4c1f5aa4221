package gotool

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"

	"example.com/workbook/tools/files"
	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/process"
	"example.com/workbook/tools/ui"
)

// These are the reasons why a go command fails, or cannot run at all.
var (
	ErrDiskFull   = errors.New("the disk is full")
	ErrDiskLimit  = errors.New("the disk takes no more files of yours")
	ErrNoNetwork  = errors.New("go cannot fetch the modules")
	ErrProxyOff   = errors.New("go is not allowed to fetch the modules")
	ErrClock      = errors.New("the clock of this machine is perhaps wrong")
	ErrTrust      = errors.New("go does not trust the server that it fetches modules from")
	ErrNoGit      = errors.New("go needs git to fetch a module")
	ErrRefused    = errors.New("a server of modules refuses what go needs")
	ErrChecksum   = errors.New("a module is not the one that go.sum names")
	ErrNoCompiler = errors.New("there is no C compiler")
	ErrNoCgo      = errors.New("cgo is turned off")
	ErrNoHeaders  = errors.New("the C compiler has no headers")
	ErrCompiler   = errors.New("the C compiler or its linker fails")
	ErrNoMemory   = errors.New("this machine has too little free memory to build")
	ErrNoExec     = errors.New("programs in the temporary folder must not run")
	ErrWrongCPU   = errors.New("the build is for another kind of machine")
	ErrOpenFiles  = errors.New("this shell may open too few files")
	ErrProcesses  = errors.New("this user may start no more processes")
	ErrNoAccess   = errors.New("go must not use one of its folders")
	ErrBuild      = errors.New("the first build failed") // for every other reason
)

// trouble is a state of this machine that makes every build fail.
type trouble struct {
	cause error
	said  *regexp.Regexp // matches a line that go, a compiler or a linker prints
	do    string
}

// again is the end of most hints.
const again = ", then run the same command again"

// troubles are in the order in which Trouble looks for them: a full disk may also stop a compiler.
// The expressions match whole lines of go, of a compiler or of a linker. An error in Go code may
// quote any text; such a line begins with a file and a line number.
var troubles = []trouble{
	{ErrDiskFull, regexp.MustCompile(`no space left on device`), "free some space (`df -h` and `df -i` show where)" + again},
	{ErrDiskLimit, regexp.MustCompile(`(?i)disk quota exceeded|file too large|file size limit exceeded|read-only file system`),
		"look at `df -h`, `quota` and `ulimit -f`; or set TMPDIR and GOCACHE to a folder that takes files" + again},
	{ErrNoHeaders, regexp.MustCompile(`fatal error: '?\S+\.h'?.*(?:No such file|not found)`),
		"install them: apt-get install gcc libc6-dev, or on macOS xcode-select --install"},
	{ErrNoCgo, regexp.MustCompile(`undefined: sqlite3\.|build constraints exclude all Go files in .*(?:sqlite3|runtime/cgo)`), ""},
	{ErrNoCompiler, regexp.MustCompile(`C compiler "[^"]*" not found|cgo: .* executable file not found`), ""},
	{ErrProxyOff, fetching(`disabled by GOPROXY=off`), "unset GOPROXY; go env -u GOPROXY"},
	{ErrClock, fetching(`x509: certificate has expired or is not yet valid`), "set it (`date` shows it)" + again},
	{ErrTrust, fetching(`x509: `), "name the file with the certificate of your network, which its administrator has: export SSL_CERT_FILE=/the/file.pem"},
	{ErrNoGit, fetching(`"git": executable file not found`), "unset GOPROXY GOPRIVATE GONOPROXY; go env -u GOPROXY GOPRIVATE GONOPROXY; or install git"},
	{ErrChecksum, fetching(`checksum mismatch`), "go clean -modcache" + again + "; if that does not help: unset GOPROXY; go env -u GOPROXY"},
	{ErrRefused, fetching(`reading https?://.*: [45]\d\d `), "`go env GOPROXY` names where go looks. to look where go looks by default: unset GOPROXY; go env -u GOPROXY"},
	{ErrNoNetwork, fetching(`dial (?:tcp|udp)|tls: |i/o timeout|lookup |unexpected eof|Get "https?:|proxyconnect`, `lookup `, `dial tcp`), "connect to the network once, or set GOPROXY to a mirror that you can reach"},
	{ErrOpenFiles, regexp.MustCompile(`too many open files`), "ulimit -n 4096" + again + "; or use a new terminal"},
	{ErrProcesses, regexp.MustCompile(`(?i)resource temporarily unavailable|failed to create new OS thread|pthread_create failed`),
		"end some of your programs (`ps -u $(id -u)` lists them), or raise `ulimit -u`" + again},
	{ErrNoMemory, regexp.MustCompile(`(?i)signal: killed|killed signal terminated|terminated by signal 9|ld terminated with signal 9|out of memory|` +
		`cannot allocate memory|virtual memory exhausted|cannot reserve arena|internal compiler error: killed|unable to execute command: killed|compilation terminated\.`),
		"close other programs (`free -m` shows the memory)" + again + "; GOFLAGS=-p=1 before it builds with less memory"},
	{ErrWrongCPU, regexp.MustCompile(`exec format error|bad CPU type in executable`), "unset GOOS GOARCH; go env -u GOOS; go env -u GOARCH" + again},
	{ErrNoExec, regexp.MustCompile(`fork/exec .+: (?:permission denied|operation not permitted)`), ""},
	{ErrNoAccess, regexp.MustCompile(`^(?:go: .*|.*\b(?:open|mkdir|rename|unlink|remove) .+): (?:permission denied|operation not permitted)`),
		"`go env GOCACHE GOMODCACHE GOTMPDIR` names its folders: make them yours, with sudo chown -R \"$(id -u)\" FOLDER" + again},
}

// fetching returns an expression for a line of go. The line reports a problem with a module that go
// fetches, or it begins with one of begins.
func fetching(what string, begins ...string) *regexp.Regexp {
	begins = append(begins, `(?:go: |verifying |\S+\.go:\d+(?::\d+)?: \S+@\S+: ).*(?:`+what+`)`)
	return regexp.MustCompile(`(?i)^(?:` + strings.Join(begins, "|") + `)`)
}

// Failure explains why a build failed. The arguments are the output of go, and the error with which
// go ended.
func Failure(printed string, err error) error {
	if t := Trouble(printed); t != nil {
		return t
	}
	return hint.New(hint.Setup, "go vet ./lessons/... prints all errors", "%w (%v): %s", ErrBuild, err, ui.LastLine(printed))
}

// Trouble returns what is wrong with this machine, as the output of go reports it. It returns nil
// if the machine is in order: then the code does not compile, or its test has failed.
func Trouble(printed string) error {
	lines := strings.Split(strings.TrimSpace(printed), "\n")
	ran := testRan.MatchString(lines[len(lines)-1])
	for _, t := range troubles {
		for i, line := range lines {
			if aboutCode.MatchString(line) && !atCode[t.cause] {
				continue
			}
			// The other lines of a test are the output of the learner's program, so only the line
			// about the end of its process counts.
			if ran && !strings.HasPrefix(line, "fork/exec ") && (i != len(lines)-2 || !strings.HasPrefix(line, "signal: killed")) {
				continue
			}
			if t.said.MatchString(line) {
				return t.explain(strings.TrimSpace(line))
			}
		}
	}
	if line := compilerError(lines); line != "" && !ran {
		return hint.New(hint.Setup, withoutSettings(), "%w: %s", ErrCompiler, line)
	}
	return nil
}

// compilerError returns the first error of the C compiler in code that is not the learner's, or the
// first error of the linker. It returns "" if there is no such error.
func compilerError(lines []string) string {
	below := false
	for _, line := range lines {
		if strings.HasPrefix(line, "# ") {
			below = strings.HasPrefix(line, "# runtime/cgo") || strings.HasPrefix(line, "# github.com/mattn/go-sqlite3")
		}
		below = below || linkerRan.MatchString(line)
		if below && toolError.MatchString(line) {
			return strings.TrimSpace(line)
		}
	}
	return ""
}

var (
	linkerRan = regexp.MustCompile(`/link: running \S+ failed`)
	toolError = regexp.MustCompile(`(?i)^(?:\S+: )?(?:fatal )?error\b|: (?:fatal )?error: |cannot find |undefined reference|unknown option`)
)

// withoutSettings returns the command that removes the user's settings for the C compiler.
func withoutSettings() string {
	var set []string
	for _, name := range []string{"CC", "CGO_CFLAGS", "CGO_CPPFLAGS", "CGO_LDFLAGS", "CPATH", "C_INCLUDE_PATH", "LIBRARY_PATH"} {
		if os.Getenv(name) != "" {
			set = append(set, name)
		}
	}
	undo := "go env -u CC CGO_CFLAGS CGO_CPPFLAGS CGO_LDFLAGS"
	if len(set) > 0 {
		undo = "unset " + strings.Join(set, " ") + "; " + undo
	}
	return undo + again + "; if that does not help, install the C compiler again"
}

// atCode has the causes that go reports with a file and a line of Go code.
var atCode = map[error]bool{
	ErrNoNetwork: true, ErrProxyOff: true, ErrClock: true, ErrTrust: true, ErrNoGit: true, ErrChecksum: true, ErrRefused: true, ErrNoCgo: true, ErrNoHeaders: true,
}

var (
	testRan   = regexp.MustCompile(`^FAIL\t\S+\t[\d.]+s$`)         // go test has started the test
	aboutCode = regexp.MustCompile(`^(?:vet: )?\S+\.go:\d+:\d+: `) // an error of the compiler in Go code
)

// explain returns the trouble as an error for people. The argument is the line that go printed
// about it.
func (t trouble) explain(line string) error {
	switch t.cause {
	case ErrNoCgo, ErrNoCompiler:
		if err := FindCompiler(); err != nil {
			return err
		}
		return hint.New(hint.Setup, "make doctor", "%w: %s", t.cause, line)
	case ErrNoExec:
		return hint.New(hint.Setup, `mkdir -p "$HOME/tmp" && export GOTMPDIR="$HOME/tmp"`+again, "%w: %s", t.cause, line)
	}
	return hint.New(hint.Setup, t.do, "%w: %s", t.cause, line)
}

func missingGo(err error) error {
	return hint.New(hint.Setup, "install Go, then try again", "cannot run go: %w", err)
}

// CheckTemp runs a program in the folder in which go builds, and returns an error if that fails.
func CheckTemp(k *process.Keeper) error {
	dir, err := k.MkdirBuild(buildParent())
	if err != nil {
		return err
	}
	defer k.RemoveDir(dir)
	file := filepath.Join(dir, "runs")
	if err := os.WriteFile(file, []byte("#!/bin/sh\n"), 0o700); err != nil {
		return hint.New(hint.Setup, "free some space (`df -h` and `df -i` show where), or set GOTMPDIR to another folder", "go cannot write to %s: %w", dir, files.Cause(err))
	}
	if err := exec.Command(file).Run(); errors.Is(err, os.ErrPermission) {
		return trouble{cause: ErrNoExec}.explain(err.Error())
	}
	return nil
}
