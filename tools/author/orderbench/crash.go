package main

import (
	"context"
	"fmt"
	"time"

	"example.com/workbook/tools/process"
	"example.com/workbook/tools/sandbox"
)

// inFlight is the number of orders that wait for the gateway when the program is killed.
const inFlight = 50

// measureCrash kills the program while its orders run, starts it again at once, and waits until all
// orders are done.
func measureCrash(ctx context.Context, b *bench) error {
	r, err := startRig(ctx, b.root, b.binary, setting{})
	if err != nil {
		return err
	}
	defer r.stop()
	var took []time.Duration
	for turn := range b.runs {
		d, err := r.crashOnce(ctx, turn)
		if err != nil {
			return err
		}
		took = append(took, d)
	}
	fmt.Printf("\nkill -9 with %d orders in flight, to all done and mailed: %.2f s (on the disk: log+rows)\n", inFlight, medianOf(took, time.Duration.Seconds))
	return nil
}

func (r *rig) crashOnce(ctx context.Context, turn int) (time.Duration, error) {
	asked, err := r.countCharges(ctx)
	if err != nil {
		return 0, err
	}
	if err := r.outside.Hold(ctx, sandbox.Charge, "", sandbox.Before, -1); err != nil {
		return 0, err
	}
	done := make(chan error, 1)
	go func() {
		_, err := r.placeOrders(ctx, fmt.Sprintf("c%d", turn), inFlight, inFlight, turn*inFlight)
		done <- err
	}()
	if err := r.outside.WaitRequests(ctx, sandbox.Charge, "", asked+inFlight); err != nil {
		return 0, err
	}
	start := time.Now()
	if err := r.restartProgram(ctx); err != nil {
		return 0, err
	}
	if err := <-done; err != nil {
		return 0, err
	}
	return time.Since(start), nil
}

// countCharges returns how many charges were requested so far.
func (r *rig) countCharges(ctx context.Context) (n int, err error) {
	attempts, err := r.countAttempts(ctx)
	for _, of := range attempts {
		n += of
	}
	return n, err
}

// restartProgram kills the program, and starts it at the same address, because the server knows
// that address.
func (r *rig) restartProgram(ctx context.Context) error {
	r.shop.Kill()
	if _, err := r.outside.Clear(ctx, ""); err != nil {
		return err
	}
	var err error
	r.shop, err = process.Start(r.keeper, r.command(r.addr))
	return err
}
