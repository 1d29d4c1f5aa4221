package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/workbook/lessons/shop/store"
	"example.com/workbook/tools/sandbox"
)

// The test runs the four orders of lesson 6.2 with the gateway of the specification: a charge takes
// 5 s, and rolls below 40 fail. The orders run at the same time, so the test takes as long as the
// slowest order.
func TestFourOrdersAtFiveSeconds(t *testing.T) {
	t.Parallel()
	r := openShop(t, setting{
		outside: []string{"-latency", "5s", "-fail", "40"},
		shop:    []string{"GATEWAY_DELAY=5s", "RETRY_FIRST=1s"},
	})
	orders := []struct {
		id    string
		rolls []int
		least time.Duration // 5 s for each attempt, and 1, 2 and 4 s between them
	}{
		{"one", []int{67}, 5 * time.Second},
		{"two", []int{23, 55}, 11 * time.Second},
		{"three", []int{12, 38, 82}, 18 * time.Second},
		{"four", []int{15, 8, 31, 72}, 27 * time.Second},
	}
	for _, o := range orders {
		require.NoError(t, r.outside.Rolls(t.Context(), o.id, o.rolls...))
	}
	took := make([]time.Duration, len(orders))
	_, err := runClients(len(orders), len(orders), func(i int) error {
		start := time.Now()
		err := r.placeOrder(t.Context(), orders[i-1].id)
		took[i-1] = time.Since(start)
		return err
	})
	require.NoError(t, err)
	require.NoError(t, r.awaitMails(t.Context(), len(orders)))

	r.shop.Kill() // after this, the output is complete
	db, err := store.Open(r.database())
	require.NoError(t, err)
	defer db.Close()
	for i, o := range orders {
		t.Logf("%-5s rolls %-13s took %5.2f s, at least %v", o.id, fmt.Sprint(o.rolls), took[i].Seconds(), o.least)
		require.GreaterOrEqual(t, took[i], o.least, o.id)
		ledger, err := r.outside.Ledger(t.Context(), o.id)
		require.NoError(t, err)
		require.Equal(t, o.rolls, sandbox.Rolls(ledger), o.id)
		for _, kind := range []sandbox.Kind{sandbox.Charge, sandbox.Ship, sandbox.Mail} {
			require.Equal(t, 1, sandbox.Effects(ledger, kind), "%s: %s", o.id, kind)
		}
		require.Equal(t, expectedOutput(o.id, o.rolls), outputOf(r.shop.Output(), o.id))
		require.Equal(t, "PENDING PAID SHIPPED COMPLETED", queryColumn(t, db, `SELECT status FROM order_history WHERE order_id = ? ORDER BY n`, o.id))
		require.Equal(t, "COMPLETED", queryColumn(t, db, `SELECT status FROM payments WHERE order_id = ?`, o.id), "one payment")
	}
}

// expectedOutput returns the lines that the program has to print about an order's payment.
func expectedOutput(id string, rolls []int) []string {
	var lines []string
	say := func(format string, args ...any) {
		lines = append(lines, fmt.Sprintf("[Payment Object pay-"+id+"] "+format, args...))
	}
	for _, roll := range rolls {
		say("Starting payment transaction processing...")
		say("Simulating payment gateway call (5 second delay)")
		if roll < 40 {
			say("❌ Payment attempt FAILED (random=%d < 40) - Restate will retry", roll)
			continue
		}
		say("✅ Payment attempt SUCCEEDED (random=%d >= 40)", roll)
	}
	return lines
}

// outputOf returns the lines that the program has printed about an order's payment.
func outputOf(output, id string) []string {
	var lines []string
	for line := range strings.Lines(output) {
		if strings.HasPrefix(line, "[Payment Object pay-"+id+"] ") {
			lines = append(lines, strings.TrimSuffix(line, "\n"))
		}
	}
	return lines
}

// queryColumn returns the values of a query with one column, from top to bottom.
func queryColumn(t *testing.T, db *store.DB, query, id string) string {
	t.Helper()
	var all []string
	err := db.Read(t.Context(), query, func(scan func(...any) error) error {
		var v string
		err := scan(&v)
		all = append(all, v)
		return err
	}, id)
	require.NoError(t, err)
	return strings.Join(all, " ")
}
