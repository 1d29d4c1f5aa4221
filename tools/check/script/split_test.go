package script

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSplitWords(t *testing.T) {
	for line, want := range map[string][]string{
		"effects charge 1\n":                  {"effects", "charge", "1"},
		"  call A/$K/b '{\"k\":\"'$K'\"}'":    {"call", "A/o-1/b", `{"k":"o-1"}`},
		"rows 'id = ''pay-'' || $K' '[]' # x": {"rows", "id = 'pay-' || $K", "[]"},
		"a ''":                                {"a", ""},
		"# nothing":                           nil,
		"":                                    nil,
	} {
		got, err := SplitWords(line, "o-1")
		require.NoError(t, err)
		require.Equal(t, want, got, line)
	}
	_, err := SplitWords("rows 'x", "o-1")
	require.ErrorContains(t, err, "not closed")
}
