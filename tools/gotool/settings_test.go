package gotool

import (
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestGoBuildsForThisMachineWhateverIsSet(t *testing.T) {
	for name, value := range map[string]string{
		"GOENV": os.DevNull, "GOWORK": "/x/go.work", "GO111MODULE": "off", "GOOS": "windows", "GOARCH": "mips",
		"GOAMD64": "v4", "GOARM64": "v9.0", "GOEXPERIMENT": "x", "GOFLAGS": "-json -trimpath -mod=vendor -p=2",
	} {
		t.Setenv(name, value)
	}
	UseOwnSettings()
	out, err := exec.Command("go", "env", "GOWORK", "GO111MODULE", "GOOS", "GOARCH", "GOFLAGS").CombinedOutput()
	require.NoError(t, err)
	require.Equal(t, "off\non\n"+runtime.GOOS+"\n"+runtime.GOARCH+"\n-buildvcs=false -trimpath -p=2\n", string(out))
}

// tools/start.sh runs before the tool is built, so it has its own list of these flags.
func TestStartKeepsTheSameFlags(t *testing.T) {
	script, err := os.ReadFile("../start.sh")
	require.NoError(t, err)
	found := regexp.MustCompile(`(?m)^\t(.*)\) kept="\$kept \$flag"`).FindSubmatch(script)
	require.NotNil(t, found, "start.sh must have a list of the flags that it keeps")
	require.Equal(t, harmless, strings.Split(strings.ReplaceAll(string(found[1]), "*", ""), " | "))
}
