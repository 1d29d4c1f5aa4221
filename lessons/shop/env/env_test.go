package env

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestParse(t *testing.T) {
	for text, want := range map[string]time.Duration{"": time.Hour, "20ms": 20 * time.Millisecond, "5s": 5 * time.Second} {
		got, err := parse(text, time.Hour)
		require.NoError(t, err)
		assert.Equal(t, want, got)
	}
	for _, text := range []string{"5", "0s", "-1s", "soon"} {
		_, err := parse(text, time.Hour)
		assert.ErrorContains(t, err, "is not a duration", text)
	}
}

func TestDatabase(t *testing.T) {
	for _, c := range []struct{ database, file, want string }{
		{"", "", "work/shop.db"},
		{"", "other.db", "other.db"},
		{"postgres://me@127.0.0.1/shop", "other.db", "postgres://me@127.0.0.1/shop"},
		{"mine.db", "", "mine.db"},
	} {
		t.Setenv("SHOP_DATABASE", c.database)
		t.Setenv("SHOP_DB", c.file)
		assert.Equal(t, c.want, Database())
	}
}
