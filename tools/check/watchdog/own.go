package watchdog

import (
	"context"
	"slices"
	"strings"

	"example.com/workbook/tools/check/world"
	"example.com/workbook/tools/proxy"
)

// Invocations returns the invocations of the script's calls, and all invocations that
// they have started.
func (w *Watch) Invocations(ctx context.Context) ([]world.Invocation, error) {
	all, err := w.World.AllInvocations(ctx)
	if err != nil {
		return nil, err
	}
	mine := map[string]bool{}
	for grew := true; grew; {
		grew = false
		for _, i := range all {
			if !mine[i.ID] && (w.isOwn(i) || mine[i.Parent]) {
				mine[i.ID], grew = true, true
			}
		}
	}
	return slices.DeleteFunc(all, func(i world.Invocation) bool { return !mine[i.ID] }), nil
}

// isOwn reports whether i is the invocation of a watched call of the script.
func (w *Watch) isOwn(i world.Invocation) bool {
	if w.Only != nil {
		return w.Only.Matches(i)
	}
	return strings.HasPrefix(i.IdempotencyKey, w.Key+"/") || w.isOwnRun(i)
}

// isOwnRun reports whether i is the run of a workflow that the script has called. A run
// has no idempotency key, so its object key identifies it.
func (w *Watch) isOwnRun(i world.Invocation) bool {
	for _, c := range w.Calls {
		if c.Key == "" && c.Matches(i) {
			return true
		}
	}
	return false
}

// InvocationsOf returns the script's invocations of one service/handler.
func (w *Watch) InvocationsOf(ctx context.Context, name string) ([]world.Invocation, error) {
	all, err := w.Invocations(ctx)
	return slices.DeleteFunc(all, func(i world.Invocation) bool { return i.Service+"/"+i.Handler != name }), err
}

// OwnAttempts returns the attempts of all invocations of the script.
func (w *Watch) OwnAttempts(ctx context.Context) []proxy.Attempt {
	if w.World.Server == nil {
		return nil
	}
	all, err := w.Invocations(ctx)
	if err != nil {
		return nil
	}
	return w.World.AttemptsOf(all)
}
