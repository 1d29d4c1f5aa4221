package hint

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestText(t *testing.T) {
	server, disk := New(Setup, "fetch it", "no server"), New(Setup, "free some", "no space")
	for _, test := range []struct {
		name string
		err  error
		want string
	}{
		{"own", server, "no server\nhint: fetch it"},
		{"wrapped", fmt.Errorf("it failed: %w", server), "it failed: no server\nhint: fetch it"},
		{"joined", errors.Join(server, disk), "no server\nhint: fetch it\nno space\nhint: free some"},
		{"joined with a plain one", errors.Join(server, errors.New("plain")), "no server\nhint: fetch it\nplain"},
		{"two in one", fmt.Errorf("both: %w, %w", server, disk), "both: no server, no space\nhint: fetch it"},
		{"plain", errors.New("plain"), "plain"},
	} {
		t.Run(test.name, func(t *testing.T) {
			require.Equal(t, test.want, Text(test.err))
		})
	}
}

func TestExitIsItsCode(t *testing.T) {
	require.Zero(t, ExitCode(nil))
	for _, exit := range []Exit{ExitRed, ExitUsage, ExitSetup} {
		require.Equal(t, int(exit), ExitCode(fmt.Errorf("watch: %w", exit)))
	}
	for kind, code := range map[Kind]int{Red: 1, Usage: 2, Setup: 3, Broken: 3} {
		require.Equal(t, code, ExitCode(fmt.Errorf("deploy: %w", New(kind, "", "no"))))
	}
}
