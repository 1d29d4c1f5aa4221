package script

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// FuzzSplitWords splits a line of claims. A word that is quoted as the manual says is
// one word again, with any characters in it. The seeds are claims of the lessons' sweeps.
func FuzzSplitWords(f *testing.F) {
	f.Fuzz(func(t *testing.T, line string) {
		quoted := "'" + strings.ReplaceAll(line, "'", "''") + "'"
		words, err := SplitWords("effects "+quoted+"\t"+quoted+" # twice", "o-1")
		require.NoError(t, err)
		require.Equal(t, []string{"effects", line, line}, words)

		words, err = SplitWords(line, "o-1")
		if err != nil {
			require.Equal(t, 1, strings.Count(line, "'")%2, "an even number of quotes closes them all")
			return
		}
		if !strings.ContainsAny(line, "'#$\r") {
			require.Equal(t, splitAtBlanks(line), words)
		}
	})
}

// splitAtBlanks splits a line without quotes, keys and comments.
func splitAtBlanks(line string) []string {
	words := strings.FieldsFunc(line, func(r rune) bool { return r == ' ' || r == '\t' || r == '\n' })
	if len(words) == 0 {
		return nil
	}
	return words
}
