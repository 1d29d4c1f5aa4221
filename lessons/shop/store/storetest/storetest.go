// Package storetest has the tests that hold for every implementation of [store.Store].
package storetest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/workbook/lessons/shop/store"
)

// Run runs the tests. Each calls open for a store without rows.
func Run(t *testing.T, open func(t *testing.T) store.Store) {
	for name, test := range map[string]func(*testing.T, store.Store){
		"orders":                 testOrders,
		"orders that fail":       testOrdersThatFail,
		"payments":               testPayments,
		"payments that fail":     testPaymentsThatFail,
		"refunds":                testRefunds,
		"failures":               testFailures,
		"shipments":              testShipments,
		"a shipment is there":    testShipmentIsThere,
		"history":                testHistory,
		"kinds of error":         testKinds,
		"a transaction":          testTransaction,
		"a query":                testQuery,
		"many at once":           testManyAtOnce,
		"the same row, at once":  testSameRowAtOnce,
		"failures at once":       testFailuresAtOnce,
		"a context that is done": testDone,
	} {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

// Shipment returns the shipment of an order, with the status BOOKED.
func Shipment(order string) store.Shipment {
	return store.Shipment{ID: "ship-" + order, OrderID: order, TrackingID: "trk-" + order, Status: store.Booked}
}

func newOrder(id string) store.Order {
	return store.Order{ID: id, CustomerID: "ann", AmountCents: 2500}
}

func newPayment(order string) store.Payment {
	return store.Payment{ID: "pay-" + order, OrderID: order, AmountCents: 2500}
}

// twice runs a method again, as a step that was interrupted does.
func twice(t *testing.T, f func() error) {
	t.Helper()
	require.NoError(t, f())
	require.NoError(t, f(), "the second run")
}

const timeFormat = `^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$`

// history returns the statuses that a row has had.
func history(t *testing.T, db store.Store, of, id string) (all []string) {
	t.Helper()
	return column(t, db, fmt.Sprintf(`SELECT status FROM %s_history WHERE %s_id = $1 ORDER BY n`, of, of), id)
}

// column returns the first column of a query's rows.
func column(t *testing.T, db store.Store, query string, args ...any) (all []string) {
	t.Helper()
	require.NoError(t, db.Read(t.Context(), query, func(scan func(...any) error) error {
		var s string
		err := scan(&s)
		all = append(all, s)
		return err
	}, args...))
	return all
}

func statement(t *testing.T, db store.Store, text string) error {
	t.Helper()
	return db.Write(t.Context(), func(tx *sql.Tx) error {
		_, err := tx.ExecContext(t.Context(), text)
		return err
	})
}

func testOrders(t *testing.T, db store.Store) {
	ctx := t.Context()
	none, err := db.FindOrder(ctx, "o-1")
	require.NoError(t, err)
	require.Nil(t, none)

	begun, err := db.BeginOrder(ctx, newOrder("o-1"))
	require.NoError(t, err)
	require.Regexp(t, timeFormat, begun.CreatedAt)
	want := newOrder("o-1")
	want.Status, want.CreatedAt = store.Pending, begun.CreatedAt
	require.Equal(t, want, begun)

	other := newOrder("o-1")
	other.AmountCents = 9
	again, err := db.BeginOrder(ctx, other)
	require.NoError(t, err)
	require.Equal(t, begun, again, "the row that is there")
	require.True(t, store.IsConflict(db.InsertOrder(ctx, other)))

	require.NoError(t, db.FinishOrder(ctx, "o-1", "ship-o-1"), "not PAID yet: nothing changes")
	twice(t, func() error { return db.PayOrder(ctx, "o-1", "pay-o-1") })
	twice(t, func() error { return db.FinishOrder(ctx, "o-1", "ship-o-1") })
	require.NoError(t, db.FailOrder(ctx, "o-1", store.Failure{Code: 500, Reason: "late"}), "COMPLETED: nothing changes")
	require.NoError(t, db.PayOrder(ctx, "o-1", "pay-o-1"))
	found, err := db.FindOrder(ctx, "o-1")
	require.NoError(t, err)
	want.Status, want.PaymentID, want.ShipmentID = store.Completed, "pay-o-1", "ship-o-1"
	require.Equal(t, want, *found)
	require.Equal(t, []string{store.Pending, store.Paid, store.Shipped, store.Completed}, history(t, db, "order", "o-1"))

	require.NoError(t, db.InsertOrder(ctx, newOrder("o-2")))
	require.NoError(t, db.PayOrder(ctx, "o-2", "pay-o-2"))
	twice(t, func() error { return db.ShipOrder(ctx, "o-2", "ship-o-2") })
	require.Equal(t, []string{store.Pending, store.Paid, store.Shipped}, history(t, db, "order", "o-2"))
	twice(t, func() error { return db.CompleteOrder(ctx, "o-2") })
	require.Equal(t, []string{store.Pending, store.Paid, store.Shipped, store.Completed}, history(t, db, "order", "o-2"))
}

func testOrdersThatFail(t *testing.T, db store.Store) {
	ctx := t.Context()
	_, err := db.BeginOrder(ctx, newOrder("o-1"))
	require.NoError(t, err)
	require.NoError(t, db.FailOrder(ctx, "o-1", store.Failure{Code: 402, Reason: "declined"}))
	require.NoError(t, db.FailOrder(ctx, "o-1", store.Failure{Code: 500, Reason: "another"}))
	found, err := db.FindOrder(ctx, "o-1")
	require.NoError(t, err)
	require.Equal(t, store.Failure{Code: 402, Reason: "declined"}, found.Failure, "the first reason stays")
	require.NoError(t, db.PayOrder(ctx, "o-1", "pay-o-1"))
	require.Equal(t, []string{store.Pending, store.Failed}, history(t, db, "order", "o-1"))
	require.NoError(t, db.FailOrder(ctx, "o-9", store.Failure{Code: 402, Reason: "declined"}), "an order without a row")
}

func testPayments(t *testing.T, db store.Store) {
	ctx := t.Context()
	begun, err := db.BeginPayment(ctx, newPayment("o-1"))
	require.NoError(t, err)
	want := newPayment("o-1")
	want.Status, want.CreatedAt = store.Processing, begun.CreatedAt
	require.Equal(t, want, begun)
	require.Regexp(t, timeFormat, begun.CreatedAt)
	other := newPayment("o-1")
	other.AmountCents = 9
	again, err := db.BeginPayment(ctx, other)
	require.NoError(t, err)
	require.Equal(t, begun, again)
	require.True(t, store.IsConflict(db.InsertPayment(ctx, newPayment("o-1"))))

	twice(t, func() error { return db.CompletePayment(ctx, "pay-o-1", "ch-1") })
	require.NoError(t, db.FailPayment(ctx, "pay-o-1", store.Failure{Code: 402, Reason: "declined"}), "COMPLETED: nothing changes")
	found, err := db.FindPayment(ctx, "pay-o-1")
	require.NoError(t, err)
	want.Status, want.ChargeID = store.Completed, "ch-1"
	require.Equal(t, want, *found)
	require.Equal(t, []string{store.Processing, store.Completed}, history(t, db, "payment", "pay-o-1"))

	// PutPayment overwrites the charge.
	twice(t, func() error { return db.PutPayment(ctx, other) })
	found, err = db.FindPayment(ctx, "pay-o-1")
	require.NoError(t, err)
	want.Status, want.ChargeID, want.AmountCents = store.Processing, "", 9
	require.Equal(t, want, *found)
	require.Equal(t, []string{store.Processing, store.Completed, store.Processing}, history(t, db, "payment", "pay-o-1"))

	// One charge pays for one order.
	require.NoError(t, db.InsertPayment(ctx, newPayment("o-2")))
	require.NoError(t, db.CompletePayment(ctx, "pay-o-1", "ch-1"))
	require.True(t, store.IsConflict(db.CompletePayment(ctx, "pay-o-2", "ch-1")))
}

func testPaymentsThatFail(t *testing.T, db store.Store) {
	ctx := t.Context()
	require.NoError(t, db.InsertPayment(ctx, newPayment("o-1")))
	require.NoError(t, db.FailPayment(ctx, "pay-o-1", store.Failure{Code: 402, Reason: "declined"}))
	require.NoError(t, db.FailPayment(ctx, "pay-o-1", store.Failure{Code: 502, Reason: "another"}))
	require.NoError(t, db.CompletePayment(ctx, "pay-o-1", "ch-1"))
	found, err := db.FindPayment(ctx, "pay-o-1")
	require.NoError(t, err)
	require.Equal(t, store.Failed, found.Status)
	require.Equal(t, store.Failure{Code: 402, Reason: "declined"}, found.Failure)
	none, err := db.FindPayment(ctx, "pay-o-9")
	require.NoError(t, err)
	require.Nil(t, none)
}

func testRefunds(t *testing.T, db store.Store) {
	ctx := t.Context()
	for order, c := range map[string]struct {
		before func(id string) error
		status string
	}{
		"o-none":       {func(string) error { return nil }, store.Refunded},
		"o-processing": {func(string) error { return db.InsertPayment(ctx, newPayment("o-processing")) }, store.Refunded},
		"o-completed": {func(id string) error {
			return errors.Join(db.InsertPayment(ctx, newPayment("o-completed")), db.CompletePayment(ctx, id, "ch-1"))
		}, store.Refunded},
		"o-failed": {func(id string) error {
			return errors.Join(db.InsertPayment(ctx, newPayment("o-failed")), db.FailPayment(ctx, id, store.Failure{Code: 402, Reason: "declined"}))
		}, store.Failed},
	} {
		require.NoError(t, c.before("pay-"+order))
		first, err := db.RefundPayment(ctx, newPayment(order))
		require.NoError(t, err, order)
		require.Equal(t, c.status, first.Status, order)
		again, err := db.RefundPayment(ctx, newPayment(order))
		require.NoError(t, err, order)
		require.Equal(t, first, again, order)
		require.NoError(t, db.CompletePayment(ctx, "pay-"+order, "ch-late"), "nobody can pay any more")
		found, err := db.FindPayment(ctx, "pay-"+order)
		require.NoError(t, err)
		require.Equal(t, first, *found)
	}
}

func testFailures(t *testing.T, db store.Store) {
	ctx := t.Context()
	_, err := db.NoteFailure(ctx, "pay-o-1", 12, "no answer")
	require.True(t, store.IsInvalid(err), "there is no such payment: %v", err)
	require.NoError(t, db.InsertPayment(ctx, newPayment("o-1")))
	for n, roll := range []int{12, -1, 99} {
		failures, err := db.NoteFailure(ctx, "pay-o-1", roll, "no answer")
		require.NoError(t, err)
		require.Equal(t, n+1, failures)
	}
	require.Equal(t, []string{"12", "none", "99"}, column(t, db, `SELECT coalesce(CAST(roll AS text), 'none') FROM payment_failures ORDER BY n`))
	_, err = db.NoteFailure(ctx, "pay-o-1", 100, "no answer")
	require.True(t, store.IsInvalid(err), "%v", err)
}

func testShipments(t *testing.T, db store.Store) {
	found, err := db.FindShipment(t.Context(), "o-1")
	require.NoError(t, err)
	require.Nil(t, found)

	require.NoError(t, db.InsertShipment(t.Context(), Shipment("o-1")))
	found, err = db.FindShipment(t.Context(), "o-1")
	require.NoError(t, err)
	assert.Regexp(t, timeFormat, found.CreatedAt)
	found.CreatedAt = ""
	assert.Equal(t, Shipment("o-1"), *found)
}

// deliver is what the carrier's word does to a row.
func deliver(t *testing.T, db store.Store, order string) {
	t.Helper()
	require.NoError(t, statement(t, db, "UPDATE shipments SET status = 'DELIVERED' WHERE order_id = '"+order+"'"))
}

// The three ways to write a row differ in what they do to one that is there.
func testShipmentIsThere(t *testing.T, db store.Store) {
	ctx := t.Context()
	again := func(order string) store.Shipment {
		s := Shipment(order)
		s.TrackingID = "again-" + order
		return s
	}
	requireRow := func(order, tracking string, statuses ...string) {
		t.Helper()
		found, err := db.FindShipment(ctx, order)
		require.NoError(t, err)
		require.Equal(t, tracking, found.TrackingID)
		require.Equal(t, statuses, history(t, db, "shipment", "ship-"+order))
	}

	require.NoError(t, db.InsertShipment(ctx, Shipment("o-1")))
	deliver(t, db, "o-1")
	require.True(t, store.IsConflict(db.InsertShipment(ctx, again("o-1"))))
	requireRow("o-1", "trk-o-1", store.Booked, store.Delivered)

	require.NoError(t, db.InsertShipmentIfAbsent(ctx, Shipment("o-2")))
	deliver(t, db, "o-2")
	require.NoError(t, db.InsertShipmentIfAbsent(ctx, again("o-2")))
	requireRow("o-2", "trk-o-2", store.Booked, store.Delivered)

	require.NoError(t, db.PutShipment(ctx, Shipment("o-3")))
	deliver(t, db, "o-3")
	twice(t, func() error { return db.PutShipment(ctx, again("o-3")) })
	requireRow("o-3", "again-o-3", store.Booked, store.Delivered, store.Booked)

	// A booking of another order is a conflict.
	stolen := Shipment("o-4")
	stolen.TrackingID = "trk-o-1"
	for name, write := range map[string]func(context.Context, store.Shipment) error{
		"insert": db.InsertShipment, "if absent": db.InsertShipmentIfAbsent, "put": db.PutShipment,
	} {
		err := write(ctx, stolen)
		require.True(t, store.IsConflict(err), "%s: %v", name, err)
	}
	stolen = Shipment("o-3")
	stolen.TrackingID = "trk-o-1"
	err := db.PutShipment(ctx, stolen)
	require.True(t, store.IsConflict(err), "%v", err)
}

// The history has changes only.
func testHistory(t *testing.T, db store.Store) {
	require.NoError(t, db.InsertShipment(t.Context(), Shipment("o-1")))
	deliver(t, db, "o-1")
	deliver(t, db, "o-1")
	assert.Equal(t, []string{store.Booked, store.Delivered}, history(t, db, "shipment", "ship-o-1"))

	err := statement(t, db, "DELETE FROM shipments")
	assert.True(t, store.IsInvalid(err), "a row with a history stays: %v", err)
}

func testKinds(t *testing.T, db store.Store) {
	require.NoError(t, db.InsertShipment(t.Context(), Shipment("o-1")))
	const insert = `INSERT INTO shipments (id, order_id, tracking_id, status) VALUES `
	const order = `INSERT INTO orders (id, customer_id, amount_cents, status, payment_id, shipment_id, code, reason) VALUES `
	for _, c := range []struct {
		what  string
		query string
		is    string
	}{
		{"the same order", insert + `('ship-o-1', 'o-1', 'trk-9', 'BOOKED')`, "conflict"},
		{"the same booking", insert + `('ship-o-2', 'o-2', 'trk-o-1', 'BOOKED')`, "conflict"},
		{"an id of its own making", insert + `('o-3', 'o-3', 'trk-3', 'BOOKED')`, "invalid"},
		{"an order id with a blank", insert + `('ship-o 3', 'o 3', 'trk-3', 'BOOKED')`, "invalid"},
		{"an order id with a line break", insert + "('ship-o\n', 'o\n', 'trk-3', 'BOOKED')", "invalid"},
		{"no order id", insert + `('ship-', '', 'trk-3', 'BOOKED')`, "invalid"},
		{"no booking", insert + `('ship-o-3', 'o-3', '', 'BOOKED')`, "invalid"},
		{"NULL", insert + `('ship-o-3', 'o-3', NULL, 'BOOKED')`, "invalid"},
		{"a status that does not exist", insert + `('ship-o-3', 'o-3', 'trk-3', 'SENT')`, "invalid"},
		{"a row that points nowhere", `INSERT INTO shipment_history (shipment_id, status) VALUES ('ship-o-7', 'BOOKED')`, "invalid"},
		{"a type that is not the column's", order + `('o-4', 'ann', 'much', 'PENDING', NULL, NULL, NULL, NULL)`, "invalid"},
		{"no money", order + `('o-4', 'ann', 0, 'PENDING', NULL, NULL, NULL, NULL)`, "invalid"},
		{"another's payment", order + `('o-4', 'ann', 1, 'PAID', 'pay-o-5', NULL, NULL, NULL)`, "invalid"},
		{"paid without a payment", order + `('o-4', 'ann', 1, 'PAID', NULL, NULL, NULL, NULL)`, "invalid"},
		{"shipped without a shipment", order + `('o-4', 'ann', 1, 'SHIPPED', 'pay-o-4', NULL, NULL, NULL)`, "invalid"},
		{"failed without a reason", order + `('o-4', 'ann', 1, 'FAILED', NULL, NULL, 402, NULL)`, "invalid"},
		{"a reason without a failure", order + `('o-4', 'ann', 1, 'PENDING', NULL, NULL, 402, 'declined')`, "invalid"},
		{"completed without a charge", `INSERT INTO payments (id, order_id, amount_cents, status) VALUES ('pay-o-4', 'o-4', 1, 'COMPLETED')`, "invalid"},
		{"a syntax error", `INSERT INTO shipments`, ""},
	} {
		err := statement(t, db, c.query)
		require.Error(t, err, c.what)
		err = fmt.Errorf("wrapped: %w", err)
		assert.Equal(t, c.is == "conflict", store.IsConflict(err), "%s: conflict: %v", c.what, err)
		assert.Equal(t, c.is == "invalid", store.IsInvalid(err), "%s: invalid: %v", c.what, err)
		assert.False(t, store.IsRetryable(err), "%s: retryable: %v", c.what, err)
	}
	long := newOrder("o-5")
	long.CustomerID = fmt.Sprintf("%065d", 1)
	require.True(t, store.IsInvalid(db.InsertOrder(t.Context(), long)))
}

// A transaction writes all or nothing.
func testTransaction(t *testing.T, db store.Store) {
	ctx := t.Context()
	const insert = `INSERT INTO shipments (id, order_id, tracking_id, status) VALUES ($1, $2, $3, $4)`
	add := func(tx *sql.Tx, order string) error {
		_, err := tx.ExecContext(ctx, insert, "ship-"+order, order, "trk-"+order, store.Booked)
		return err
	}
	mine := errors.New("mine")
	err := db.Write(ctx, func(tx *sql.Tx) error {
		return errors.Join(add(tx, "o-1"), mine)
	})
	require.ErrorIs(t, err, mine)
	require.Panics(t, func() {
		db.Write(ctx, func(tx *sql.Tx) error {
			require.NoError(t, add(tx, "o-2"))
			panic("in the middle")
		})
	})
	require.Empty(t, column(t, db, `SELECT id FROM shipments`))
	require.NoError(t, db.Write(ctx, func(tx *sql.Tx) error {
		if err := add(tx, "o-3"); err != nil {
			return err
		}
		found, err := db.FindShipment(ctx, "o-3")
		require.NoError(t, err)
		require.Nil(t, found, "it is not committed yet")
		return add(tx, "o-4")
	}))
	require.Equal(t, []string{"ship-o-3", "ship-o-4"}, column(t, db, `SELECT id FROM shipments ORDER BY id`))
}

func testQuery(t *testing.T, db store.Store) {
	ctx := t.Context()
	for _, id := range []string{"o-2", "o-1"} {
		require.NoError(t, db.InsertOrder(ctx, newOrder(id)))
	}
	require.Equal(t, []string{"o-1", "o-2"}, column(t, db, `SELECT id FROM orders WHERE amount_cents = $1 ORDER BY id`, 2500))
	require.Error(t, db.Read(ctx, `DELETE FROM order_history`, nil), "Read cannot write")
	require.Len(t, history(t, db, "order", "o-1"), 1)
	mine := errors.New("mine")
	require.ErrorIs(t, db.Read(ctx, `SELECT id FROM orders`, func(func(...any) error) error { return mine }), mine)
	require.Error(t, db.Read(ctx, `SELECT nothing FROM nowhere`, nil))
}

func testManyAtOnce(t *testing.T, db store.Store) {
	var all sync.WaitGroup
	for i := range 40 {
		all.Go(func() { assert.NoError(t, db.InsertShipment(t.Context(), Shipment(fmt.Sprintf("o-%d", i)))) })
	}
	all.Wait()
	require.Len(t, column(t, db, `SELECT id FROM shipments`), 40)
}

// Two runs of a step at the same moment are a second run too: an attempt that Restate has
// given up may still run.
func testSameRowAtOnce(t *testing.T, db store.Store) {
	ctx := t.Context()
	for i := range 25 {
		id := fmt.Sprintf("o-%d", i)
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				o, err := db.BeginOrder(ctx, newOrder(id))
				assert.NoError(t, err)
				assert.Equal(t, store.Pending, o.Status)
			})
			all.Go(func() {
				p, err := db.BeginPayment(ctx, newPayment(id))
				assert.NoError(t, err)
				assert.Equal(t, store.Processing, p.Status)
			})
			all.Go(func() { assert.NoError(t, db.InsertShipmentIfAbsent(ctx, Shipment(id))) })
			all.Go(func() { assert.NoError(t, db.PutShipment(ctx, Shipment("put-"+id))) })
			all.Go(func() {
				p, err := db.RefundPayment(ctx, newPayment("refund-"+id))
				assert.NoError(t, err)
				assert.Equal(t, store.Refunded, p.Status)
			})
		}
		all.Wait()
		require.Equal(t, []string{store.Pending}, history(t, db, "order", id))
		require.Equal(t, []string{store.Processing}, history(t, db, "payment", "pay-"+id))
		require.Equal(t, []string{store.Booked}, history(t, db, "shipment", "ship-"+id))
	}
}

