package postgres

import (
	"context"
	"fmt"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/process"
	"example.com/workbook/tools/process/processtest"
)

// TestMain runs the tests, or the process that a test kills.
func TestMain(m *testing.M) {
	if os.Getenv(processtest.HelperEnv) == "" {
		os.Exit(m.Run())
	}
	if err := helpServe(); err != nil {
		fmt.Fprintln(os.Stderr, hint.Text(err))
		os.Exit(1)
	}
}

// helpServe starts a server in the folder that the test names, prints its numbers, and
// waits to be killed.
func helpServe() error {
	k, err := process.NewKeeper()
	if err != nil {
		return err
	}
	programs, err := Find(context.Background(), os.Stderr)
	if err != nil {
		return err
	}
	s, err := Start(context.Background(), k, programs, os.Getenv("TEST_DIR"))
	if err != nil {
		return err
	}
	if os.Getenv("TEST_KILLED") != "" {
		s.Kill()
	}
	fmt.Println(s.Pid(), s.Dir())
	select {}
}

// find returns the programs that the tests run.
func find(t *testing.T) string {
	t.Helper()
	programs, err := Find(t.Context(), os.Stderr)
	if err != nil {
		t.Fatal(hint.Text(err))
	}
	return programs
}

func start(t *testing.T, dir string) *Server {
	t.Helper()
	s, err := Start(t.Context(), processtest.Keeper(t), find(t), dir)
	if err != nil {
		t.Fatal(hint.Text(err))
	}
	t.Cleanup(func() { require.NoError(t, s.Stop()) })
	return s
}
