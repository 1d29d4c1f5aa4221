package script

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSplitWords(t *testing.T) {
	for _, test := range []struct {
		line string
		want []string
	}{
		{"effects charge 1\n", []string{"effects", "charge", "1"}},
		{"  call A/$K/b '{\"k\":\"'$K'\"}'", []string{"call", "A/o-1/b", `{"k":"o-1"}`}},
		{"rows 'id = ''pay-'' || $K' '[]' # x", []string{"rows", "id = 'pay-' || $K", "[]"}},
		{"a ''", []string{"a", ""}},
		{"# nothing", nil},
		{"", nil},
	} {
		t.Run(test.line, func(t *testing.T) {
			got, err := SplitWords(test.line, "o-1")
			require.NoError(t, err)
			require.Equal(t, test.want, got, test.line)
		})
	}
	_, err := SplitWords("rows 'x", "o-1")
	require.ErrorContains(t, err, "not closed")
}
