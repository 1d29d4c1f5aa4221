package main

import (
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"
)

// The tool is built before anything can be shown, so it links neither the SDK
// nor SQLite.
func TestTheToolIsSmall(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".").Output()
	require.NoError(t, err)
	for _, heavy := range []string{"restatedev/sdk-go", "mattn/go-sqlite3", "testscript"} {
		require.NotContains(t, string(out), heavy)
	}
}
