package cut_test

import (
	"bytes"
	"go/format"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/course/cut"
)

// marker is a line that no file has after a cut. Within a raw string it would be text.
var marker = regexp.MustCompile(`(?m)^\s*//(?:task |end$|snip |\|)`)

// FuzzCut cuts a file. The seeds are files of solutions, and what TestCutRefusesBadMarkers
// refuses.
func FuzzCut(f *testing.F) {
	f.Fuzz(func(t *testing.T, src []byte) {
		file, err := cut.Cut("a.go", src)
		if err != nil {
			return
		}
		for _, text := range [][]byte{file.Stub, file.Plain} {
			_, err := format.Source(text)
			require.NoError(t, err, "it is Go")
		}
		begun := 0
		for line := range strings.Lines(string(src)) {
			if name, ok := strings.CutPrefix(strings.TrimSpace(line), "//snip "); ok && name != "end" {
				begun++
			}
		}
		require.Len(t, file.Snips, begun, "each snippet that begins is there")
		if marker.Match(src) || bytes.Contains(src, []byte("//stub")) {
			for name, text := range file.Snips {
				require.NotEmpty(t, strings.TrimSpace(text), name)
			}
			require.NotRegexp(t, marker, string(file.Plain))
			return
		}
		require.Equal(t, string(file.Plain), string(file.Stub), "without markers all is given")
		require.Empty(t, file.Snips)
		require.Empty(t, file.Tasks)
	})
}
