package restate

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAccepts(t *testing.T) {
	for _, c := range []struct {
		banner string
		want   bool
	}{
		{"restate-server 1.7.12", true},
		{"restate-server 1.7.13", true},
		{"restate-server 1.7.12 (abc)", true},
		{"restate-server 1.7.11", false},
		{"restate-server 1.8.0", false},
		{"restate-server 1.6.20", false},
		{"restate-server 2.7.12", false},
		{"restate 1.7.12", false},
		{"", false},
	} {
		t.Run(c.banner, func(t *testing.T) {
			require.Equal(t, c.want, isAccepted(c.banner))
		})
	}
}

func TestEveryBuildIsPinned(t *testing.T) {
	require.Len(t, builds, 4)
	for platform, b := range builds {
		sum, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(b.integrity, "sha512-"))
		require.NoError(t, err, platform)
		require.Len(t, sum, 64, platform)
		goos, _, _ := strings.Cut(platform, "/")
		require.Contains(t, b.pkg, goos)
	}
}

func TestPlatformsWithoutABuild(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	for _, c := range []struct{ platform, what, do string }{
		{"windows/amd64", "restate-server has no Windows build", "WSL"},
		{"freebsd/amd64", "no build for freebsd/amd64", "Linux or macOS"},
		{"linux/riscv64", "no build for linux/riscv64", "x86-64 or arm64"},
	} {
		t.Run(c.platform, func(t *testing.T) {
			goos, goarch, _ := strings.Cut(c.platform, "/")
			f := &finder{goos: goos, goarch: goarch, cache: t.TempDir(), builds: builds}
			_, err := f.findServer(t.Context())
			requireSetupError(t, err, c.what, c.do)
		})
	}
}
