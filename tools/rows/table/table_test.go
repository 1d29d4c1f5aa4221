package table

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A transaction that takes its number first may commit last, so the number comes late.
func TestNumbersThatComeLate(t *testing.T) {
	c := cursor{missing: map[int]time.Time{}}
	require.Equal(t, " WHERE h.n > 0 ORDER BY h.n", c.condition())
	c.pass(1)
	c.pass(3)
	require.Equal(t, " WHERE h.n > 3 OR h.n IN (2) ORDER BY h.n", c.condition())
	c.pass(2)
	require.Equal(t, " WHERE h.n > 3 ORDER BY h.n", c.condition())

	c.pass(5)
	c.missing[4] = time.Now().Add(-2 * gapLimit)
	require.Equal(t, " WHERE h.n > 5 ORDER BY h.n", c.condition(), "it was rolled back")
	c.pass(1_000_000)
	require.Len(t, c.missing, mostMissing)
}

func TestHistory(t *testing.T) {
	for _, column := range []string{
		"PENDING@2026-11-29T22:51:16.104Z,PAID@2026-11-29T22:51:16.644Z",
		"PENDING@2026-11-29 22:51:16.104+00,PAID@2026-11-29 22:51:16.644+00",
	} {
		text, err := formatHistory(column)
		require.NoError(t, err)
		require.Equal(t, "PENDING 22:51:16.104, PAID +0.54", text)
	}
	_, err := formatHistory("PENDING@soon")
	require.Error(t, err)
}
