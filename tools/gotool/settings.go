package gotool

import (
	"os"
	"runtime"
	"slices"
	"strings"
)

// UseOwnSettings changes the environment of this process, so that the user's settings do not
// matter: go builds for this machine, and only the workbook. tools/start.sh does the same for make,
// and UseOwnSettings does it for people who type go tool workbook. The values are not empty,
// because an empty value would not override a setting of go env -w.
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

// harmless has the flags that change no result. After a flag that ends with =, any value may
// follow.
var harmless = []string{"-trimpath", "-modcacherw", "-p="}

// ownFlags returns the flags of GOFLAGS that are kept. The argument is the value of GOFLAGS.
func ownFlags(set string) string {
	kept := slices.DeleteFunc(strings.Fields(set), func(flag string) bool {
		return !slices.ContainsFunc(harmless, func(own string) bool {
			return flag == own || strings.HasSuffix(own, "=") && strings.HasPrefix(flag, own)
		})
	})
	return strings.Join(append([]string{"-buildvcs=false"}, kept...), " ")
}
