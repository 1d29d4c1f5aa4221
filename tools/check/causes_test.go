package check

import (
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/check/cause"
	"example.com/workbook/tools/check/script"
)

// A folder that is older than Lesson.Causes passes on its words only.
func TestCausesComeWithTheWords(t *testing.T) {
	own, withWords := []cause.Rule{{ID: "own"}}, []cause.Rule{{ID: "with-words"}}
	words := script.Words{Causes: withWords}
	require.Equal(t, withWords, Lesson{Words: words}.causes())
	require.Equal(t, own, Lesson{Words: words, Causes: own}.causes())
	require.Empty(t, Lesson{}.causes())
}
