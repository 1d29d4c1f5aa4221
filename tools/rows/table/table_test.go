package table

import (
	"context"
	"errors"
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

type noRows struct{ Reader }

// A PostgreSQL that was killed comes back, so a program that follows its rows waits.
func TestDatabaseThatCannotBeReachedYet(t *testing.T) {
	away, wrong := errors.New("connection refused"), errors.New("wrong password")
	passes := func(err error) bool { return errors.Is(err, away) }
	tries := 0
	open := func() (Reader, error) {
		if tries++; tries < 3 {
			return nil, away
		}
		return noRows{}, nil
	}
	db, err := openWhenReached(t.Context(), open, passes)
	require.NoError(t, err)
	require.Equal(t, noRows{}, db)
	require.Equal(t, 3, tries)

	_, err = openWhenReached(t.Context(), func() (Reader, error) { return nil, wrong }, passes)
	require.ErrorIs(t, err, wrong)

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	db, err = openWhenReached(ctx, func() (Reader, error) { return nil, away }, passes)
	require.NoError(t, err)
	require.Nil(t, db)
}
