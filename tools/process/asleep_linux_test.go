package process

import (
	"os/exec"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestIsAsleep(t *testing.T) {
	k, err := NewKeeper()
	require.NoError(t, err)
	t.Cleanup(func() { k.Close() })
	for _, c := range []struct {
		name, script string
		want         bool
	}{
		{"it reads", "read line", true},
		{"it computes", "while :; do :; done", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			cmd := exec.Command("sh", "-c", c.script)
			_, err := cmd.StdinPipe()
			require.NoError(t, err)
			p, err := Start(k, cmd)
			require.NoError(t, err)
			require.Eventually(t, func() bool { return p.IsAsleep() == c.want }, 10*time.Second, time.Millisecond)
			p.Kill()
		})
	}
}
