package words

import (
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/check/record"
	"example.com/workbook/tools/check/script"
)

// A guess may be a calculation. Go gives it the type float64 if one of its numbers has a point.
func TestGuessIsACalculation(t *testing.T) {
	guess := func(answer any) error {
		s := &script.Script{Record: &record.Record{}, Shared: &script.Shared{Answers: map[string]any{"seconds": answer}}}
		return checkGuesses(s, []string{"seconds", "18"})
	}
	require.NoError(t, guess(18))
	require.NoError(t, guess(3*5.0+1+2))
	require.EqualError(t, guess(17.5), "expected a whole number of seconds, got 17.5")
	require.ErrorContains(t, guess(3*5.0+1), "your guess: 16 seconds")
	require.ErrorContains(t, guess("18"), "a whole number of seconds")
}
