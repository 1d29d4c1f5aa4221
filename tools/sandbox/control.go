package sandbox

import (
	"net/http"
	"slices"
	"strconv"
)

// OpenRequest is a request that has arrived and not ended.
type OpenRequest struct {
	N       int    `json:"n"` // of its request line
	Kind    Kind   `json:"kind"`
	Subject string `json:"subject"`
	Key     string `json:"key,omitempty"`
	Held    Mode   `json:"held,omitempty"` // before, after, barrier; "" when it is not held
}

type target struct {
	Kind    Kind   `json:"kind,omitempty"`
	Subject string `json:"subject,omitempty"`
	One     bool   `json:"one,omitempty"`
}

type released struct {
	Released int `json:"released"`
}

type gathering struct {
	Kind     Kind     `json:"kind"`
	Subjects []string `json:"subjects"`
}

func (w *world) control(mux *http.ServeMux) {
	mux.HandleFunc("POST /control/hold", order(w, w.setHold))
	mux.HandleFunc("POST /control/barrier", order(w, w.setBarrier))
	mux.HandleFunc("POST /control/fail", order(w, w.setFailure))
	mux.HandleFunc("POST /control/rolls", order(w, w.setRolls))
	mux.HandleFunc("POST /control/latency", order(w, w.setLatency))
	mux.HandleFunc("POST /control/percent", order(w, w.setPercent))
	mux.HandleFunc("POST /control/release", w.serveRelease)
	mux.HandleFunc("POST /control/clear", w.serveClear)
	mux.HandleFunc("GET /control/ledger", w.serveLedger)
	mux.HandleFunc("GET /control/after", w.serveAfter)
	mux.HandleFunc("GET /control/open", w.serveOpen)
	mux.HandleFunc("GET /control/held", w.await(w.isHeld))
	mux.HandleFunc("GET /control/idle", w.await(w.isIdle))
	mux.HandleFunc("GET /control/gone", w.await(w.isGone))
	mux.HandleFunc("GET /control/requests", w.await(w.hasRequests))
}

// order serves one sort of script entry; set runs under the lock.
func order[T any](w *world, set func(T) error) http.HandlerFunc {
	return func(rw http.ResponseWriter, r *http.Request) {
		var v T
		err := decode(r, &v)
		if err == nil {
			w.mu.Lock()
			err = set(v)
			w.mu.Unlock()
		}
		respond(rw, struct{}{}, err)
	}
}

func respond(rw http.ResponseWriter, v any, err error) {
	if err != nil {
		writeJSON(rw, http.StatusBadRequest, problem{err.Error()})
		return
	}
	writeJSON(rw, http.StatusOK, v)
}

func (w *world) setHold(h hold) error {
	if h.Mode != Before && h.Mode != After && h.Mode != Lost {
		return bad("mode is before, after or lost")
	}
	if err := checkKind(h.Kind); err != nil {
		return err
	}
	w.script.holds = append(w.script.holds, &h)
	return nil
}

func (w *world) setBarrier(g gathering) error {
	if len(g.Subjects) == 0 {
		return bad("a barrier needs subjects")
	}
	if err := checkKind(g.Kind); err != nil {
		return err
	}
	m := &meeting{kind: g.Kind, all: g.Subjects, missing: slices.Clone(g.Subjects)}
	w.script.barriers = append(w.script.barriers, m)
	return nil
}

func (w *world) setFailure(f Failure) error {
	if f.Timeout {
		return w.setHold(hold{f.Kind, f.Subject, After, f.Count})
	}
	if f.Status < 400 || f.Status > 599 {
		return bad("status is 400 to 599")
	}
	if err := checkKind(f.Kind); err != nil {
		return err
	}
	w.script.failures = append(w.script.failures, &f)
	return nil
}

func (w *world) setRolls(r rolls) error {
	if r.Subject == "" {
		return bad("rolls are scripted for one subject: a queue that all share would depend on who comes first")
	}
	if slices.ContainsFunc(r.Rolls, func(n int) bool { return n < 0 || n > 99 }) {
		return bad("rolls are 0 to 99")
	}
	w.script.rolls = append(w.script.rolls, r)
	return nil
}

