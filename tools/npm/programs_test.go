package npm_test

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/npm"
	"example.com/workbook/tools/postgres"
	"example.com/workbook/tools/process/processtest"
	"example.com/workbook/tools/restate"
)

func TestEveryBuildIsPinned(t *testing.T) {
	for _, p := range []npm.Program{restate.Program, postgres.Program} {
		require.Len(t, p.Builds, 4)
		for platform, b := range p.Builds {
			sum, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(b.Integrity, "sha512-"))
			require.NoError(t, err, platform)
			require.Len(t, sum, 64, platform)
			goos, _, _ := strings.Cut(platform, "/")
			require.Contains(t, b.Package, goos)
		}
	}
}

func TestPlatformsWithoutABuild(t *testing.T) {
	for _, c := range []struct{ platform, what, do string }{
		{"windows/amd64", "restate-server has no Windows build", "WSL"},
		{"freebsd/amd64", "no build for freebsd/amd64", "Linux or macOS"},
		{"linux/riscv64", "no build for linux/riscv64", "x86-64 or arm64"},
	} {
		t.Run(c.platform, func(t *testing.T) {
			f := &npm.Fetcher{Program: restate.Program, Cache: t.TempDir()}
			f.GOOS, f.GOARCH, _ = strings.Cut(c.platform, "/")
			_, err := f.Fetch(t.Context())
			processtest.RequireSetupError(t, err, c.what, c.do)
		})
	}
}
