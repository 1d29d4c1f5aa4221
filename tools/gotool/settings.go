package gotool

import (
	"os"
	"runtime"
	"slices"
	"strings"
)

// UseOwnSettings changes our environment, so that go builds for this machine and nothing
// else than the workbook, whatever is set. tools/start.sh does the same for make; this is for
// who types go tool workbook. An empty value would not override one of go env -w.
func UseOwnSettings() {
	for name, value := range map[string]string{
		"GOWORK": "off", "GO111MODULE": "on", "GOOS": runtime.GOOS, "GOARCH": runtime.GOARCH,
		"GOAMD64": "v1", "GOARM64": "v8.0", "GOFLAGS": ownFlags(os.Getenv("GOFLAGS")),
	} {
		os.Setenv(name, value)
	}
	os.Unsetenv("GOEXPERIMENT")
	os.Unsetenv("GOFIPS140")
}

// harmless are the flags that change no result. One that ends with = has any value.
var harmless = []string{"-trimpath", "-modcacherw", "-p="}

// ownFlags returns the flags that are kept of what GOFLAGS is set to.
func ownFlags(set string) string {
	kept := slices.DeleteFunc(strings.Fields(set), func(flag string) bool {
		return !slices.ContainsFunc(harmless, func(own string) bool {
			return flag == own || strings.HasSuffix(own, "=") && strings.HasPrefix(flag, own)
		})
	})
	return strings.Join(append([]string{"-buildvcs=false"}, kept...), " ")
}