func (w *world) setLatency(l latency) error {
	if l.Latency < 0 {
		return bad("latency is below 0")
	}
	if err := checkKind(l.Kind); err != nil {
		return err
	}
	w.script.latencies = append(w.script.latencies, l)
	return nil
}

func (w *world) setPercent(p percent) error {
	if p.Percent < 0 || p.Percent > 100 {
		return bad("percent is 0 to 100")
	}
	w.script.percents = append(w.script.percents, p)
	return nil
}

// checkKind refuses a kind that no request ever has: a script for it would
// wait for nothing, in silence.
func checkKind(k Kind) error {
	if k == "" || slices.Contains([]Kind{Reserve, Price, Charge, Lookup, Refund, Ship, Mail}, k) {
		return nil
	}
	return bad("kind is reserve, price, charge, lookup, refund, ship or mail")
}

func (w *world) serveRelease(rw http.ResponseWriter, r *http.Request) {
	var t target
	err := decode(r, &t)
	if err == nil {
		err = checkKind(t.Kind)
	}
	if err != nil {
		respond(rw, nil, err)
		return
	}
	respond(rw, released{w.release(t.Kind, t.Subject, t.One)}, nil)
}

func (w *world) serveClear(rw http.ResponseWriter, r *http.Request) {
	var t target
	if err := decode(r, &t); err != nil {
		respond(rw, nil, err)
		return
	}
	respond(rw, released{w.clear(t.Subject)}, nil)
}

func (w *world) serveLedger(rw http.ResponseWriter, r *http.Request) {
	subject := r.FormValue("subject")
	w.mu.Lock()
	all := slices.Clone(w.ledger.entries)
	w.mu.Unlock()
	some := slices.DeleteFunc(all, func(e Entry) bool { return !e.about("", subject) })
	writeJSON(rw, http.StatusOK, some)
}

// serveAfter answers once there are entries behind the n-th.
func (w *world) serveAfter(rw http.ResponseWriter, r *http.Request) {
	n, err := strconv.Atoi(r.FormValue("n"))
	if err != nil || n < 0 {
		respond(rw, nil, bad("n is 0 or more"))
		return
	}
	var behind []Entry
	err = w.wait(r.Context(), func() bool {
		behind = slices.Clone(w.ledger.entries[min(n, len(w.ledger.entries)):])
		return len(behind) > 0
	})
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	writeJSON(rw, http.StatusOK, behind)
}

func (w *world) serveOpen(rw http.ResponseWriter, r *http.Request) {
	subject := r.FormValue("subject")
	open := []OpenRequest{}
	w.mu.Lock()
	for _, a := range w.open {
		if a.about("", subject) {
			open = append(open, OpenRequest{a.N, a.Kind, a.Subject, a.Key, a.held})
		}
	}
	w.mu.Unlock()
	writeJSON(rw, http.StatusOK, open)
}

// question is what a waiting checker asks: are there n of these?
type question struct {
	kind    Kind
	subject string
	n       int
}

// await answers once is says yes, for as long as the caller waits.
func (w *world) await(is func(question) bool) http.HandlerFunc {
	return func(rw http.ResponseWriter, r *http.Request) {
		q := question{Kind(r.FormValue("kind")), r.FormValue("subject"), 1}
		if n, err := strconv.Atoi(r.FormValue("n")); err == nil {
			q.n = n
		}
		if err := checkKind(q.kind); err != nil {
			respond(rw, nil, err)
			return
		}
		if w.wait(r.Context(), func() bool { return is(q) }) != nil {
			panic(http.ErrAbortHandler)
		}
		respond(rw, struct{}{}, nil)
	}
}

func (w *world) isHeld(q question) bool {
	return slices.ContainsFunc(w.open, func(a *ask) bool { return a.held != "" && a.about(q.kind, q.subject) })
}

func (w *world) isIdle(q question) bool {
	return !slices.ContainsFunc(w.open, func(a *ask) bool { return a.about(q.kind, q.subject) })
}

// isGone takes the caller's User-Agent for the subject.
func (w *world) isGone(q question) bool {
	return !slices.ContainsFunc(w.open, func(a *ask) bool { return a.from == q.subject })
}

func (w *world) hasRequests(q question) bool {
	return count(w.ledger.entries, func(e Entry) bool { return e.asked() && e.about(q.kind, q.subject) }) >= q.n
}
