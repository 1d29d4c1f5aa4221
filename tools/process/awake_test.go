package process

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The test does not pause the machine. It only waits long between two ticks.
func TestALimitDoesNotPassInAFakePause(t *testing.T) {
	ctx, end := context.WithCancelCause(t.Context())
	tick := make(chan time.Time)
	done := make(chan struct{})
	go func() {
		defer close(done)
		countDown(ctx, end, tick)
	}()
	now := time.Now()
	for range ticks - 1 {
		now = now.Add(time.Hour)
		tick <- now
	}
	require.NoError(t, ctx.Err())
	tick <- now
	<-done
	require.ErrorIs(t, context.Cause(ctx), context.DeadlineExceeded)
}

func TestWithAwakeTimeoutPasses(t *testing.T) {
	ctx, cancel := WithAwakeTimeout(t.Context(), ticks*time.Microsecond)
	defer cancel()
	<-ctx.Done()
	require.ErrorIs(t, context.Cause(ctx), context.DeadlineExceeded)
}
