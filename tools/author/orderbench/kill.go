package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"example.com/workbook/lessons/shop/database"
	"example.com/workbook/lessons/shop/store"
	"example.com/workbook/tools/cluster"
	"example.com/workbook/tools/restate"
	"example.com/workbook/tools/sandbox"
	"example.com/workbook/tools/web"
)

// orderLimit is how long a client waits for an order, many times what a change of the leader takes.
const orderLimit = time.Minute

// measureKills kills the node that leads while orders run, several times, and returns lines about
// how long the unluckiest client has waited, and about the starts of the nodes. It returns an error
// if an order is lost, or was not charged once.
func (m *meter) measureKills(ctx context.Context) (lines []string, err error) {
	led, err := m.measureLed(ctx)
	if err != nil {
		return nil, err
	}
	n := m.scaleDown(killLoad.orders)
	var longest, usual []time.Duration
	for range machineKills {
		waits, err := m.killOnce(ctx, m.newPrefix(), n)
		if err != nil {
			return nil, err
		}
		longest, usual = append(longest, slices.Max(waits)), append(usual, medianDuration(waits))
	}
	return []string{
		fmt.Sprintf("three nodes lead every partition %s after their start (median of %d starts)", describe(led), len(led)),
		fmt.Sprintf("kill -9 of the node that leads, %d times, with %d orders of %d clients: the longest wait for an order is %s; the median wait is %s",
			machineKills, n, killLoad.clients, describe(longest), describe(usual)),
		fmt.Sprintf("all %d orders of these kills are COMPLETED, and each was charged once", machineKills*n),
	}, nil
}

// describe returns the median of durations, and the smallest and the largest.
func describe(d []time.Duration) string {
	return fmt.Sprintf("%.2f s (%.2f to %.2f s)", medianDuration(d).Seconds(), slices.Min(d).Seconds(), slices.Max(d).Seconds())
}

// medianDuration returns the median of durations.
func medianDuration(d []time.Duration) time.Duration {
	return time.Duration(medianOf(d, func(d time.Duration) float64 { return float64(d) }))
}

// killOnce places n orders, kills the leader after a third of them, and starts it again after the
// last one. It returns how long the client of each order waited.
func (m *meter) killOnce(ctx context.Context, prefix string, n int) ([]time.Duration, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ids, waits := make([]string, n), make([]time.Duration, n)
	var killed *cluster.Node
	var killErr error
	var once sync.Once
	_, err := runClients(killLoad.clients, n, func(i int) error {
		if i > n/3 {
			once.Do(func() { killed, killErr = m.killLeader(ctx) })
		}
		ids[i-1] = fmt.Sprintf("%s-%d", prefix, i)
		start := time.Now()
		err := m.orderAnyhow(ctx, ids[i-1])
		waits[i-1] = time.Since(start)
		return err
	})
	m.sent += n
	if err := errors.Join(err, killErr); err != nil {
		return nil, err
	}
	if err := errors.Join(killed.Restart(ctx), m.nodes.AwaitLed(ctx)); err != nil {
		return nil, err
	}
	if err := m.awaitMails(ctx, m.sent); err != nil {
		return nil, err
	}
	return waits, m.checkAll(ctx, ids)
}

func (r *rig) killLeader(ctx context.Context) (*cluster.Node, error) {
	leader, err := r.nodes.AwaitLeader(ctx)
	if err != nil {
		return nil, err
	}
	return leader, leader.Kill()
}

// orderAnyhow places an order and returns when the order is COMPLETED. While a node is down, it
// asks another one, again and again. That is harmless because an order runs once.
func (r *rig) orderAnyhow(ctx context.Context, id string) error {
	ctx, cancel := context.WithTimeout(ctx, orderLimit)
	defer cancel()
	ingress := r.nextIngress()
	for _, do := range []func() error{
		func() error {
			_, err := ingress.Send(ctx, restate.Request{Path: "Order/" + id + "/CreateOrder", Body: orderBody})
			return err
		},
		func() error {
			_, err := ingress.AttachWorkflow(ctx, "Order", id)
			return err
		},
	} {
		for err := do(); err != nil; err = do() {
			if ctx.Err() != nil {
				return fmt.Errorf("order %s has no answer after %v: %w", id, orderLimit, err)
			}
			web.Pause(ctx, 50*time.Millisecond)
		}
	}
	return nil
}

// checkAll compares orders with their rows and with the gateway's ledger.
func (r *rig) checkAll(ctx context.Context, ids []string) error {
	db, err := database.Open(ctx, r.database())
	if err != nil {
		return err
	}
	defer db.Close()
	rows := map[string]store.Order{}
	for _, id := range ids {
		row, err := db.FindOrder(ctx, id)
		if err != nil {
			return err
		}
		if row != nil {
			rows[id] = *row
		}
	}
	ledger, err := r.outside.Ledger(ctx, "")
	if err != nil {
		return err
	}
	return checkOrders(ids, rows, ledger)
}

// checkOrders returns an error for each order that is not COMPLETED, or that was not charged
// exactly once.
func checkOrders(ids []string, rows map[string]store.Order, ledger []sandbox.Entry) error {
	charges := map[string]int{}
	for _, e := range ledger {
		if e.What == sandbox.Effect && e.Kind == sandbox.Charge {
			charges[e.Subject]++
		}
	}
	var errs []error
	for _, id := range ids {
		if row, ok := rows[id]; !ok {
			errs = append(errs, fmt.Errorf("order %s is lost: it has no row", id))
		} else if row.Status != store.Completed {
			errs = append(errs, fmt.Errorf("order %s is lost: it is %s", id, row.Status))
		}
		if n := charges[id]; n != 1 {
			errs = append(errs, fmt.Errorf("order %s was charged %d times", id, n))
		}
	}
	return errors.Join(errs...)
}
