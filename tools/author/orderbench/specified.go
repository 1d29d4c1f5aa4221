package main

import (
	"context"
	"fmt"
	"time"

	"example.com/workbook/tools/sandbox"
)

// measureSpecified measures the gateway of the specification, 5 s and 40 % failures,
// with 200 orders at once.
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
	fmt.Printf("\nas specified (5 s, 40 %%), %d orders at once: %.1f s; the slowest one's own %d attempts and back-off %.0f s; ratio %.2f (on the disk: log+rows)\n",
		n, took.Seconds(), most, own.Seconds(), took.Seconds()/own.Seconds())
	return r.printMemory("memory after them", 0)
}

// findMostAttempts returns how often the gateway was asked for one and the same
// charge, at the most.
func (r *rig) findMostAttempts(ctx context.Context) (most int, err error) {
	attempts, err := r.countAttempts(ctx)
	for _, n := range attempts {
		most = max(most, n)
	}
	return most, err
}

// countAttempts returns the number of charge requests by key.
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

// leastTime returns the least time that so many attempts take, with lesson 5's back-off
// between them: twice as long each time, ten times the first at the most.
func leastTime(attempts int, gateway, first time.Duration) time.Duration {
	took := time.Duration(attempts) * gateway
	for n, wait := 1, first; n < attempts; n, wait = n+1, min(2*wait, 10*first) {
		took += wait
	}
	return took
}
