package main

import (
	"context"
	"fmt"
)

// measureGrowth measures whether an order costs more after many other orders. Restate keeps the
// journals of orders for a day. The database and the ledger keep orders for ever.
func measureGrowth(ctx context.Context, b *bench) error {
	r, err := startRig(ctx, b.root, b.binary, setting{})
	if err != nil {
		return err
	}
	defer r.stop()
	const clients = 16
	if err := r.printRoom("before the orders"); err != nil {
		return err
	}
	m := &meter{rig: r, bench: b}
	fmt.Println("\norders so far   orders a second, 16 clients | CPU ms an order: program  server  gateway | on the disk: log+rows")
	for _, already := range []int{100, 1000, 10000} {
		if _, err := m.measureOrders(ctx, clients, max(b.scaleDown(already)-m.sent, 1)); err != nil {
			return err
		}
		at := m.sent
		s, err := m.measureOrders(ctx, clients, b.scaleDown(500))
		if err != nil {
			return err
		}
		fmt.Printf("%13d %29.1f | %24.1f %7.1f %8.1f\n", at, s.rate, s.ms[programs], s.ms[servers], s.ms[gateways])
	}
	return r.printRoom("after the orders")
}
