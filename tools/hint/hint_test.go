package hint

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestText(t *testing.T) {
	server, disk := New(Setup, "fetch it", "no server"), New(Setup, "free some", "no space")
	for want, err := range map[string]error{
		"no server\nhint: fetch it":                            server,
		"it failed: no server\nhint: fetch it":                 fmt.Errorf("it failed: %w", server),
		"no server\nhint: fetch it\nno space\nhint: free some": errors.Join(server, disk),
		"no server\nhint: fetch it\nplain":                     errors.Join(server, errors.New("plain")),
		"both: no server, no space\nhint: fetch it":            fmt.Errorf("both: %w, %w", server, disk),
		"plain": errors.New("plain"),
	} {
		require.Equal(t, want, Text(err))
	}
}
