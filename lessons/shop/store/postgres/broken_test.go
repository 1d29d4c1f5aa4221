package postgres

import (
	"context"
	"database/sql"
	"errors"
	"io"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/workbook/lessons/shop/store"
	"example.com/workbook/lessons/shop/store/storetest"
	"example.com/workbook/tools/postgres"
	"example.com/workbook/tools/postgres/door"
)

// openDoor returns a door to the database, and the address of the database through it.
func openDoor(t *testing.T, address string) (*door.Door, string) {
	t.Helper()
	config, err := pgx.ParseConfig(address)
	require.NoError(t, err)
	d, err := door.Open(t.TempDir(), config.Host)
	require.NoError(t, err)
	t.Cleanup(func() { d.Close() })
	return d, d.Address(postgres.User) + "&search_path=" + config.RuntimeParams["search_path"]
}

// Whether the rows were written, the driver does not know. The error is of no kind, and a
// second run is right.
func TestLostCommit(t *testing.T) {
	t.Parallel()
	for _, arrives := range []bool{false, true} {
		name := map[bool]string{false: "COMMIT does not arrive", true: "the answer does not arrive"}[arrives]
		t.Run(name, func(t *testing.T) {
			address := newDatabase(t)
			d, through := openDoor(t, address)
			db, watch := openAt(t, through), openAt(t, address)
			order := store.Order{ID: "o-1", CustomerID: "ann", AmountCents: 2500}
			payment := store.Payment{ID: "pay-o-1", OrderID: "o-1", AmountCents: 2500}
			for _, c := range []struct {
				name string
				run  func(context.Context) error
				done string // a query of whether it was done
			}{
				{"a transaction", func(ctx context.Context) error { _, err := db.BeginOrder(ctx, order); return err },
					`SELECT count(*) FROM orders`},
				{"a statement", func(ctx context.Context) error { return db.PayOrder(ctx, "o-1", "pay-o-1") },
					`SELECT count(*) FROM orders WHERE status = 'PAID'`},
				{"a transaction of two changes", func(ctx context.Context) error { return db.FinishOrder(ctx, "o-1", "ship-o-1") },
					`SELECT count(*) FROM orders WHERE status = 'COMPLETED'`},
				{"an insert", func(ctx context.Context) error { return db.InsertShipmentIfAbsent(ctx, storetest.Shipment("o-1")) },
					`SELECT count(*) FROM shipments`},
				{"a payment", func(ctx context.Context) error { _, err := db.BeginPayment(ctx, payment); return err },
					`SELECT count(*) FROM payments`},
				{"a refund", func(ctx context.Context) error { _, err := db.RefundPayment(ctx, payment); return err },
					`SELECT count(*) FROM payments WHERE status = 'REFUNDED'`},
				{"own SQL", func(ctx context.Context) error {
					return db.Write(ctx, func(tx *sql.Tx) error {
						_, err := tx.ExecContext(ctx, `UPDATE shipments SET status = 'DELIVERED'`)
						return err
					})
				}, `SELECT count(*) FROM shipments WHERE status = 'DELIVERED'`},
			} {
				cut := d.Arm(arrives)
				err := c.run(t.Context())
				require.Error(t, err, c.name)
				require.True(t, cut.Hit())
				assert.False(t, store.IsRetryable(err) || store.IsConflict(err) || store.IsInvalid(err), "%s: %v", c.name, err)
				var n int
				require.NoError(t, watch.pool.QueryRow(t.Context(), c.done).Scan(&n))
				if arrives {
					require.Equal(t, 1, n, "%s was done", c.name)
				} else {
					require.Equal(t, 0, n, "%s was not done", c.name)
				}
				require.NoError(t, c.run(t.Context()), c.name)
				require.NoError(t, watch.pool.QueryRow(t.Context(), c.done).Scan(&n))
				require.Equal(t, 1, n, "%s, again", c.name)
			}
		})
	}
}

