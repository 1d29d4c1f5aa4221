package world

import (
	"context"
	"maps"
	"slices"
	"sync"
)

// kinds keeps the kinds of the handlers of each service.
type kinds struct {
	mu    sync.Mutex
	known map[string]map[string]string // by service and handler
}

// IsRun reports whether the target is a workflow's run handler, which Restate runs once
// for each key.
func (w *World) IsRun(t Target) bool { return w.kindsOf(t.Service)[t.Handler] == "Workflow" }

// IsWorkflow reports whether one of the service's handlers is a workflow's run.
func (w *World) IsWorkflow(service string) bool {
	return slices.Contains(slices.Collect(maps.Values(w.kindsOf(service))), "Workflow")
}

// kindsOf returns the kinds of a service's handlers. It returns nil if the service is not
// registered.
func (w *World) kindsOf(service string) map[string]string {
	w.kinds.mu.Lock()
	defer w.kinds.mu.Unlock()
	if known := w.kinds.known[service]; known != nil || w.Server == nil {
		return known
	}
	ctx, cancel := context.WithTimeout(context.Background(), CallLimit)
	defer cancel()
	of, err := w.Server.Admin().Handlers(ctx, service)
	if err != nil {
		return nil // not registered; the call fails for that reason
	}
	if w.kinds.known == nil {
		w.kinds.known = map[string]map[string]string{}
	}
	w.kinds.known[service] = of
	return of
}
