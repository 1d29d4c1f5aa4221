package sandbox

import (
	"slices"
	"time"
)

// Mode is the place where a hold stops a request.
type Mode string

const (
	Before  Mode = "before"  // the request has not acted yet; it is dropped if its caller dies
	After   Mode = "after"   // the request has acted, and has no answer yet
	Lost    Mode = "lost"    // the request has acted, and its answer is lost: the connection is closed
	barrier Mode = "barrier" // the request waits before it acts, until the others have arrived
)

// Failure describes the answer to a request that does nothing.
type Failure struct {
	Kind    Kind   `json:"kind,omitempty"`
	Subject string `json:"subject,omitempty"`
	// Status is 400 to 599. A status of 500 or more is sent even if the key has a kept answer; for
	// a status below 500, the kept answer is sent. The statuses 402 and 422 are final, and kept.
	Status int `json:"status,omitempty"`
	// Timeout is used in place of the status: the request acts, and gets no answer.
	Timeout bool   `json:"timeout,omitempty"`
	Reason  string `json:"reason,omitempty"`
	Count   int    `json:"count,omitempty"` // how many requests fail; 0 means 1, and a negative number means all
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

// script has the rules that the checker has set. If two holds, failures or rolls match a request,
// the older one applies. If two latencies or percentages match, the newer one applies.
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

// rendezvous is a barrier, with the subjects that have not arrived yet, and the requests that wait
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

// useOne subtracts one use from a count, and reports whether uses are left.
func useOne(count *int) (left bool) {
	if *count < 0 {
		return true
	}
	*count = max(*count, 1) - 1
	return *count > 0
}

// takeHold reports whether a hold matches e, and counts this use of the hold.
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

// takeFailure returns a failure that matches e and whose status is from from to to, and counts this
// use of the failure.
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

// joinBarrier returns the barrier that waits for e, if there is one, and records that e has
// arrived.
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

// leaveBarrier removes a from the barrier at which it waits, if there is one. If missed is true,
// the barrier waits for the subject of a again. A request that was released counts as arrived.
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

// percentFor returns how many of a hundred rolls of e fail.
func (s *script) percentFor(e Entry, otherwise int) int {
	for _, p := range slices.Backward(s.percents) {
		if e.matches("", p.Subject) {
			return p.Percent
		}
	}
	return otherwise
}

// takeRoll returns the next roll that a rule sets for e, and removes it from the rule.
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

// removeRules removes the rules for a subject, or all rules if the subject is empty.
func (s *script) removeRules(subject string) {
	matches := func(of string) bool { return subject == "" || subject == of }
	s.holds = slices.DeleteFunc(s.holds, func(h *holdRule) bool { return matches(h.Subject) })
	s.failures = slices.DeleteFunc(s.failures, func(f *Failure) bool { return matches(f.Subject) })
	s.barriers = slices.DeleteFunc(s.barriers, func(m *rendezvous) bool { return subject == "" || slices.Contains(m.all, subject) })
	s.latencies = slices.DeleteFunc(s.latencies, func(l latencyRule) bool { return matches(l.Subject) })
	s.rolls = slices.DeleteFunc(s.rolls, func(r rollsRule) bool { return matches(r.Subject) })
	s.percents = slices.DeleteFunc(s.percents, func(p percentRule) bool { return matches(p.Subject) })
}
