package main

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

func TestLongLinesAreFoldedBetweenWords(t *testing.T) {
	long := "  attempts  1 " + strings.Repeat("price s1 ok, ", 20) + "cut – and a word that is … " + strings.Repeat("x", 100) + " end"
	folded := strings.Split(foldLine(long, 80), "\n")
	require.Greater(t, len(folded), 4)
	for i, line := range folded {
		if i > 0 {
			require.True(t, strings.HasPrefix(line, strings.Repeat(" ", behind)), line)
		}
		if !strings.Contains(line, "xxx") {
			require.LessOrEqual(t, utf8.RuneCountInString(line), 80, line)
		}
	}
	require.Equal(t, strings.Fields(long), strings.Fields(strings.Join(folded, " ")), "nothing is lost")
	for _, as := range []string{"", "PASS 1.1", strings.Repeat("x", 200), "\x1b[31mFAIL\x1b[0m " + strings.Repeat("a ", 90)} {
		require.Equal(t, as, foldLine(as, 80))
	}

	var b bytes.Buffer
	f := &lineFolder{w: &b, width: 80}
	for _, part := range []string{long[:50], long[50:] + "\nnext", "\n", "no end"} {
		n, err := f.Write([]byte(part))
		require.NoError(t, err)
		require.Equal(t, len(part), n)
	}
	require.Equal(t, strings.Join(folded, "\n")+"\nnext\n", b.String())
}
