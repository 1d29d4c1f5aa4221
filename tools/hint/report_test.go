package hint_test

import (
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/hint"
)

func TestHowToReport(t *testing.T) {
	const (
		form       = "please report this, with the verdict, and what make doctor prints: https://github.com/o/shop/issues/new?template=wrong-verdict.yml"
		elsewhere  = "please report this, with the verdict, and what make doctor prints: an issue \"a verdict was wrong\" at https://git.example.com/o/shop"
		instructor = "please report this to your instructor: the verdict, and what make doctor prints"
	)
	for _, c := range []struct{ name, remote, want string }{
		{"https", "https://github.com/o/shop.git", form},
		{"with a token", "https://me:secret@github.com/o/shop", form},
		{"ssh", "git@github.com:o/shop.git", form},
		{"ssh with a port", "ssh://git@git.example.com:2222/o/shop.git", elsewhere},
		{"another host", "https://git.example.com/o/shop/", elsewhere},
		{"the bundle of an offline kit", "/media/usb/workbook.bundle", instructor},
		{"no remote", "", instructor},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			require.NoError(t, exec.Command("git", "init", "-q", dir).Run())
			if c.remote != "" {
				require.NoError(t, exec.Command("git", "-C", dir, "remote", "add", "origin", c.remote).Run())
			}
			require.Equal(t, c.want, hint.HowToReport(dir))
		})
	}
	require.FileExists(t, "../../.github/ISSUE_TEMPLATE/wrong-verdict.yml", "which the address names")
	t.Run("no clone", func(t *testing.T) { require.Equal(t, instructor, hint.HowToReport("/")) })
}
