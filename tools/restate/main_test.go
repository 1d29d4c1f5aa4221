package restate

import (
	"context"
	"fmt"
	"os"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/process/processtest"
)

// TestMain runs the tests, or the process that a test kills.
func TestMain(m *testing.M) {
	var err error
	switch os.Getenv(processtest.HelperEnv) {
	case "":
		os.Exit(m.Run())
	case "serve":
		err = helpServe()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// found is the server that the tests run, looked for once.
var found = sync.OnceValues(func() (string, error) { return Find(context.Background(), os.Stderr) })

func binary(t *testing.T) string {
	t.Helper()
	path, err := found()
	if err != nil {
		t.Fatal(hint.Text(err))
	}
	return path
}

func start(t *testing.T, o Options) *Server {
	t.Helper()
	s, err := Start(t.Context(), processtest.Keeper(t), binary(t), o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Stop()) })
	return s
}
