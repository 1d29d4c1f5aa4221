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

// Hub keeps what has happened, for pages that come later.
type Hub struct {
	Run string // names this hub, for pages that knew another at the same address

	mu      sync.Mutex
	first   Event // what is shown
	events  []Event
	dropped int           // of the oldest, that are not kept any more
	changed chan struct{} // closed at each event, then made anew
}

// kept is how many events a hub keeps, the newest: some two thousand orders'.
const kept = 200_000

// NewHub is a hub at which nothing has happened.
func NewHub() *Hub { return &Hub{Run: rand.Text()[:8], changed: make(chan struct{})} }

// Add takes note of an event and gives it its number, and the time that it is,
// where it bears none.
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
	if len(h.events) > kept {
		h.events = slices.Clone(h.events[kept/10:])
		h.dropped += kept / 10
	}
	close(h.changed)
	h.changed = make(chan struct{})
}

// After is what is kept behind event n, no more than most, and a channel that is
// closed when there is something new.
func (h *Hub) After(n, most int) ([]Event, <-chan struct{}) {
	h.mu.Lock()
	defer h.mu.Unlock()
	from := min(max(n-h.dropped, 0), len(h.events))
	return slices.Clone(h.events[from:min(from+most, len(h.events))]), h.changed
}

// Write writes what is kept as a recording: a line of JSON an event, in the order
// in which they happened; of one order alone, and until its end, where subject is
// not empty. It is an error if there is nothing of it.
func (h *Hub) Write(w io.Writer, title, about, subject string) error {
	all, _ := h.After(0, kept)
	slices.SortStableFunc(all, func(a, b Event) int { return a.T.Compare(b.T) })
	if subject != "" {
		all = only(all, subject)
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

// only leaves out the other orders, and of what was before this one all but how
// things stood.
func only(all []Event, subject string) []Event {
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
