package words

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/check/cause"
)

func TestBackOffInWords(t *testing.T) {
	require.Contains(t, tooClose(17*time.Millisecond, 210*time.Millisecond), "has no length")
	require.Contains(t, tooClose(70*time.Millisecond, 210*time.Millisecond), "shorter than RETRY_FIRST says")
}

// The words of a claim about lines are those that a rule looks for.
func TestLinesInWords(t *testing.T) {
	err := compare("2", 0, "line", cause.LinesWith("Restate will retry"))
	require.EqualError(t, err, `expected 2 lines with "Restate will retry" in it, got 0`)
}
