package watchdog

import (
	"context"
	"slices"
	"strings"

	"example.com/workbook/tools/check/world"
	"example.com/workbook/tools/proxy"
)

// Invocations returns those that the script's calls began, and what those began.
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

// isOwn reports whether i is one of the script's calls that are looked at.
func (w *Watch) isOwn(i world.Invocation) bool {
	if w.Only != nil {
		return w.Only.Matches(i)
	}
	return strings.HasPrefix(i.IdempotencyKey, w.Key+"/") || w.isOwnRun(i)
}

// isOwnRun reports whether i is the run of a workflow that the script has called. It
// has no idempotency key to be recognized by.
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

// OwnAttempts returns the attempts of the script's own invocations.
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
