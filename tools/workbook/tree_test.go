package main

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// builtTool is the real command, built once.
var builtTool = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "workbook-test")
	if err != nil {
		return "", err
	}
	tool := filepath.Join(dir, "workbook")
	out, err := exec.Command("go", "build", "-o", tool, ".").CombinedOutput()
	if err != nil {
		return "", errors.New(string(out))
	}
	return tool, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if tool, err := builtTool(); err == nil {
		os.RemoveAll(filepath.Dir(tool))
	}
	os.Exit(code)
}

// tree is a copy of the workbook in a folder of the test's own, so that the
// real work/ is never touched.
func tree(t *testing.T) string {
	t.Helper()
	to := t.TempDir()
	require.NoError(t, copyWorkbook(moduleRoot(t), to))
	return to
}

type result struct {
	out, err string
	code     int
}

// tool runs the real command in dir.
func tool(t *testing.T, dir string, args ...string) result {
	t.Helper()
	bin, err := builtTool()
	require.NoError(t, err)
	return ran(t, dir, bin, args...)
}

func ran(t *testing.T, dir, name string, args ...string) result {
	t.Helper()
	return ranWith(t, nil, dir, name, args...)
}

// ranWith is ran with more in the environment.
func ranWith(t *testing.T, env []string, dir, name string, args ...string) result {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	cmd.Env = append(notUnderMake(), env...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		require.NoError(t, err)
	}
	return result{out.String(), errs.String(), cmd.ProcessState.ExitCode()}
}

// refuses has each command line refused, with these words, and nothing touched.
func refuses(t *testing.T, root string, wants map[string]string) {
	t.Helper()
	before := snapshot(t, root)
	for args, want := range wants {
		r := tool(t, root, strings.Fields(args)...)
		require.Equal(t, 2, r.code, args)
		require.Contains(t, r.err, want, args)
		require.Empty(t, r.out, args)
	}
	require.Equal(t, before, snapshot(t, root))
}

// snapshot is every file below dir, with its content.
func snapshot(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if d.Type()&fs.ModeSymlink != 0 {
			to, err := os.Readlink(path)
			files[path] = "-> " + to
			return err
		}
		b, err := os.ReadFile(path)
		files[path] = string(b)
		return err
	})
	require.NoError(t, err)
	return files
}