// Each failure is counted, so that one of them is the tenth.
func testFailuresAtOnce(t *testing.T, db store.Store) {
	require.NoError(t, db.InsertPayment(t.Context(), newPayment("o-1")))
	var all sync.WaitGroup
	counts := make([]int, 20)
	for i := range counts {
		all.Go(func() {
			var err error
			counts[i], err = db.NoteFailure(t.Context(), "pay-o-1", 1, "no answer")
			assert.NoError(t, err)
		})
	}
	all.Wait()
	var want []int
	for n := range counts {
		want = append(want, n+1)
	}
	require.ElementsMatch(t, want, counts)
}

func testDone(t *testing.T, db store.Store) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, db.InsertOrder(ctx, newOrder("o-1")), context.Canceled)
	_, err := db.BeginOrder(ctx, newOrder("o-1"))
	require.ErrorIs(t, err, context.Canceled)
	_, err = db.FindOrder(ctx, "o-1")
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorIs(t, db.Write(ctx, func(*sql.Tx) error { return nil }), context.Canceled)
	require.Empty(t, column(t, db, `SELECT id FROM orders`))
}

// InsertFive writes five rows, and prints a line after each. It is for a process that
// RunFailpoint kills.
func InsertFive(db store.Store) {
	for i := range 5 {
		if err := db.InsertShipmentIfAbsent(context.Background(), Shipment(fmt.Sprintf("o-%d", i))); err != nil {
			panic(err)
		}
		fmt.Println(i)
	}
}

