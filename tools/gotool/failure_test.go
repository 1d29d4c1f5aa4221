package gotool

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/hint"
)

func TestFailure(t *testing.T) {
	exit := errors.New("exit status 1")
	for _, c := range []struct {
		name, printed string
		cause         error
		want          string
	}{
		{"disk full", "compiling\nwrite /tmp/x: no space left on device\n", ErrDiskFull,
			"the disk is full: write /tmp/x: no space left on device\nhint: free some space (`df -h` and `df -i` show where), then run the same command again"},
		{"no network", "go: example.com/x: dial tcp: connection refused\n", ErrNoNetwork,
			"go cannot fetch the modules: go: example.com/x: dial tcp: connection refused\nhint: connect to the network once, or set GOPROXY to a mirror that you can reach"},
		{"no module proxy", "main.go:4:2: github.com/x/y@v1.0.0: Get \"https://proxy\": dial tcp: lookup proxy: no such host\n", ErrNoNetwork,
			"go cannot fetch the modules: main.go:4:2: github.com/x/y@v1.0.0: Get \"https://proxy\": dial tcp: lookup proxy: no such host\n" +
				"hint: connect to the network once, or set GOPROXY to a mirror that you can reach"},
		{"no name server", "lookup modules.example: no such host", ErrNoNetwork,
			"go cannot fetch the modules: lookup modules.example: no such host\nhint: connect to the network once, or set GOPROXY to a mirror that you can reach"},
		{"anything else", "a.go:1:1: syntax error\n", ErrBuild,
			"the first build failed (exit status 1): a.go:1:1: syntax error\nhint: go vet ./lessons/... prints all errors"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := Failure(c.printed, exit)
			require.ErrorIs(t, err, c.cause)
			require.Equal(t, c.want, hint.Text(err))
		})
	}
}