// PostgreSQL is killed and starts again. The pool heals by itself, and what was
// committed is there.
func TestServerThatIsKilled(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	defer s.Stop()
	db := openAt(t, s.Address())
	require.NoError(t, db.InsertShipment(t.Context(), storetest.Shipment("o-1")))
	require.NoError(t, s.Kill())
	for range 12 { // more than the pool has connections
		err := db.InsertShipmentIfAbsent(t.Context(), storetest.Shipment("o-2"))
		require.Error(t, err)
	}
	err := db.InsertShipmentIfAbsent(t.Context(), storetest.Shipment("o-2"))
	require.True(t, store.IsRetryable(err), "nothing was sent: %v", err)
	_, err = db.FindShipment(t.Context(), "o-1")
	require.True(t, store.IsRetryable(err), "%v", err)
	err = db.Write(t.Context(), func(*sql.Tx) error { return nil })
	require.True(t, store.IsRetryable(err), "%v", err)

	require.NoError(t, s.Restart(t.Context()))
	require.NoError(t, db.InsertShipmentIfAbsent(t.Context(), storetest.Shipment("o-2")))
	for _, order := range []string{"o-1", "o-2"} {
		found, err := db.FindShipment(t.Context(), order)
		require.NoError(t, err)
		require.NotNil(t, found)
	}
}

// The error that PostgreSQL gives by chance, if two programs insert the same row.
func TestSettle(t *testing.T) {
	t.Parallel()
	conflict := &pgconn.PgError{Code: "23505"}
	for _, c := range []struct {
		errs []error
		want error
		runs int
	}{
		{[]error{nil}, nil, 1},
		{[]error{conflict, nil}, nil, 2},
		{[]error{conflict, conflict, nil}, conflict, 2},
		{[]error{io.EOF, nil}, io.EOF, 1},
	} {
		runs := 0
		err := settle(func() error { runs++; return c.errs[runs-1] })
		require.Equal(t, c.want, err)
		require.Equal(t, c.runs, runs)
	}
}

// A transaction that waits for another one gives up.
func TestLocked(t *testing.T) {
	t.Parallel()
	address := newDatabase(t)
	db := openAt(t, address)
	require.NoError(t, db.InsertShipment(t.Context(), storetest.Shipment("o-1")))
	other := openAt(t, address)
	err := other.Write(t.Context(), func(tx *sql.Tx) error {
		_, err := tx.Exec(`SELECT FROM shipments FOR UPDATE`)
		require.NoError(t, err)
		found, err := db.FindShipment(t.Context(), "o-1")
		require.NoError(t, err, "who reads does not wait")
		require.NotNil(t, found)
		require.NoError(t, db.InsertShipment(t.Context(), storetest.Shipment("o-2")), "nor who writes another row")
		err = db.PutShipment(t.Context(), storetest.Shipment("o-1"))
		require.True(t, store.IsRetryable(err), "%v", err)
		require.False(t, store.IsConflict(err) || store.IsInvalid(err))
		return nil
	})
	require.NoError(t, err)
	require.NoError(t, db.PutShipment(t.Context(), storetest.Shipment("o-1")))
}

// A server that stands still answers nothing and closes nothing.
func TestServerThatHangs(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	defer s.Stop()
	db := openAt(t, s.Address())
	c, err := db.pool.Acquire(t.Context())
	require.NoError(t, err)
	backend := int(c.Conn().PgConn().PID())
	c.Release()
	for _, pid := range []int{backend, s.Pid()} {
		require.NoError(t, syscall.Kill(pid, syscall.SIGSTOP))
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	err = db.InsertShipment(ctx, storetest.Shipment("o-1"))
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.False(t, errors.Is(err, os.ErrNotExist))
	for _, pid := range []int{s.Pid(), backend} {
		require.NoError(t, syscall.Kill(pid, syscall.SIGCONT))
	}
	require.NoError(t, db.InsertShipmentIfAbsent(t.Context(), storetest.Shipment("o-1")))
}
