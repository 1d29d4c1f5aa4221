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
	require.NoError(t, db.InsertShipment(t.Context(), shipment("o-1")))
	for _, c := range []struct {
		what  string
		query string
		is    string
	}{
		{"the same order", `INSERT INTO shipments (id, order_id, tracking_id, status) VALUES ('ship-o-1', 'o-1', 'trk-9', 'BOOKED')`, "conflict"},
		{"the same booking", `INSERT INTO shipments (id, order_id, tracking_id, status) VALUES ('ship-o-2', 'o-2', 'trk-o-1', 'BOOKED')`, "conflict"},
		{"an id of its own making", `INSERT INTO shipments (id, order_id, tracking_id, status) VALUES ('o-3', 'o-3', 'trk-3', 'BOOKED')`, "invalid"},
		{"an order id with a blank", `INSERT INTO shipments (id, order_id, tracking_id, status) VALUES ('ship-o 3', 'o 3', 'trk-3', 'BOOKED')`, "invalid"},
		{"no order id", `INSERT INTO shipments (id, order_id, tracking_id, status) VALUES ('ship-', '', 'trk-3', 'BOOKED')`, "invalid"},
		{"no booking", `INSERT INTO shipments (id, order_id, tracking_id, status) VALUES ('ship-o-3', 'o-3', '', 'BOOKED')`, "invalid"},
		{"NULL", `INSERT INTO shipments (id, order_id, tracking_id, status) VALUES ('ship-o-3', 'o-3', NULL, 'BOOKED')`, "invalid"},
		{"a status that does not exist", `INSERT INTO shipments (id, order_id, tracking_id, status) VALUES ('ship-o-3', 'o-3', 'trk-3', 'SENT')`, "invalid"},
		{"a type that is not the column's", `INSERT INTO shipments (id, order_id, tracking_id, status) VALUES ('ship-o-3', 'o-3', X'01', 'BOOKED')`, "invalid"},
		{"a row that points nowhere", `INSERT INTO shipment_history (shipment_id, status) VALUES ('ship-o-7', 'BOOKED')`, "invalid"},
		{"a syntax error", `INSERT INTO shipments`, ""},
	} {
		_, err := db.writer.Exec(c.query)
		require.Error(t, err, c.what)
		err = fmt.Errorf("wrapped: %w", err)
		assert.Equal(t, c.is == "conflict", IsConflict(err), "%s: conflict: %v", c.what, err)
		assert.Equal(t, c.is == "invalid", IsInvalid(err), "%s: invalid: %v", c.what, err)
		assert.False(t, IsRetryable(err), "%s: retryable: %v", c.what, err)
	}
	for _, err := range []error{nil, errors.New("UNIQUE constraint failed: shipments.id"), sqlite3.ErrConstraintUnique} {
		assert.False(t, IsConflict(err), "%v", err)
		assert.False(t, IsInvalid(err), "%v", err)
		assert.False(t, IsRetryable(err), "%v", err)
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
