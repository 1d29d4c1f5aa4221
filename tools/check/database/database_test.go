package database

import (
	"flag"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the manual of the words into database.go")

// The words in the package's manual are those of the table.
func TestManual(t *testing.T) {
	const file = "database.go"
	have, err := os.ReadFile(file)
	require.NoError(t, err)
	manual := regexp.MustCompile(`(?m)^`).ReplaceAllString(strings.TrimSuffix(table.Manual(28), "\n"), "//") + "\n"
	want := regexp.MustCompile(`(?m)(^//\t.*\n)+`).ReplaceAllLiteralString(string(have), manual)
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(want), 0o666))
		return
	}
	require.Equal(t, want, string(have), "run go generate ./tools/check")
}
