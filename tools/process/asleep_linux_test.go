package process

import (
	"os/exec"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestAsleep(t *testing.T) {
	k, err := NewKeeper()
	require.NoError(t, err)
	t.Cleanup(func() { k.Close() })
	for script, want := range map[string]bool{"read line": true, "while :; do :; done": false} {
		cmd := exec.Command("sh", "-c", script)
		_, err := cmd.StdinPipe()
		require.NoError(t, err)
		p, err := Start(k, cmd)
		require.NoError(t, err)
		require.Eventually(t, func() bool { return p.Asleep() == want }, 10*time.Second, time.Millisecond, script)
		p.Kill()
	}
}
