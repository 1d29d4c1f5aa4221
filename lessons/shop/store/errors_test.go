package store

import (
	"errors"
	"fmt"
	"testing"

	"github.com/mattn/go-sqlite3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestErrorsAreToldApartByCode(t *testing.T) {
	db, _ := openTemp(t)
	_, err := db.writer.Exec(`INSERT INTO shipments (id, order_id, tracking_id, status) VALUES ('ship-o-3', 'o-3', X'01', 'BOOKED')`)
	require.True(t, IsInvalid(err), "a type that is not the column's: %v", err)
	for _, err := range []error{nil, errors.New("UNIQUE constraint failed: shipments.id"), sqlite3.ErrConstraintUnique} {
		assert.False(t, IsConflict(err), "%v", err)
		assert.False(t, IsInvalid(err), "%v", err)
		assert.False(t, IsRetryable(err), "%v", err)
	}
}

// state is an error of PostgreSQL's driver.
type state string

func (s state) Error() string    { return "of PostgreSQL" }
func (s state) SQLState() string { return string(s) }

func TestStatesOfPostgreSQL(t *testing.T) {
	for code, want := range map[string]string{
		"23505": "conflict",
		"23502": "invalid", "23503": "invalid", "23514": "invalid", "22001": "invalid", "22P02": "invalid",
		"40001": "retryable", "40P01": "retryable", "55P03": "retryable", "57014": "retryable", "53100": "retryable", "53300": "retryable", "57P03": "retryable",
		"40003": "", // whether it was done is unknown
		"57P01": "", // the server stops, and the COMMIT may have been done
		"42601": "", "42P01": "", "25P02": "", "": "",
	} {
		err := fmt.Errorf("wrapped: %w", state(code))
		assert.Equal(t, want == "conflict", IsConflict(err), code)
		assert.Equal(t, want == "invalid", IsInvalid(err), code)
		assert.Equal(t, want == "retryable", IsRetryable(err), code)
	}
}

func TestFullIsRetryable(t *testing.T) {
	t.Setenv("SHOP_MAX_PAGES", "1") // SQLite makes that the pages that there are
	db, path := openTemp(t)
	var err error
	for i := range 1000 {
		if err = db.InsertShipment(t.Context(), shipment(fmt.Sprintf("o-%d", i))); err != nil {
			break
		}
	}
	require.Error(t, err)
	assert.True(t, IsRetryable(err), "%v", err)
	assert.False(t, IsConflict(err) || IsInvalid(err), "%v", err)

	// The next process may have more room.
	t.Setenv("SHOP_MAX_PAGES", "")
	require.NoError(t, openAt(t, path, busyTimeout).InsertShipment(t.Context(), shipment("o-1000")))

	t.Setenv("SHOP_MAX_PAGES", "many")
	_, err = Open(path)
	require.ErrorContains(t, err, `SHOP_MAX_PAGES="many"`)
}
