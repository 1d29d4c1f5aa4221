package process

import (
	"context"
	"time"
)

// ticks is how many ticks of a clock WithAwakeTimeout counts for a limit.
const ticks = 100

// WithAwakeTimeout returns a context that is done after a limit. The time in which all processes of
// this machine stand still does not count, for example while a virtual machine is paused or a
// laptop sleeps: during that time a ticker does not tick, and afterwards it drops the ticks that it
// missed.
func WithAwakeTimeout(parent context.Context, limit time.Duration) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(parent)
	tick := time.NewTicker(limit / ticks)
	go func() {
		defer tick.Stop()
		countDown(ctx, cancel, tick.C)
	}()
	return ctx, func() { cancel(nil) }
}

// countDown ends ctx with DeadlineExceeded when tick has sent as many values as a limit has ticks.
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
