package page

import (
	"crypto/rand"
	"encoding/json"
	"io"
	"slices"
	"sync"
	"time"

	"example.com/workbook/tools/hint"
)

// Hub keeps events for pages that are opened later.
type Hub struct {
	Run string // identifies this hub to pages that were connected to another one at this address

	mu      sync.Mutex
	first   Event // the run that is shown
	events  []Event
	dropped int           // number of oldest events that were dropped
	changed chan struct{} // closed and replaced at each event
}

// maxEvents is how many events a hub keeps, the newest ones. They are those of about
// two thousand orders.
const maxEvents = 200_000

// NewHub returns an empty hub.
func NewHub() *Hub { return &Hub{Run: rand.Text()[:8], changed: make(chan struct{})} }

// Add stores an event under the next number, and with the current time if it has none.
func (h *Hub) Add(e Event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if e.T.IsZero() {
		e.T = time.Now()
	}
	e.T = e.T.UTC().Truncate(time.Millisecond)
	e.N = h.dropped + len(h.events) + 1
	if e.N == 1 {
		h.first = e
	}
	h.events = append(h.events, e)
	if len(h.events) > maxEvents {
		h.events = slices.Clone(h.events[maxEvents/10:])
		h.dropped += maxEvents / 10
	}
	close(h.changed)
	h.changed = make(chan struct{})
}

// After returns at most limit events after event n, and a channel that is closed when
// there is a new one.
func (h *Hub) After(n, limit int) ([]Event, <-chan struct{}) {
	h.mu.Lock()
	defer h.mu.Unlock()
	from := min(max(n-h.dropped, 0), len(h.events))
	return slices.Clone(h.events[from:min(from+limit, len(h.events))]), h.changed
}

// Write writes the events as a recording: one line of JSON for each event, in the order
// of their times. If subject is not empty, the recording has only that order, until its
// end. Write returns an error if there is nothing to record.
func (h *Hub) Write(w io.Writer, title, about, subject string) error {
	all, _ := h.After(0, maxEvents)
	slices.SortStableFunc(all, func(a, b Event) int { return a.T.Compare(b.T) })
	if subject != "" {
		all = eventsOf(all, subject)
	}
	last := len(all)
	for last > 0 && all[last-1].Subject == "" {
		last--
	}
	if last == 0 {
		return hint.New(hint.Usage, "make order, in another terminal", "nothing has happened that could be recorded")
	}
	h.mu.Lock()
	first := h.first
	h.mu.Unlock()
	first.Name, first.Reason = title, about
	all = slices.DeleteFunc(all[:last], func(e Event) bool { return e.What == Run })
	lines := json.NewEncoder(w)
	for i, e := range slices.Concat([]Event{first}, all) {
		e.N = i + 1
		if err := lines.Encode(e); err != nil {
			return err
		}
	}
	return nil
}

// eventsOf removes the events of other orders and, before the first event of this
// order, all but the latest of each kind.
func eventsOf(all []Event, subject string) []Event {
	all = slices.DeleteFunc(all, func(e Event) bool { return e.Subject != "" && e.Subject != subject })
	begin := max(0, slices.IndexFunc(all, func(e Event) bool { return e.Subject != "" }))
	var stood []Event
	for i, e := range all[:begin] {
		later := slices.ContainsFunc(all[i+1:begin], func(l Event) bool { return l.What == e.What && l.Name == e.Name })
		if !later {
			stood = append(stood, e)
		}
	}
	return append(stood, all[begin:]...)
}
