package store

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// deliver is what the carrier's word does to a row.
func deliver(t *testing.T, db *DB, order string) {
	t.Helper()
	_, err := db.writer.Exec("UPDATE shipments SET status = 'DELIVERED' WHERE order_id = ?", order)
	require.NoError(t, err)
}

func history(t *testing.T, db *DB, order string) []string {
	return texts(t, db, "SELECT status FROM shipment_history WHERE shipment_id = ? ORDER BY n", "ship-"+order)
}

func TestFindShipment(t *testing.T) {
	db, _ := openTemp(t)
	found, err := db.FindShipment(t.Context(), "o-1")
	require.NoError(t, err)
	require.Nil(t, found)

	require.NoError(t, db.InsertShipment(t.Context(), shipment("o-1")))
	found, err = db.FindShipment(t.Context(), "o-1")
	require.NoError(t, err)
	assert.Regexp(t, `^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$`, found.CreatedAt)
	found.CreatedAt = ""
	assert.Equal(t, shipment("o-1"), *found)
}

// The three ways to write a row differ in what they do to one that is there.
func TestARowThatIsThere(t *testing.T) {
	again := shipment("o-1")
	again.TrackingID = "trk-again"

	t.Run("InsertShipment", func(t *testing.T) {
		db, _ := openTemp(t)
		require.NoError(t, db.InsertShipment(t.Context(), shipment("o-1")))
		deliver(t, db, "o-1")
		assert.True(t, IsConflict(db.InsertShipment(t.Context(), again)))
		assert.Equal(t, []string{Booked, Delivered}, history(t, db, "o-1"))
	})

	t.Run("InsertShipmentIfAbsent", func(t *testing.T) {
		db, _ := openTemp(t)
		require.NoError(t, db.InsertShipmentIfAbsent(t.Context(), shipment("o-1")))
		deliver(t, db, "o-1")
		require.NoError(t, db.InsertShipmentIfAbsent(t.Context(), again))
		found, err := db.FindShipment(t.Context(), "o-1")
		require.NoError(t, err)
		assert.Equal(t, "trk-o-1", found.TrackingID)
		assert.Equal(t, []string{Booked, Delivered}, history(t, db, "o-1"))

		// A booking of another order is a conflict.
		stolen := shipment("o-2")
		stolen.TrackingID = "trk-o-1"
		err = db.InsertShipmentIfAbsent(t.Context(), stolen)
		assert.True(t, IsConflict(err), "%v", err)
	})

	t.Run("PutShipment", func(t *testing.T) {
		db, _ := openTemp(t)
		require.NoError(t, db.PutShipment(t.Context(), shipment("o-1")))
		deliver(t, db, "o-1")
		require.NoError(t, db.PutShipment(t.Context(), again))
		found, err := db.FindShipment(t.Context(), "o-1")
		require.NoError(t, err)
		assert.Equal(t, "trk-again", found.TrackingID)
		assert.Equal(t, []string{Booked, Delivered, Booked}, history(t, db, "o-1"))
	})
}

func TestHistoryIsOfChangesOnly(t *testing.T) {
	db, _ := openTemp(t)
	require.NoError(t, db.InsertShipment(t.Context(), shipment("o-1")))
	deliver(t, db, "o-1")
	deliver(t, db, "o-1")
	assert.Equal(t, []string{Booked, Delivered}, history(t, db, "o-1"))

	_, err := db.writer.Exec("DELETE FROM shipments")
	assert.True(t, IsInvalid(err), "a row with a history stays: %v", err)
}
