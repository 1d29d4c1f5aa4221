package sandbox

import (
	"slices"
	"time"
)

// Mode is the place where a hold stops a request.
type Mode string

const (
	Before  Mode = "before"  // it has not acted yet; it is dropped when its caller dies
	After   Mode = "after"   // it has acted and is not answered
	Lost    Mode = "lost"    // it has acted and its answer is lost: the connection ends
	barrier Mode = "barrier" // before it acts, until the others have arrived
)

// Failure is a scripted answer to a request that does nothing.
type Failure struct {
	Kind    Kind   `json:"kind,omitempty"`
	Subject string `json:"subject,omitempty"`
	// Status is 400 to 599. A status from 500 comes before a kept answer, one below comes
	// after it. 402 and 422 are final, and kept.
	Status int `json:"status,omitempty"`
	// Timeout replaces the status: the request acts and gets no answer.
	Timeout bool   `json:"timeout,omitempty"`
	Reason  string `json:"reason,omitempty"`
	Count   int    `json:"count,omitempty"` // requests; 0 is 1, below 0 is all
}

func (f Failure) answerTo(request Entry) Entry {
	out := request.withAnswer(f.Status, map[string]string{"status": statusWord(f.Status), "reason": f.Reason})
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

// script is the set of rules from the checker. Of two holds, failures or rolls that
// match a request, the older one applies; of two latencies or percentages the newer
// one.
type script struct {
	holds     []*holdRule
	failures  []*Failure
	barriers  []*rendezvous
	latencies []latencyRule
	rolls     []rollsRule
	percents  []percentRule
}

type holdRule struct {
	Kind    Kind   `json:"kind,omitempty"`
	Subject string `json:"subject,omitempty"`
	Mode    Mode   `json:"mode"`
	Count   int    `json:"count,omitempty"`
}

// rendezvous is a barrier with the subjects that are missing and the requests that wait
// for them.
type rendezvous struct {
	kind    Kind
	all     []string
	missing []string
	waiting []*pending
}

type latencyRule struct {
	Kind    Kind          `json:"kind,omitempty"`
	Subject string        `json:"subject,omitempty"`
	Latency time.Duration `json:"latency_ns"`
}

type rollsRule struct {
	Subject string `json:"subject,omitempty"`
	Rolls   []int  `json:"rolls"`
}

type percentRule struct {
	Subject string `json:"subject,omitempty"`
	Percent int    `json:"percent"`
}

// useOne takes one from a count and reports whether any is left.
func useOne(count *int) (left bool) {
	if *count < 0 {
		return true
	}
	*count = max(*count, 1) - 1
	return *count > 0
}

// takeHold reports whether a hold matches e, and uses it up.
func (s *script) takeHold(e Entry, mode Mode) bool {
	i := slices.IndexFunc(s.holds, func(h *holdRule) bool { return h.Mode == mode && e.matches(h.Kind, h.Subject) })
	if i < 0 {
		return false
	}
	if !useOne(&s.holds[i].Count) {
		s.holds = slices.Delete(s.holds, i, i+1)
	}
	return true
}

// takeFailure returns a failure that matches e and has a status in the range, and uses
// it up.
func (s *script) takeFailure(e Entry, from, to int) (Failure, bool) {
	i := slices.IndexFunc(s.failures, func(f *Failure) bool {
		return from <= f.Status && f.Status <= to && e.matches(f.Kind, f.Subject)
	})
	if i < 0 {
		return Failure{}, false
	}
	f := *s.failures[i]
	if !useOne(&s.failures[i].Count) {
		s.failures = slices.Delete(s.failures, i, i+1)
	}
	return f, true
}

// joinBarrier returns the barrier that e is missing at, if there is one, and records
// that e has arrived.
func (s *script) joinBarrier(e Entry) *rendezvous {
	for _, m := range s.barriers {
		i := slices.Index(m.missing, e.Subject)
		if i >= 0 && m.kind == e.Kind {
			m.missing = slices.Delete(m.missing, i, i+1)
			return m
		}
	}
	return nil
}

// leaveBarrier removes a from the barrier where it waits, if it waits at one. If missed
// is true its place is open again; a request that was released counts as having been
// there.
func (s *script) leaveBarrier(a *pending, missed bool) {
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

// removeBarrier removes a barrier.
func (s *script) removeBarrier(m *rendezvous) {
	s.barriers = slices.DeleteFunc(s.barriers, func(o *rendezvous) bool { return o == m })
}

// latencyFor returns how long e waits before it acts.
func (s *script) latencyFor(e Entry, otherwise time.Duration) time.Duration {
	for _, l := range slices.Backward(s.latencies) {
		if e.matches(l.Kind, l.Subject) {
			return l.Latency
		}
	}
	return otherwise
}

// percentFor returns how many of a hundred rolls fail for e.
func (s *script) percentFor(e Entry, otherwise int) int {
	for _, p := range slices.Backward(s.percents) {
		if e.matches("", p.Subject) {
			return p.Percent
		}
	}
	return otherwise
}

// takeRoll returns the next scripted roll for e, and uses it up.
func (s *script) takeRoll(e Entry) (int, bool) {
	for i := range s.rolls {
		r := &s.rolls[i]
		if e.matches("", r.Subject) && len(r.Rolls) > 0 {
			n := r.Rolls[0]
			r.Rolls = r.Rolls[1:]
			return n, true
		}
	}
	return 0, false
}

// removeRules removes the rules for subject, or all rules if it is empty.
func (s *script) removeRules(subject string) {
	matches := func(of string) bool { return subject == "" || subject == of }
	s.holds = slices.DeleteFunc(s.holds, func(h *holdRule) bool { return matches(h.Subject) })
	s.failures = slices.DeleteFunc(s.failures, func(f *Failure) bool { return matches(f.Subject) })
	s.barriers = slices.DeleteFunc(s.barriers, func(m *rendezvous) bool { return subject == "" || slices.Contains(m.all, subject) })
	s.latencies = slices.DeleteFunc(s.latencies, func(l latencyRule) bool { return matches(l.Subject) })
	s.rolls = slices.DeleteFunc(s.rolls, func(r rollsRule) bool { return matches(r.Subject) })
	s.percents = slices.DeleteFunc(s.percents, func(p percentRule) bool { return matches(p.Subject) })
}
