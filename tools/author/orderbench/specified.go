package main

import (
	"context"
	"fmt"
	"time"

	"example.com/workbook/tools/sandbox"
)

// measureSpecified measures 200 orders at the same time, with the gateway of the specification: 5 s
// for a charge, and 40 % failures.
func measureSpecified(ctx context.Context, b *bench) error {
	const gateway = 5 * time.Second
	r, err := startRig(ctx, b.root, b.binary, setting{
		outside: []string{"-latency", gateway.String(), "-fail", "40", "-seed", "1"},
		shop:    []string{"GATEWAY_DELAY=" + gateway.String()},
	})
	if err != nil {
		return err
	}
	defer r.stop()
	n := b.scaleDown(200)
	took, err := r.placeOrders(ctx, "s", n, n, 0)
	if err != nil {
		return err
	}
	most, err := r.findMostAttempts(ctx)
	if err != nil {
		return err
	}
	own := leastTime(most, gateway, time.Second)
	fmt.Printf("\nas specified (5 s, 40 %%), %d orders at once: %.1f s; the %d attempts of the slowest order take at least %.0f s; ratio %.2f (on the disk: log+rows)\n",
		n, took.Seconds(), most, own.Seconds(), took.Seconds()/own.Seconds())
	return r.printRoom("after the orders")
}

// findMostAttempts returns the largest number of requests that the gateway got for one charge.
func (r *rig) findMostAttempts(ctx context.Context) (most int, err error) {
	attempts, err := r.countAttempts(ctx)
	for _, n := range attempts {
		most = max(most, n)
	}
	return most, err
}

// countAttempts returns how many charge requests each key has had.
func (r *rig) countAttempts(ctx context.Context) (map[string]int, error) {
	ledger, err := r.outside.Ledger(ctx, "")
	attempts := map[string]int{}
	for _, e := range ledger {
		if e.What == sandbox.Request && e.Kind == sandbox.Charge {
			attempts[e.Key]++
		}
	}
	return attempts, err
}

// leastTime returns the least time that so many attempts can take. It includes lesson 5's back-off
// between them, which doubles each time, up to ten times the first.
func leastTime(attempts int, gateway, first time.Duration) time.Duration {
	took := time.Duration(attempts) * gateway
	for n, wait := 1, first; n < attempts; n, wait = n+1, min(2*wait, 10*first) {
		took += wait
	}
	return took
}
