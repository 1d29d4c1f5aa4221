package gotool

import (
	"os"
	"os/exec"
	"runtime"
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
