package script

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/stretchr/testify/require"
)

var splitTests = []struct {
	line string
	want []string
}{
	{"effects charge 1\r", []string{"effects", "charge", "1"}},
	{"  call A/$K/b '{\"k\":\"'$K'\"}'", []string{"call", "A/o-1/b", `{"k":"o-1"}`}},
	{"rows 'id = ''pay-'' || $K' '[]' # x", []string{"rows", "id = 'pay-' || $K", "[]"}},
	{"answer 409 '…' é", []string{"answer", "409", "…", "é"}},
	{"effects charge 1# one", []string{"effects", "charge", "1"}},
	{"a '' '#'", []string{"a", "", "#"}},
	{"# nothing", nil},
	{"", nil},
}

func TestSplitWords(t *testing.T) {
	for _, test := range splitTests {
		t.Run(test.line, func(t *testing.T) {
			got, err := SplitWords(test.line, "o-1")
			require.NoError(t, err)
			require.Equal(t, test.want, got)
		})
	}
	_, err := SplitWords("rows 'x", "o-1")
	require.ErrorContains(t, err, "not closed")
}

// A script's line and a claim are written alike.
func TestTestscriptSplitsAlike(t *testing.T) {
	file := filepath.Join(t.TempDir(), "words.txtar")
	text := "env K=o-1\n"
	for _, test := range splitTests {
		text += "words " + test.line + "\n"
	}
	require.NoError(t, os.WriteFile(file, []byte(text), 0o666))
	var got [][]string
	words := func(_ *testscript.TestScript, _ bool, args []string) { got = append(got, args) }
	t.Run("script", func(t *testing.T) {
		testscript.Run(t, testscript.Params{Files: []string{file},
			Cmds: map[string]func(*testscript.TestScript, bool, []string){"words": words}})
	})
	require.Len(t, got, len(splitTests))
	for i, test := range splitTests {
		require.Equal(t, strings.Join(test.want, "\n"), strings.Join(got[i], "\n"), test.line)
	}
}
