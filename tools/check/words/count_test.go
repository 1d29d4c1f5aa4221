package words

import (
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/check/claim"
)

func TestRequireCount(t *testing.T) {
	expect := func(n claim.Count) claim.Claim { return claim.ExpectLines("Restate will retry", n) }
	require.NoError(t, requireCount("2", 2, expect))
	require.NoError(t, requireCount(">=2", 3, expect))
	require.EqualError(t, requireCount("2", 0, expect), `expected 2 lines of output with "Restate will retry", got 0 lines`)
	require.EqualError(t, requireCount(">=2", 1, expect), `expected at least 2 lines of output with "Restate will retry", got 1 line`)
	require.ErrorContains(t, requireCount("some", 1, expect), "neither n nor >=n")
}