// RunFailpoint tests that SHOP_FAILPOINT kills a process. child returns a command that
// calls InsertFive for the database db.
func RunFailpoint(t *testing.T, db store.Store, child func() *exec.Cmd) {
	start := func(file string) (string, error) {
		cmd := child()
		cmd.Env = append(cmd.Environ(), "SHOP_FAILPOINT="+file)
		cmd.Stderr = os.Stderr
		out, err := cmd.Output()
		return string(out), err
	}
	file := filepath.Join(t.TempDir(), "failpoint")
	require.NoError(t, os.WriteFile(file, []byte("3\n"), 0o666))
	out, err := start(file)
	var ended *exec.ExitError
	require.ErrorAs(t, err, &ended)
	require.Equal(t, syscall.SIGKILL, ended.Sys().(syscall.WaitStatus).Signal())
	require.Equal(t, "0\n1\n", out, "it printed nothing about the third row")
	require.Len(t, column(t, db, `SELECT id FROM shipments`), 3, "but the row is there")
	require.NoFileExists(t, file, "so that the next process lives")

	out, err = start(file)
	require.NoError(t, err)
	require.Equal(t, "0\n1\n2\n3\n4\n", out)
	require.Len(t, column(t, db, `SELECT id FROM shipments`), 5)

	for _, text := range []string{"", "0", "-1", "soon"} {
		require.NoError(t, os.WriteFile(file, []byte(text), 0o666))
		_, err := start(file)
		require.NoError(t, err, "%q", text)
	}
}
