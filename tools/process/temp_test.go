package process

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// Programs are built and run in the temporary folder. The mounts are not real, because only root
// can mount.
func TestTempParentWithFakeMountsWithoutExec(t *testing.T) {
	home, own, ownGo := t.TempDir(), t.TempDir(), t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("XDG_CACHE_HOME", filepath.Join(home, "cache"))
	cache, err := os.UserCacheDir()
	require.NoError(t, err)
	cache = filepath.Join(cache, "restate-workbook")
	for _, c := range []struct {
		name, goTemp, temp string
		noExec             []string
		want               string
	}{
		{"a usual machine", ownGo, own, nil, "/tmp"},
		{"GOTMPDIR", ownGo, own, []string{"/tmp"}, ownGo},
		{"TMPDIR", "", own, []string{"/tmp"}, own},
		{"TMPDIR alone runs programs", ownGo, own, []string{"/tmp", ownGo}, own},
		{"neither is set", "", "", []string{"/tmp"}, cache},
		{"both are relative", "tmp", "tmp", []string{"/tmp"}, cache},
		{"none runs programs", ownGo, own, []string{"/tmp", own, ownGo, cache}, "/tmp"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Setenv("GOTMPDIR", c.goTemp)
			t.Setenv("TMPDIR", c.temp)
			require.Equal(t, c.want, tempParent(func(dir string) bool {
				for _, no := range c.noExec {
					if dir == no {
						return true
					}
				}
				return false
			}))
		})
	}
}

func TestMkdirBuildIsWhereGoIsSetToBuild(t *testing.T) {
	own := t.TempDir()
	dir, err := keeper(t).MkdirBuild(own)
	require.NoError(t, err)
	require.Equal(t, own, filepath.Dir(dir))
}
