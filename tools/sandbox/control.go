package sandbox

import (
	"net/http"
	"slices"
	"strconv"
)

// OpenRequest is a request that has arrived and has not ended.
type OpenRequest struct {
	N       int    `json:"n"` // the N of the request's ledger entry
	Kind    Kind   `json:"kind"`
	Subject string `json:"subject"`
	Key     string `json:"key,omitempty"`
	Held    Mode   `json:"held,omitempty"` // before, after or barrier; "" if the request is not held
}

// selection is the body of a release or clear request.
type selection struct {
	Kind    Kind   `json:"kind,omitempty"`
	Subject string `json:"subject,omitempty"`
	One     bool   `json:"one,omitempty"`
}

type released struct {
	Released int `json:"released"`
}

type barrierRule struct {
	Kind     Kind     `json:"kind"`
	Subjects []string `json:"subjects"`
}

func (w *world) handleControl(mux *http.ServeMux) {
	mux.HandleFunc("POST /control/hold", serveRule(w, w.setHold))
	mux.HandleFunc("POST /control/barrier", serveRule(w, w.setBarrier))
	mux.HandleFunc("POST /control/fail", serveRule(w, w.setFailure))
	mux.HandleFunc("POST /control/rolls", serveRule(w, w.setRolls))
	mux.HandleFunc("POST /control/latency", serveRule(w, w.setLatency))
	mux.HandleFunc("POST /control/percent", serveRule(w, w.setPercent))
	mux.HandleFunc("POST /control/release", w.serveRelease)
	mux.HandleFunc("POST /control/clear", w.serveClear)
	mux.HandleFunc("GET /control/ledger", w.serveLedger)
	mux.HandleFunc("GET /control/after", w.serveAfter)
	mux.HandleFunc("GET /control/open", w.serveOpen)
	mux.HandleFunc("GET /control/held", w.serveWait(w.isHeld))
	mux.HandleFunc("GET /control/idle", w.serveWait(w.isIdle))
	mux.HandleFunc("GET /control/gone", w.serveWait(w.isGone))
	mux.HandleFunc("GET /control/requests", w.serveWait(w.hasRequests))
}

// serveRule returns a handler for one sort of rule. It calls set with the lock held.
func serveRule[T any](w *world, set func(T) error) http.HandlerFunc {
	return func(rw http.ResponseWriter, r *http.Request) {
		var v T
		err := decodeBody(r, &v)
		if err == nil {
			w.mu.Lock()
			err = set(v)
			w.mu.Unlock()
		}
		writeResult(rw, struct{}{}, err)
	}
}

func writeResult(rw http.ResponseWriter, v any, err error) {
	if err != nil {
		writeJSON(rw, http.StatusBadRequest, problem{err.Error()})
		return
	}
	writeJSON(rw, http.StatusOK, v)
}

func (w *world) setHold(h holdRule) error {
	if h.Mode != Before && h.Mode != After && h.Mode != Lost {
		return badRequest("mode is before, after or lost")
	}
	if err := checkKind(h.Kind); err != nil {
		return err
	}
	w.script.holds = append(w.script.holds, &h)
	return nil
}

func (w *world) setBarrier(g barrierRule) error {
	if len(g.Subjects) == 0 {
		return badRequest("a barrier needs subjects")
	}
	if err := checkKind(g.Kind); err != nil {
		return err
	}
	m := &rendezvous{kind: g.Kind, all: g.Subjects, missing: slices.Clone(g.Subjects)}
	w.script.barriers = append(w.script.barriers, m)
	return nil
}

func (w *world) setFailure(f Failure) error {
	if f.Timeout {
		return w.setHold(holdRule{f.Kind, f.Subject, After, f.Count})
	}
	if f.Status < 400 || f.Status > 599 {
		return badRequest("status is 400 to 599")
	}
	if err := checkKind(f.Kind); err != nil {
		return err
	}
	w.script.failures = append(w.script.failures, &f)
	return nil
}

func (w *world) setRolls(r rollsRule) error {
	if r.Subject == "" {
		return badRequest("rolls are scripted for one subject: a queue that all share would depend on who comes first")
	}
	if slices.ContainsFunc(r.Rolls, func(n int) bool { return n < 0 || n > 99 }) {
		return badRequest("rolls are 0 to 99")
	}
	w.script.rolls = append(w.script.rolls, r)
	return nil
}

