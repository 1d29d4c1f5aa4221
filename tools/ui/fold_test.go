package ui

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

func TestLongLinesAreFoldedBetweenWords(t *testing.T) {
	words := strings.Repeat("price s1 ok, ", 20) + "cut – and a word that is … " + strings.Repeat("x", 100) + " end"
	for _, test := range []struct {
		begin  string
		indent int
	}{
		{"  attempts  1 ", 12},
		{"  build   ", 10},
		{"   ", 3},
		{"", 0},
		{"PASS replay: ", 12}, // the verdict of the replay
		{"\x1b[31mFAIL\x1b[0m ", 12},
	} {
		t.Run(test.begin, func(t *testing.T) {
			long := test.begin + words
			folded := strings.Split(foldLine(long, test.indent, 80), "\n")
			require.Greater(t, len(folded), 4)
			for i, line := range folded {
				if i > 0 {
					require.Equal(t, test.indent, len(line)-len(strings.TrimLeft(line, " ")), line)
				}
				if !strings.Contains(line, "xxx") {
					require.LessOrEqual(t, utf8.RuneCountInString(colourless(line)), 80, line)
				}
				if i+1 < len(folded) {
					next := strings.Fields(folded[i+1])[0]
					require.Greater(t, utf8.RuneCountInString(colourless(line)+" "+next), 80, "%q had room", line)
				}
			}
			require.Equal(t, strings.Fields(long), strings.Fields(strings.Join(folded, " ")), "nothing is lost")
		})
	}
	for _, as := range []string{"", "PASS 1.1", strings.Repeat("x", 200), strings.Repeat("x", 80), "  got       " + strings.Repeat("x", 200)} {
		require.Equal(t, as, foldLine(as, indentOf(as), 80))
	}

	var b bytes.Buffer
	long := "  attempts  1 " + words
	f := &lineFolder{w: &b, width: 80}
	for _, part := range []string{long[:50], long[50:] + "\nnext", "\n", "no end"} {
		n, err := f.Write([]byte(part))
		require.NoError(t, err)
		require.Equal(t, len(part), n)
	}
	require.Equal(t, foldLine(long, 12, 80)+"\nnext\n", b.String())
}

func colourless(line string) string {
	return strings.NewReplacer("\x1b[31m", "", "\x1b[0m", "").Replace(line)
}
