package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/course"
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
	if master, err := masterTree(); err == nil {
		if changed := master.changedFiles(); len(changed) > 0 {
			fmt.Println("FAIL: a test has written to a file that all trees share:", changed)
			code = 1
		}
		os.RemoveAll(master.dir)
	}
	os.Exit(code)
}

// newTree copies the workbook to a folder of the test's own, so that the real work/ is
// never touched. Its path contains pattern characters, as some paths do.
func newTree(t *testing.T) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "a [b]")
	require.NoError(t, copyMaster(to))
	return to
}

// copyMaster makes a copy of the workbook.
func copyMaster(to string) error {
	master, err := masterTree()
	if err != nil {
		return err
	}
	if err := os.Mkdir(to, 0o777); err != nil {
		return err
	}
	return master.copy(to)
}

// shared is what no test writes to. All trees have the same files of it, by hard links:
// the file system takes ten times as long to make and remove a file as to link one.
var shared = []string{"solutions", "testdata", "tools"}

// master is the tree that all others are made from.
type master struct {
	dir    string
	before map[string]string
}

var masterTree = sync.OnceValues(func() (*master, error) {
	here, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	root, err := course.Root(here)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "workbook-tree")
	if err != nil {
		return nil, err
	}
	m := &master{dir: dir}
	if err := course.CopyWorkbook(root, dir); err != nil {
		return nil, err
	}
	m.before, err = m.readFiles()
	return m, err
})

func (m *master) copy(to string) error {
	for _, name := range shared {
		if err := linkTree(filepath.Join(m.dir, name), filepath.Join(to, name)); err != nil {
			return err
		}
	}
	return course.CopyParts(m.dir, to, "lessons", "go.mod", "go.sum", "Makefile", "README.md")
}

func linkTree(from, to string) error {
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		target := to + strings.TrimPrefix(path, from)
		if d.IsDir() {
			return os.MkdirAll(target, 0o777)
		}
		return os.Link(path, target)
	})
}

// readFiles returns the shared files with their modes and contents.
func (m *master) readFiles() (map[string]string, error) {
	all := map[string]string{}
	for _, name := range shared {
		err := filepath.WalkDir(filepath.Join(m.dir, name), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			info, err := d.Info()
			if err != nil {
				return err
			}
			text, err := os.ReadFile(path)
			all[path] = info.Mode().String() + string(text)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

// changedFiles returns the shared files that have changed.
func (m *master) changedFiles() (all []string) {
	now, err := m.readFiles()
	if err != nil {
		return []string{err.Error()}
	}
	for path, before := range m.before {
		if now[path] != before {
			all = append(all, path)
		}
	}
	return all
}

type exited struct {
	out, err string
	code     int
}

// tool runs the real command in dir.
func tool(t *testing.T, dir string, args ...string) exited {
	t.Helper()
	bin, err := builtTool()
	require.NoError(t, err)
	return runProgram(t, dir, bin, args...)
}

func runProgram(t *testing.T, dir, name string, args ...string) exited {
	t.Helper()
	return runProgramWith(t, nil, dir, name, args...)
}

// runProgramWith does what runProgram does, with more environment variables.
func runProgramWith(t *testing.T, env []string, dir, name string, args ...string) exited {
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
	return exited{out.String(), errs.String(), cmd.ProcessState.ExitCode()}
}

// readTree returns every file below dir with its content.
func readTree(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	byName, err := readFiles(dir)
	require.NoError(t, err)
	for name, text := range byName {
		files[filepath.Join(dir, name)] = text
	}
	return files
}

// readFiles returns the text of every file below a path, by its name from there. The
// path may be a file.
func readFiles(dir string) (map[string]string, error) {
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		if d.Type()&fs.ModeSymlink != 0 {
			to, err := os.Readlink(path)
			files[name] = "-> " + to
			return err
		}
		b, err := os.ReadFile(path)
		files[name] = string(b)
		return err
	})
	return files, err
}

func moduleRoot(t *testing.T) string {
	t.Helper()
	root, err := course.Root(".")
	require.NoError(t, err)
	return root
}

// notUnderMake returns our environment without what a make above us put there: its own
// variables, and the empty folder that tools/start.sh exports if go has none.
func notUnderMake() []string {
	return slices.DeleteFunc(os.Environ(), func(v string) bool {
		name, _, _ := strings.Cut(v, "=")
		return name == "MAKEFLAGS" || name == "MFLAGS" || name == "MAKELEVEL" || v == "GOTMPDIR="
	})
}
