package page

import (
	"context"

	"example.com/workbook/tools/proxy"
	"example.com/workbook/tools/rows/feed"
	"example.com/workbook/tools/sandbox"
	"example.com/workbook/tools/web"
)

// Attempts adds an event of a proxy. unit is the process that the attempt goes to, "" where
// there is one only.
func (h *Hub) Attempts(e proxy.Event, unit string) {
	a := e.Attempt
	h.Add(Event{
		What: e.What, Name: e.Name, How: e.How, Subject: a.Subject(),
		ID: a.Invocation, Service: a.Service, Handler: a.Handler, Key: a.Key, Attempt: a.N, Unit: unit,
	})
}

// Ledger adds the entries of the sandbox's ledger until ctx is done. A sandbox that was
// down still has its ledger.
func (h *Hub) Ledger(ctx context.Context, outside *sandbox.Client) {
	for last := 0; ctx.Err() == nil; {
		entries, err := outside.After(ctx, last)
		if err != nil {
			web.Pause(ctx, web.RetryInterval)
			continue
		}
		for _, e := range entries {
			last, e.Body, e.Reply = e.N, nil, nil
			h.Add(Event{What: Ledger, T: e.T, Subject: e.Subject, Entry: &e})
		}
	}
}

// Row adds a change in the shop's database.
func (h *Hub) Row(c feed.Change) {
	h.Add(Event{What: Row, T: c.At, Subject: c.OrderID, Name: c.Table, Row: c.ID, How: c.Status, Reason: c.Reason, Roll: c.Roll})
}
