package gotool

import (
	"errors"
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
			"the disk is full: write /tmp/x: no space left on device\nhint: free some space (`df -h` shows where), then run the same command again"},
		{"no network", "go: example.com/x: dial tcp: connection refused\n", ErrNoNetwork,
			"go cannot fetch the modules: go: example.com/x: dial tcp: connection refused\nhint: connect to the network once, or set GOPROXY to a mirror that you can reach"},
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
