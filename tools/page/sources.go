package page

import (
	"context"
	"encoding/json"
	"io"
	"regexp"
	"strings"
	"time"

	"example.com/workbook/tools/proxy"
	"example.com/workbook/tools/sandbox"
	"example.com/workbook/tools/web"
)

// Attempts tells the hub what a proxy sees.
func (h *Hub) Attempts(e proxy.Event) {
	a := e.Attempt
	h.Add(Event{
		What: e.What, Name: e.Name, How: e.How, Subject: subject(a),
		ID: a.Invocation, Service: a.Service, Handler: a.Handler, Key: a.Key, Attempt: a.N,
	})
}

var orderInInput = regexp.MustCompile(`"order_id" *: *"([^"\\]{1,64})"`)

// subject is what an attempt is about: the shop's objects have keys that are made
// of the order's id; what has no key is told the order in its input.
func subject(a *proxy.Attempt) string {
	for _, prefix := range []string{"pay-", "ship-"} {
		if id, ok := strings.CutPrefix(a.Key, prefix); ok {
			return id
		}
	}
	if a.Key != "" {
		return a.Key
	}
	if m := orderInInput.FindSubmatch(a.Input); m != nil {
		return string(m[1])
	}
	return a.Invocation
}

// again is how long who is not answered waits before they ask again.
const again = 200 * time.Millisecond

// Ledger tells the hub what the outside world notes, until ctx is done. A sandbox
// that is down has told all it knew: its ledger outlives it.
func (h *Hub) Ledger(ctx context.Context, outside *sandbox.Client) {
	for last := 0; ctx.Err() == nil; {
		entries, err := outside.After(ctx, last)
		if err != nil {
			web.Pause(ctx, again)
			continue
		}
		for _, e := range entries {
			last, e.Body, e.Reply = e.N, nil, nil
			h.Add(Event{What: Ledger, T: e.T, Subject: e.Subject, Entry: &e})
		}
	}
}

// Rows tells the hub what the program that follows the database prints, until it
// ends.
func (h *Hub) Rows(lines io.Reader) error {
	in := json.NewDecoder(lines)
	for {
		var c struct {
			Table   string    `json:"table"`
			ID      string    `json:"id"`
			OrderID string    `json:"order_id"`
			Status  string    `json:"status"`
			At      time.Time `json:"at"`
			Reason  string    `json:"reason"`
			Roll    *int      `json:"roll"`
		}
		if err := in.Decode(&c); err != nil {
			return err
		}
		h.Add(Event{What: Row, T: c.At, Subject: c.OrderID, Name: c.Table, Row: c.ID, How: c.Status, Reason: c.Reason, Roll: c.Roll})
	}
}
