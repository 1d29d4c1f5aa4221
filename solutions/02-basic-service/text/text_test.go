package text

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/workbook/solutions/02-basic-service/naive"
)

// The page shows what naive prints, with its middle left out.
func TestThePageShowsWhatNaivePrints(t *testing.T) {
	t.Setenv("SANDBOX_URL", "http://127.0.0.1:1") // nobody is there
	var out bytes.Buffer
	require.Error(t, naive.Compose(t.Context(), &out, "book"))
	lines := strings.SplitAfter(out.String(), "\n")

	page, err := os.ReadFile("../../../lessons/02-basic-service/README.md")
	require.NoError(t, err)
	require.Contains(t, string(page), strings.Join(lines[:4], ""))
	require.Len(t, lines, 13, "nine requests of the callee, three of the caller, and the end")
}
