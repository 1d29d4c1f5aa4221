package sandbox

import (
	"slices"
	"time"
)

// Mode says where a hold stops a request.
type Mode string

const (
	Before  Mode = "before"  // it has not acted; its caller's death drops it
	After   Mode = "after"   // it has acted, and does not answer
	Lost    Mode = "lost"    // it has acted, and its answer gets lost: the connection ends
	barrier Mode = "barrier" // before, until the others are there
)

// Failure is a scripted answer: nothing is done.
type Failure struct {
	Kind    Kind   `json:"kind,omitempty"`
	Subject string `json:"subject,omitempty"`
	// Status is 400 to 599. From 500 on it comes before any kept answer; below,
	// a kept answer comes first. 402 and 422 are final, and kept.
	Status int `json:"status,omitempty"`
	// Timeout, in place of a status: it acts and never answers.
	Timeout bool   `json:"timeout,omitempty"`
	Reason  string `json:"reason,omitempty"`
	Count   int    `json:"count,omitempty"` // requests; 0 is 1, below 0 is all
}

func (f Failure) answer(ask Entry) Entry {
	out := ask.answer(f.Status, map[string]string{"status": statusWord(f.Status), "reason": f.Reason})
	out.Detail = f.Reason
	return out
}

func statusWord(status int) string {
	switch {
	case status >= 500:
		return "unavailable"
	case status == 402:
		return "declined"
	}
	return "refused"
}

// script is what the checker has asked for. Where two holds, failures or rolls
// fit a request, the older has it; of two latencies or percentages the newer.
type script struct {
	holds     []*hold
	failures  []*Failure
	barriers  []*meeting
	latencies []latency
	rolls     []rolls
	percents  []percent
}

type hold struct {
	Kind    Kind   `json:"kind,omitempty"`
	Subject string `json:"subject,omitempty"`
	Mode    Mode   `json:"mode"`
	Count   int    `json:"count,omitempty"`
}

// meeting is a barrier: who is still missing, and who waits for them.
type meeting struct {
	kind    Kind
	all     []string
	missing []string
	waiting []*ask
}

type latency struct {
	Kind    Kind          `json:"kind,omitempty"`
	Subject string        `json:"subject,omitempty"`
	Latency time.Duration `json:"latency_ns"`
}

type rolls struct {
	Subject string `json:"subject,omitempty"`
	Rolls   []int  `json:"rolls"`
}

type percent struct {
	Subject string `json:"subject,omitempty"`
	Percent int    `json:"percent"`
}

// use takes one from a count, and says whether anything is left.
func use(count *int) (left bool) {
	if *count < 0 {
		return true
	}
	*count = max(*count, 1) - 1
	return *count > 0
}

// hold takes a hold that fits e, if there is one.
func (s *script) hold(e Entry, mode Mode) bool {
	i := slices.IndexFunc(s.holds, func(h *hold) bool { return h.Mode == mode && e.about(h.Kind, h.Subject) })
	if i < 0 {
		return false
	}
	if !use(&s.holds[i].Count) {
		s.holds = slices.Delete(s.holds, i, i+1)
	}
	return true
}

// failure takes a failure that fits e and whose status is in the range.
func (s *script) failure(e Entry, from, to int) (Failure, bool) {
	i := slices.IndexFunc(s.failures, func(f *Failure) bool {
		return from <= f.Status && f.Status <= to && e.about(f.Kind, f.Subject)
	})
	if i < 0 {
		return Failure{}, false
	}
	f := *s.failures[i]
	if !use(&s.failures[i].Count) {
		s.failures = slices.Delete(s.failures, i, i+1)
	}
	return f, true
}

// meet finds the barrier that misses e, if there is one, and notes that e came.
func (s *script) meet(e Entry) *meeting {
	for _, m := range s.barriers {
		i := slices.Index(m.missing, e.Subject)
		if i >= 0 && m.kind == e.Kind {
			m.missing = slices.Delete(m.missing, i, i+1)
			return m
		}
	}
	return nil
}

// unmeet takes a from the barrier where it waits, if it waits at one. One that
// went away is missed again; one that was released has been there.
func (s *script) unmeet(a *ask, missed bool) {
	for _, m := range s.barriers {
		i := slices.Index(m.waiting, a)
		if i < 0 {
			continue
		}
		m.waiting = slices.Delete(m.waiting, i, i+1)
		if missed {
			m.missing = append(m.missing, a.Subject)
		}
	}
}

// part removes a barrier.
func (s *script) part(m *meeting) {
	s.barriers = slices.DeleteFunc(s.barriers, func(o *meeting) bool { return o == m })
}

// latency is how long e waits before it acts.
func (s *script) latency(e Entry, otherwise time.Duration) time.Duration {
	for _, l := range slices.Backward(s.latencies) {
		if e.about(l.Kind, l.Subject) {
			return l.Latency
		}
	}
	return otherwise
}

// percent is how many of a hundred of e's rolls fail.
func (s *script) percent(e Entry, otherwise int) int {
	for _, p := range slices.Backward(s.percents) {
		if e.about("", p.Subject) {
			return p.Percent
		}
	}
	return otherwise
}

// roll takes the next scripted roll for e.
func (s *script) roll(e Entry) (int, bool) {
	for i := range s.rolls {
		r := &s.rolls[i]
		if e.about("", r.Subject) && len(r.Rolls) > 0 {
			n := r.Rolls[0]
			r.Rolls = r.Rolls[1:]
			return n, true
		}
	}
	return 0, false
}

// forget drops what was scripted for subject; "" drops everything.
func (s *script) forget(subject string) {
	gone := func(of string) bool { return subject == "" || subject == of }
	s.holds = slices.DeleteFunc(s.holds, func(h *hold) bool { return gone(h.Subject) })
	s.failures = slices.DeleteFunc(s.failures, func(f *Failure) bool { return gone(f.Subject) })
	s.barriers = slices.DeleteFunc(s.barriers, func(m *meeting) bool { return subject == "" || slices.Contains(m.all, subject) })
	s.latencies = slices.DeleteFunc(s.latencies, func(l latency) bool { return gone(l.Subject) })
	s.rolls = slices.DeleteFunc(s.rolls, func(r rolls) bool { return gone(r.Subject) })
	s.percents = slices.DeleteFunc(s.percents, func(p percent) bool { return gone(p.Subject) })
}