// Trouble distinguishes what is wrong with a machine from what is wrong with the code.
func TestTrouble(t *testing.T) {
	for _, c := range []struct {
		name, printed string
		want          error // nil if the learner's code is wrong
	}{
		{"the temporary folder runs nothing", "fork/exec /tmp/go-build1/b001/a.test: permission denied\nFAIL\texample.com/a\t0.001s\n", ErrNoExec},
		{"the temporary folder, which has a space in its path, runs nothing", "fork/exec /home/my work/b001/a.test: permission denied\nFAIL\texample.com/a\t0.001s\n", ErrNoExec},
		{"the cache, which has a space in its path, is another user's", "failed to initialize build cache: mkdir /home/my work/00: permission denied\n", ErrNoAccess},
		{"a security module refuses", "go: error: fork/exec /tmp/x/cgo: operation not permitted\n", ErrNoExec},
		{"the binary is another machine's", "fork/exec /tmp/b001/a.test: exec format error\nFAIL\texample.com/a\t0.001s\n", ErrWrongCPU},
		{"gcc is killed", "# github.com/mattn/go-sqlite3\ngcc: fatal error: Killed signal terminated program cc1\ncompilation terminated.\nFAIL\texample.com/a [build failed]\n", ErrNoMemory},
		{"clang is killed", "clang: error: unable to execute command: Killed\n", ErrNoMemory},
		{"cc1 has no memory", "cc1: out of memory allocating 65536 bytes after a total of 1048576 bytes\n", ErrNoMemory},
		{"the linker is killed", "collect2: fatal error: ld terminated with signal 9 [Killed]\n", ErrNoMemory},
		{"go's compiler is killed", "example.com/a: /usr/go/pkg/tool/linux_amd64/compile: signal: killed\nFAIL\texample.com/a [build failed]\n", ErrNoMemory},
		{"go's compiler has no memory", "fatal error: runtime: cannot allocate memory\n", ErrNoMemory},
		{"the check is killed", "hello\nsignal: killed\nFAIL\texample.com/a\t0.007s\n", ErrNoMemory},
		{"headers", "_cgo_export.c:3:10: fatal error: stdlib.h: No such file or directory\ncompilation terminated.\n", ErrNoHeaders},
		{"headers, of clang", "sqlite3.c:1:10: fatal error: 'stdlib.h' file not found\n", ErrNoHeaders},
		{"open files", "go: error: open x: too many open files\n", ErrOpenFiles},
		{"processes", "fork/exec /usr/bin/gcc: resource temporarily unavailable\n", ErrProcesses},
		{"threads", "runtime: failed to create new OS thread (have 5 already; errno=11)\n", ErrProcesses},
		{"quota", "write /home/x/.cache/go-build/a: disk quota exceeded\n", ErrDiskLimit},
		{"file size", "mkdir x: read-only file system\n", ErrDiskLimit},
		{"the cache is another user's", "go: open /home/x/.cache/go-build/00: permission denied\n", ErrNoAccess},
		{"a certificate", "go: x@v1: Get \"https://proxy\": tls: failed to verify certificate: x509: unknown authority\n", ErrTrust},
		{"the clock", "go: x@v1: Get \"https://proxy\": tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time 2001-01-01T00:00:00Z is before 2026-01-01T00:00:00Z\n", ErrClock},
		{"no git", "go: x@v1: git init --bare in /m/cache: exec: \"git\": executable file not found in $PATH\n", ErrNoGit},
		{"GOPROXY=off", "main.go:4:2: github.com/x/y@v1.0.0: module lookup disabled by GOPROXY=off\n", ErrProxyOff},
		{"a mirror refuses", "go: x@v1: reading https://goproxy.example/x/@v/v1.zip: 502 Bad Gateway\n", ErrRefused},
		{"a connection is reset", "go: x@v1: Get \"https://modules.example/x\": read tcp 10.0.0.1:1->10.0.0.2:443: connection reset by peer\n", ErrNoNetwork},
		{"a changed module", "verifying x@v1: checksum mismatch\n\tdownloaded: h1:a\n\tgo.sum: h1:b\n\nSECURITY ERROR\n", ErrChecksum},

		{"CGO_CFLAGS", "# runtime/cgo\ngcc_x.c:13:23: error: unused parameter [-Werror=unused-parameter]\nFAIL\texample.com/a [build failed]\n", ErrCompiler},
		{"CC has a flag", "# runtime/cgo\ngcc: error: unrecognized command-line option '-nosuchflag'\nFAIL\texample.com/a [build failed]\n", ErrCompiler},
		{"CGO_LDFLAGS", "# example.com/a.test\n/go/link: running gcc failed: exit status 1\n/usr/bin/gcc -m64 -o $WORK/a.test\n/usr/bin/ld: cannot find -lnosuch: No such file or directory\nFAIL\texample.com/a [build failed]\n", ErrCompiler},
		{"SQLite is compiled with warnings, and the code does not compile", "# github.com/mattn/go-sqlite3\nsqlite3-binding.c:1:2: warning: function may return address of local variable\n# example.com/a\n./b.go:4:12: error is not a type\nFAIL\texample.com/a [build failed]\n", nil},
		{"the code does not compile", "# example.com/a\n./b.go:4:12: declared and not used: x\nFAIL\texample.com/a [build failed]\n", nil},
		{"the code is about memory", "./b.go:4:12: \"signal: killed\" (untyped string constant) is not used\nFAIL\texample.com/a [build failed]\n", nil},
		{"the code is about the network", "./b.go:4:12: undefined: lookup in \"dial tcp\"\nFAIL\texample.com/a [build failed]\n", nil},
		{"the program says it", "panic: dial tcp 127.0.0.1:1: connection refused\nFAIL\texample.com/a\t0.007s\n", nil},
		{"the program has no file", "panic: open /data: permission denied\nexit status 2\nFAIL\texample.com/a\t0.007s\n", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := Trouble(c.printed)
			require.ErrorIs(t, err, c.want)
			if err != nil {
				require.Contains(t, hint.Text(err), "\nhint: ")
				require.Equal(t, 3, hint.ExitCode(err))
			}
		})
	}
}

// Without cgo, SQLite's package contains no C code.
func TestFindCompilerWithoutCgo(t *testing.T) {
	bin := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(bin, "some-cc"), []byte("#!/bin/sh\n"), 0o755))
	t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
	t.Setenv("CC", "some-cc")
	t.Setenv("CGO_ENABLED", "0")
	const said = "# example.com/workbook/lessons/shop/store\nlessons/shop/store/errors.go:12:9: undefined: sqlite3.Error\nFAIL\texample.com/a [build failed]\n"
	for _, err := range []error{FindCompiler(), Trouble(said)} {
		require.ErrorIs(t, err, ErrNoCgo)
		require.Equal(t, "cgo is turned off (CGO_ENABLED=0), and SQLite needs it\nhint: unset CGO_ENABLED; go env -u CGO_ENABLED", hint.Text(err))
	}
	t.Setenv("CC", "no-such-cc")
	require.ErrorIs(t, Trouble(said), ErrNoCompiler)
}
