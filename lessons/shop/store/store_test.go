package store

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// quickly is a busy timeout for tests that run into it.
const quickly = 20 * time.Millisecond

func openTemp(t *testing.T) (*DB, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "shop.db")
	return openAt(t, path, busyTimeout), path
}

func openAt(t *testing.T, path string, busy time.Duration) *DB {
	t.Helper()
	db, err := open(path, busy)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, db.Close()) })
	return db
}

func shipment(order string) Shipment {
	return Shipment{ID: "ship-" + order, OrderID: order, TrackingID: "trk-" + order, Status: Booked}
}

// texts are the first column of a query's rows.
func texts(t *testing.T, db *DB, query string, args ...any) []string {
	t.Helper()
	rows, err := db.reader.Query(query, args...)
	require.NoError(t, err)
	defer rows.Close()
	var all []string
	for rows.Next() {
		var s string
		require.NoError(t, rows.Scan(&s))
		all = append(all, s)
	}
	require.NoError(t, rows.Err())
	return all
}

func TestSettingsHoldOnEveryConnection(t *testing.T) {
	db, _ := openTemp(t)
	for name, p := range map[string]*sql.DB{"writer": db.writer, "reader": db.reader} {
		s := reading(busyTimeout)
		if name == "writer" {
			s = writing(busyTimeout)
		}
		// All connections at once, so that none is looked at twice.
		var conns []*sql.Conn
		for range p.Stats().MaxOpenConnections {
			c, err := p.Conn(t.Context())
			require.NoError(t, err)
			conns = append(conns, c)
		}
		for _, c := range conns {
			for _, one := range s {
				if one.pragma == "" {
					continue
				}
				var got string
				require.NoError(t, c.QueryRowContext(t.Context(), "PRAGMA "+one.pragma).Scan(&got))
				assert.Equal(t, one.want, got, "%s: %s", name, one.pragma)
			}
			require.NoError(t, c.Close())
		}
	}
}

func TestSettingThatTheDriverDoesNotKnowIsRefused(t *testing.T) {
	_, path := openTemp(t)
	misspelled := settings{{"_foreign_key", "on", "foreign_keys", "1"}}
	_, err := pool(path, 1, misspelled)
	require.ErrorContains(t, err, "foreign_keys is 0, not 1: the driver did not accept _foreign_key=on")

	// What the driver does with WAL when synchronous is not said.
	_, err = pool(path, 1, settings{{"_journal_mode", "WAL", "synchronous", "2"}})
	require.ErrorContains(t, err, "synchronous is 1, not 2")
}

func TestOpenMakesFoldersAndTakesOddNames(t *testing.T) {
	path := filepath.Join(t.TempDir(), "not yet", "50% a?b#c.db")
	db := openAt(t, path, busyTimeout)
	require.NoError(t, db.InsertShipment(t.Context(), shipment("o-1")))
	assert.FileExists(t, path)
}

func TestOpenAgainKeepsTheRows(t *testing.T) {
	path := filepath.Join(t.TempDir(), "shop.db")
	db, err := Open(path)
	require.NoError(t, err)
	require.NoError(t, db.InsertShipment(t.Context(), shipment("o-1")))
	require.NoError(t, db.Close())

	found, err := openAt(t, path, busyTimeout).FindShipment(t.Context(), "o-1")
	require.NoError(t, err)
	assert.NotNil(t, found)
}

func TestLook(t *testing.T) {
	db, path := openTemp(t)
	require.NoError(t, db.InsertShipment(t.Context(), shipment("o-1")))
	looks, err := Look(path)
	require.NoError(t, err)
	defer looks.Close()
	found, err := looks.FindShipment(t.Context(), "o-1")
	require.NoError(t, err)
	assert.NotNil(t, found)
	_, err = looks.reader.Exec("DELETE FROM shipments")
	require.ErrorContains(t, err, "readonly")

	_, err = Look(filepath.Join(t.TempDir(), "shop.db"))
	require.Error(t, err, "it must not make one")
}

func TestOpenSaysWhichFile(t *testing.T) {
	_, err := Open(t.TempDir())
	require.ErrorContains(t, err, "open the shop's database "+t.TempDir()[:5])
}

func TestManyOpenANewFileAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "shop.db")
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() {
			db, err := open(path, busyTimeout)
			if assert.NoError(t, err) {
				assert.NoError(t, db.Close())
			}
		})
	}
	all.Wait()
}

func TestWriteIsAllOrNothing(t *testing.T) {
	db, _ := openTemp(t)
	ctx := t.Context()
	err := db.Write(ctx, func(tx *sql.Tx) error {
		_, err := tx.Exec(insertShipment, "ship-o-1", "o-1", "trk-1", Booked)
		require.NoError(t, err)
		return context.Canceled
	})
	require.ErrorIs(t, err, context.Canceled)
	found, err := db.FindShipment(ctx, "o-1")
	require.NoError(t, err)
	assert.Nil(t, found)

	// And the one connection is free for the next.
	require.NoError(t, db.InsertShipment(ctx, shipment("o-1")))
}

// What the comment of Write says of a context that ends, a panic, and a write inside of
// a write.
func TestWriteThatIsBrokenOffWritesNothing(t *testing.T) {
	db, _ := openTemp(t)
	ctx, cancel := context.WithCancel(t.Context())
	err := db.Write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, insertShipment, "ship-a", "a", "trk-a", Booked)
		cancel()
		return err
	})
	// The rollback that the end of ctx starts may come before the commit, or after it has begun.
	require.Contains(t, []error{context.Canceled, sql.ErrTxDone}, err)
	require.Panics(t, func() {
		db.Write(t.Context(), func(tx *sql.Tx) error {
			tx.ExecContext(t.Context(), insertShipment, "ship-b", "b", "trk-b", Booked)
			panic("in the middle")
		})
	})
	ctx, cancel = context.WithTimeout(t.Context(), quickly)
	defer cancel()
	require.ErrorIs(t, db.Write(ctx, func(tx *sql.Tx) error {
		return db.InsertShipment(ctx, shipment("c"))
	}), context.DeadlineExceeded)
	require.Empty(t, texts(t, db, "SELECT id FROM shipments"))
}

func TestReadersDoNotWaitAndCannotWrite(t *testing.T) {
	db, _ := openTemp(t)
	ctx := t.Context()
	require.NoError(t, db.InsertShipment(ctx, shipment("o-1")))
	err := db.Write(ctx, func(tx *sql.Tx) error {
		_, err := tx.Exec(insertShipment, "ship-o-2", "o-2", "trk-2", Booked)
		require.NoError(t, err)
		found, err := db.FindShipment(ctx, "o-1")
		require.NoError(t, err)
		assert.NotNil(t, found)
		found, err = db.FindShipment(ctx, "o-2")
		require.NoError(t, err)
		assert.Nil(t, found, "it is not committed yet")
		return nil
	})
	require.NoError(t, err)
	_, err = db.reader.Exec("DELETE FROM shipments")
	require.ErrorContains(t, err, "readonly")
}

func TestManyWriters(t *testing.T) {
	db, path := openTemp(t)
	other := openAt(t, path, busyTimeout) // stands for a second process
	var all sync.WaitGroup
	for i := range 40 {
		all.Go(func() {
			at := db
			if i%2 == 0 {
				at = other
			}
			assert.NoError(t, at.InsertShipment(t.Context(), shipment(fmt.Sprintf("o-%d", i))))
		})
	}
	all.Wait()
	assert.Len(t, texts(t, db, "SELECT id FROM shipments"), 40)
}
