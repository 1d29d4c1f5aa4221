package main

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestCrashIsInterrupted(t *testing.T) {
	t.Parallel()
	r := begin(t, treeWithWork(t, "solutions", ""), "crash", "1")
	r.waitForText("building work/01-concepts")
	r.signal(syscall.SIGINT)
	require.Zero(t, r.waitForEnd(), r.err.String())
	require.Contains(t, r.out.String(), "stopped; no process or temporary file is left")
}

// The tool's keeper ends the test, and the test's keeper what that had begun.
func TestCrashThenSIGKILL(t *testing.T) {
	t.Parallel()
	where := filepath.Join(t.TempDir(), "where")
	root := treeWithWork(t, "solutions", "checkout/naive.go",
		`"context"`, "\"context\"\n\t\"os\"",
		"_, err = outside.Mail", "os.WriteFile(\""+where+"\", []byte(os.TempDir()+\" \"+os.Getenv(\"SHOP_DB\")), 0o666)\n\tselect {}\n\t_, err = outside.Mail")
	r := begin(t, root, "crash", "1")
	r.waitForText("the same command is run again")
	var folders []string
	require.Eventually(t, func() bool {
		b, _ := os.ReadFile(where)
		folders = strings.Fields(string(b))
		return len(folders) == 2
	}, buildLimit, 10*time.Millisecond)
	r.signal(syscall.SIGKILL)
	r.waitForEnd()
	leavesNothing(t, folders[0])
	leavesNothing(t, filepath.Dir(folders[1]))
}