func (w *world) setLatency(l latencyRule) error {
	if l.Latency < 0 {
		return badRequest("latency is below 0")
	}
	if err := checkKind(l.Kind); err != nil {
		return err
	}
	w.script.latencies = append(w.script.latencies, l)
	return nil
}

func (w *world) setPercent(p percentRule) error {
	if p.Percent < 0 || p.Percent > 100 {
		return badRequest("percent is 0 to 100")
	}
	w.script.percents = append(w.script.percents, p)
	return nil
}

// checkKind returns an error for a kind that no request can have. A rule with such a kind would
// never match, and nobody would notice.
func checkKind(k Kind) error {
	if k == "" || slices.Contains([]Kind{Reserve, Price, Charge, Lookup, Refund, Ship, Mail}, k) {
		return nil
	}
	return badRequest("kind is reserve, price, charge, lookup, refund, ship or mail")
}

func (w *world) serveRelease(rw http.ResponseWriter, r *http.Request) {
	var t selection
	err := decodeBody(r, &t)
	if err == nil {
		err = checkKind(t.Kind)
	}
	if err != nil {
		writeResult(rw, nil, err)
		return
	}
	writeResult(rw, released{w.releaseHeld(t.Kind, t.Subject, t.One)}, nil)
}

func (w *world) serveClear(rw http.ResponseWriter, r *http.Request) {
	var t selection
	if err := decodeBody(r, &t); err != nil {
		writeResult(rw, nil, err)
		return
	}
	writeResult(rw, released{w.clearScript(t.Subject)}, nil)
}

func (w *world) serveLedger(rw http.ResponseWriter, r *http.Request) {
	subject := r.FormValue("subject")
	w.mu.Lock()
	all := slices.Clone(w.ledger.entries)
	w.mu.Unlock()
	some := slices.DeleteFunc(all, func(e Entry) bool { return !e.matches("", subject) })
	writeJSON(rw, http.StatusOK, some)
}

// serveAfter answers as soon as the ledger has entries after entry n.
func (w *world) serveAfter(rw http.ResponseWriter, r *http.Request) {
	n, err := strconv.Atoi(r.FormValue("n"))
	if err != nil || n < 0 {
		writeResult(rw, nil, badRequest("n is 0 or more"))
		return
	}
	var behind []Entry
	err = w.waitUntil(r.Context(), func() bool {
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
		if a.matches("", subject) {
			open = append(open, OpenRequest{a.N, a.Kind, a.Subject, a.Key, a.held})
		}
	}
	w.mu.Unlock()
	writeJSON(rw, http.StatusOK, open)
}

// waitQuery names the requests for which a client waits, and their number.
type waitQuery struct {
	kind    Kind
	subject string
	n       int
}

// serveWait returns a handler that waits until condition holds, and then answers. The handler stops
// waiting when the caller goes away.
func (w *world) serveWait(condition func(waitQuery) bool) http.HandlerFunc {
	return func(rw http.ResponseWriter, r *http.Request) {
		q := waitQuery{Kind(r.FormValue("kind")), r.FormValue("subject"), 1}
		if n, err := strconv.Atoi(r.FormValue("n")); err == nil {
			q.n = n
		}
		if err := checkKind(q.kind); err != nil {
			writeResult(rw, nil, err)
			return
		}
		if w.waitUntil(r.Context(), func() bool { return condition(q) }) != nil {
			panic(http.ErrAbortHandler)
		}
		writeResult(rw, struct{}{}, nil)
	}
}

func (w *world) isHeld(q waitQuery) bool {
	return slices.ContainsFunc(w.open, func(a *pending) bool { return a.held != "" && a.matches(q.kind, q.subject) })
}

func (w *world) isIdle(q waitQuery) bool {
	return !slices.ContainsFunc(w.open, func(a *pending) bool { return a.matches(q.kind, q.subject) })
}

// isGone reports whether no open request has the User-Agent that the subject of q names.
func (w *world) isGone(q waitQuery) bool {
	return !slices.ContainsFunc(w.open, func(a *pending) bool { return a.from == q.subject })
}

func (w *world) hasRequests(q waitQuery) bool {
	return countEntries(w.ledger.entries, func(e Entry) bool { return e.isRequest() && e.matches(q.kind, q.subject) }) >= q.n
}
