package main

import (
	"context"
	"fmt"
	"time"

	"example.com/workbook/tools/process"
	"example.com/workbook/tools/sandbox"
)

// inFlight is how many orders wait for the gateway when the program is killed.
const inFlight = 50

// crash kills the program under its orders, starts it again at once, and waits
// until all are done.
func crash(ctx context.Context, b *bench) error {
	r, err := start(ctx, b.root, b.binary, setting{})
	if err != nil {
		return err
	}
	defer r.stop()
	var took []time.Duration
	for turn := range b.runs {
		d, err := r.crash(ctx, turn)
		if err != nil {
			return err
		}
		took = append(took, d)
	}
	fmt.Printf("\nkill -9 with %d orders in flight, to all done and mailed: %.2f s (on the disk: log+rows)\n", inFlight, middle(took, time.Duration.Seconds))
	return nil
}

func (r *rig) crash(ctx context.Context, turn int) (time.Duration, error) {
	asked, err := r.asked(ctx)
	if err != nil {
		return 0, err
	}
	if err := r.outside.Hold(ctx, sandbox.Charge, "", sandbox.Before, -1); err != nil {
		return 0, err
	}
	done := make(chan error, 1)
	go func() {
		_, err := r.orders(ctx, fmt.Sprintf("c%d", turn), inFlight, inFlight, turn*inFlight)
		done <- err
	}()
	if err := r.outside.WaitRequests(ctx, sandbox.Charge, "", asked+inFlight); err != nil {
		return 0, err
	}
	start := time.Now()
	if err := r.again(ctx); err != nil {
		return 0, err
	}
	if err := <-done; err != nil {
		return 0, err
	}
	return time.Since(start), nil
}

// asked is how many charges were asked for so far.
func (r *rig) asked(ctx context.Context) (n int, err error) {
	attempts, err := r.attempts(ctx)
	for _, of := range attempts {
		n += of
	}
	return n, err
}

// again kills the program and starts it on the same address, since that is the
// one that the server knows.
func (r *rig) again(ctx context.Context) error {
	r.shop.Kill()
	if _, err := r.outside.Clear(ctx, ""); err != nil {
		return err
	}
	var err error
	r.shop, err = process.Start(r.keeper, r.command(r.addr))
	return err
}
