package main

import "time"

// rate bounds how often somebody may report: so many at once, and one a second in the
// long run.
type rate struct {
	burst float64
	who   map[string]*allowance
}

type allowance struct {
	left float64
	at   time.Time
}

func newRate(burst float64) *rate { return &rate{burst, map[string]*allowance{}} }

func (r *rate) allows(id string, now time.Time) bool {
	a := r.who[id]
	if a == nil {
		a = &allowance{r.burst, now}
		r.who[id] = a
	}
	a.left = min(a.left+now.Sub(a.at).Seconds(), r.burst)
	a.at = now
	if a.left < 1 {
		return false
	}
	a.left--
	return true
}
