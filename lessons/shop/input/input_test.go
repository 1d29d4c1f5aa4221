package input

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestIDs(t *testing.T) {
	for _, s := range []string{"o-1", "A.b_c-9", "-", strings.Repeat("x", 64)} {
		assert.True(t, IsID(s), "%q", s)
	}
	for _, s := range []string{"", " ", "o 1", "o-1\n", "o\x00", "ö", "🛒", "../x", "a'--", strings.Repeat("x", 65)} {
		assert.False(t, IsID(s), "%q", s)
	}
}

func TestAmounts(t *testing.T) {
	for cents, ok := range map[int64]bool{1: true, 99_999_999: true, 0: false, -1: false, 100_000_000: false, math.MinInt64: false, math.MaxInt64: false} {
		assert.Equal(t, ok, IsAmount(cents), "%d", cents)
	}
}

func TestTokens(t *testing.T) {
	for token, ok := range map[string]bool{"tok_ok": true, "tok_declined": true, "": false, "TOK_OK": false, "4242424242424242": false} {
		assert.Equal(t, ok, IsToken(token), token)
	}
}
