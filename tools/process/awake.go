package process

import (
	"context"
	"time"
)

// ticks is how many ticks of a clock a limit has.
const ticks = 100

// WithAwakeTimeout returns a context that is done after a limit. The limit does not pass while
// all processes of this machine stand still: a virtual machine is paused, a laptop sleeps.
// Then a ticker of this process does not tick either, and drops what it has missed.
func WithAwakeTimeout(parent context.Context, limit time.Duration) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(parent)
	tick := time.NewTicker(limit / ticks)
	go func() {
		defer tick.Stop()
		countDown(ctx, cancel, tick.C)
	}()
	return ctx, func() { cancel(nil) }
}

// countDown ends ctx by a deadline after as many ticks as a limit has.
func countDown(ctx context.Context, end context.CancelCauseFunc, tick <-chan time.Time) {
	for range ticks {
		select {
		case <-tick:
		case <-ctx.Done():
			return
		}
	}
	end(context.DeadlineExceeded)
}
