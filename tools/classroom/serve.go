package main

import (
	"crypto/subtle"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"example.com/workbook/tools/class"
	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/web"
)

//go:embed assets
var files embed.FS

// desk receives the reports of the class, and serves the page.
type desk struct {
	code    string
	joins   []string          // addresses of the class that learners type
	truths  map[string]string // the right answers of the predict tasks
	journal *journal
	limits  map[string]*rate.Limiter // rate limits of the reports, by the learner's id; guarded by mu

	mu      sync.Mutex // guards the record and the room, which must have the same events
	room    *room
	changed chan struct{} // closed at the next event
}

// replayRecord replays the record, and adds the event that the page was opened.
func (d *desk) replayRecord() error {
	d.changed = make(chan struct{})
	if err := d.journal.replayEvents(d.room.apply); err != nil {
		return err
	}
	return d.addEvent(event{At: time.Now(), Opened: true})
}

// addEvent stores an event and then applies it to the room.
func (d *desk) addEvent(e event) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.addEventLocked(e)
}

// addEventLocked does what addEvent does. The caller holds d.mu.
func (d *desk) addEventLocked(e event) error {
	fresh, err := d.journal.appendEvent(e)
	if err != nil || !fresh {
		return err
	}
	d.room.apply(e)
	close(d.changed)
	d.changed = make(chan struct{})
	return nil
}

func (d *desk) routes() http.Handler {
	assets, _ := fs.Sub(files, "assets")
	mux := http.NewServeMux()
	web.Share(mux, "/{code}/")
	mux.Handle("GET /{code}/", d.requireCode(func(w http.ResponseWriter, r *http.Request) {
		http.StripPrefix("/"+d.code+"/", http.FileServerFS(assets)).ServeHTTP(w, r)
	}))
	mux.Handle("GET /{code}/events", d.requireCode(d.serveEvents))
	mux.Handle("POST /{code}/report", d.requireCode(d.serveReport))
	mux.Handle("POST /{code}/listen", d.requireCode(d.requireInstructor(d.serveListen)))
	mux.Handle("POST /{code}/lower", d.requireCode(d.requireInstructor(d.serveLower)))
	return web.Guard(mux)
}

// requireCode passes on only requests with the join code.
func (d *desk) requireCode(next http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if subtle.ConstantTimeCompare([]byte(r.PathValue("code")), []byte(d.code)) == 0 {
			web.Refuse(w, http.StatusNotFound, hint.New(hint.Usage, "copy the address with its code from the instructor's screen", "no class has that join code"))
			return
		}
		next(w, r)
	})
}

// requireInstructor passes on only requests from this machine.
func (d *desk) requireInstructor(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if !isLocal(r) {
			web.Refuse(w, http.StatusForbidden, errors.New("only the instructor may do this, on the machine that runs make class"))
			return
		}
		next(w, r)
	}
}

// isLocal reports whether a request comes from the machine that serves the page.
func isLocal(r *http.Request) bool {
	from, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return false
	}
	to, _ := r.Context().Value(http.LocalAddrContextKey).(*net.TCPAddr)
	return from.Addr().Unmap().IsLoopback() || to != nil && from.Addr().Unmap() == to.AddrPort().Addr().Unmap()
}

// bodyTimeout limits how long a request's body may take.
const bodyTimeout = 10 * time.Second

func (d *desk) serveReport(w http.ResponseWriter, r *http.Request) {
	now := time.Now()
	http.NewResponseController(w).SetReadDeadline(now.Add(bodyTimeout))
	body, ok := web.Body(w, r, class.Largest)
	if !ok {
		return
	}
	var p class.Report
	if err := json.Unmarshal(body, &p); err != nil {
		web.Refuse(w, http.StatusBadRequest, fmt.Errorf("the report cannot be read: %w", err))
		return
	}
	status, err := d.storeReport(&p, now)
	if err != nil {
		web.Refuse(w, status, err)
		return
	}
	web.Reply(w, http.StatusOK, map[string]string{"name": p.Name})
}

// maxAgo limits how old a report may be.
const maxAgo = 12 * time.Hour

// storeReport stores a report with the time at which its check ran. The learner's machine sends how
// long ago that was, because the clocks of the machines differ.
func (d *desk) storeReport(p *class.Report, now time.Time) (status int, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.room.checkReport(p); err != nil {
		if errors.Is(err, errTaken) {
			return http.StatusConflict, err
		}
		return http.StatusBadRequest, err
	}
	if !d.limitOf(p.ID).AllowN(now, 1) {
		return http.StatusTooManyRequests, errors.New("too many reports at once")
	}
	ago := min(max(time.Duration(p.Ago)*time.Millisecond, 0), maxAgo)
	if err := d.addEventLocked(event{At: now.Add(-ago), Report: p}); err != nil {
		return http.StatusInternalServerError, fmt.Errorf("the report was not stored: %w", err)
	}
	return http.StatusOK, nil
}

// limitOf returns the rate limit of a learner: 30 reports at once, and then one report a second.
func (d *desk) limitOf(id string) *rate.Limiter {
	if d.limits[id] == nil {
		d.limits[id] = rate.NewLimiter(1, 30)
	}
	return d.limits[id]
}

func (d *desk) serveListen(w http.ResponseWriter, r *http.Request) {
	d.serveAction(w, r, func(body map[string]any) (event, bool) {
		on, ok := body["on"].(bool)
		return event{Listen: &on}, ok
	})
}

func (d *desk) serveLower(w http.ResponseWriter, r *http.Request) {
	d.serveAction(w, r, func(body map[string]any) (event, bool) {
		name, ok := body["name"].(string)
		return event{Lower: name}, ok
	})
}

// serveAction stores the event that an instructor's request asks for.
func (d *desk) serveAction(w http.ResponseWriter, r *http.Request, what func(map[string]any) (event, bool)) {
	body, ok := web.Body(w, r, class.Largest)
	if !ok {
		return
	}
	var asked map[string]any
	err := json.Unmarshal(body, &asked)
	e, ok := what(asked)
	if err != nil || !ok {
		web.Refuse(w, http.StatusBadRequest, errors.New("the body of the request has the wrong form"))
		return
	}
	e.At = time.Now()
	if err := d.addEvent(e); err != nil {
		web.Refuse(w, http.StatusInternalServerError, err)
		return
	}
	web.Reply(w, http.StatusOK, map[string]string{})
}

const (
	// minInterval is the least time between two states of the room that are sent.
	minInterval = 200 * time.Millisecond
	keepAlive   = 15 * time.Second
)

// serveEvents sends the state of the room, and sends it again after each change.
func (d *desk) serveEvents(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	hello, _ := json.Marshal(map[string]any{"instructor": isLocal(r), "joins": d.joins})
	_, err := fmt.Fprintf(w, "retry: 500\nevent: hello\ndata: %s\n\n", hello)
	flush := http.NewResponseController(w)
	for err == nil {
		picture, changed := d.currentView()
		if _, err = fmt.Fprintf(w, "data: %s\n\n", picture); err != nil || flush.Flush() != nil {
			return
		}
		web.Pause(r.Context(), minInterval)
		select {
		case <-changed:
		case <-time.After(keepAlive):
			_, err = io.WriteString(w, ": still here\n\n")
		case <-r.Context().Done():
			return
		}
	}
}

func (d *desk) currentView() (text []byte, changed <-chan struct{}) {
	d.mu.Lock()
	defer d.mu.Unlock()
	text, _ = json.Marshal(d.room.makeView(time.Now(), d.truths))
	return text, d.changed
}
