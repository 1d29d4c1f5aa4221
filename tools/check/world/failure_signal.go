package world

import (
	"strings"
	"sync"

	"example.com/workbook/tools/proxy"
)

// failureSignal wakes a wait for an answer when an attempt has failed, and no later one
// will do better: its commands differ from the journal, or it was one failure too many.
// Restate's tables then show what follows, perhaps at the next attempt only.
type failureSignal struct {
	mu   sync.Mutex
	rung map[int]chan struct{} // by the number of attempts that are too many
}

// Next returns a channel that is closed when an attempt has failed that differs from the
// journal, or is the enough-th or a later one.
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

// onEvent closes the channels that the attempt is enough for. The proxy waits for it, so
// it must not block.
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
