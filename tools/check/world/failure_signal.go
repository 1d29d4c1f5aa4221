package world

import (
	"strings"
	"sync"

	"example.com/workbook/tools/proxy"
)

// failureSignal wakes a wait for an answer when an attempt has failed and later attempts
// will fail too: its commands differ from the journal, or too many attempts have failed.
// Restate's tables show this then, perhaps only after the next attempt.
type failureSignal struct {
	mu   sync.Mutex
	rung map[int]chan struct{} // by the number of failed attempts that are too many
}

// Next returns a channel that is closed when an attempt fails because it differs from
// the journal, or when enough or more attempts have failed.
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

// onEvent closes the channels that wait for such an attempt. The proxy waits for onEvent,
// so onEvent must not block.
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
