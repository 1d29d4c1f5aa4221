package world

import (
	"context"

	"example.com/workbook/tools/proxy"
	"example.com/workbook/tools/restate"
)

// Invocation is a row of Restate's sys_invocation table.
type Invocation = restate.Invocation

// AttemptsOf returns the attempts of these invocations.
func (w *World) AttemptsOf(of []Invocation) []proxy.Attempt {
	ids := map[string]bool{}
	for _, i := range of {
		ids[i.ID] = true
	}
	mine := func(a *proxy.Attempt) bool { return ids[a.Invocation] }
	list := w.Proxy.Attempts(mine)
	if w.RestProxy != nil {
		list = append(list, w.RestProxy.Attempts(mine)...)
	}
	return list
}

// KeyHeldBy returns the object key that an invocation holds, "" if it holds none.
func (w *World) KeyHeldBy(ctx context.Context, i Invocation) string {
	w.serving.RLock()
	defer w.serving.RUnlock()
	found, err := w.Server.Admin().Explain(ctx, i)
	if err != nil || !found[0].Holds {
		return ""
	}
	return i.Key
}
