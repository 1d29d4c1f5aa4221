package world

import (
	"strings"
	"sync"

	"example.com/workbook/tools/proxy"
)

// failureSignal wakes those who wait for an answer when an attempt has ended as those do
// that will never go well: it did what the journal does not say, or was one failure
// too many. What Restate made of it, its tables say; they may take until the next
// attempt.
type failureSignal struct {
	mu   sync.Mutex
	rung map[int]chan struct{} // by the number of attempts that are too many
}

// Next returns a channel that is closed when an attempt ends so, and is at least the
// enough-th.
func (d *failureSignal) Next(enough int) <-chan struct{} {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.rung == nil {
		d.rung = map[int]chan struct{}{}
	}
	if d.rung[enough] == nil {
		d.rung[enough] = make(chan struct{})
	}
	return d.rung[enough]
}

// onEvent wakes those who wait for such an attempt. It must not wait: the proxy does
// for it.
func (d *failureSignal) onEvent(e proxy.Event) {
	a := e.Attempt
	if e.What != proxy.Ended || !strings.HasPrefix(a.End, "error: ") {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for enough, rung := range d.rung {
		if a.N >= enough || a.Code == proxy.Mismatch {
			close(rung)
			delete(d.rung, enough)
		}
	}
}
