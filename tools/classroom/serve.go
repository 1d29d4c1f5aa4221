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

	"example.com/workbook/tools/class"
	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/web"
)

//go:embed assets
var files embed.FS

// desk is where the class's reports come in and its page goes out.
type desk struct {
	code    string
	joins   []string          // addresses of the class, as learners type them
	truths  map[string]string // of the predict tasks
	journal *journal
	rate    *rate

	mu      sync.Mutex // what is written down and what has happened are the same
	room    *room
	changed chan struct{} // closed at the next event
}

// open replays the record, and notes that the page is up.
func (d *desk) open() error {
	d.changed = make(chan struct{})
	if err := d.journal.replay(d.room.take); err != nil {
		return err
	}
	return d.happens(event{At: time.Now(), Opened: true})
}

// happens writes an event down, and then has it happen.
func (d *desk) happens(e event) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.happensNow(e)
}

// happensNow is for who has locked d.mu.
func (d *desk) happensNow(e event) error {
	fresh, err := d.journal.append(e)
	if err != nil || !fresh {
		return err
	}
	d.room.take(e)
	close(d.changed)
	d.changed = make(chan struct{})
	return nil
}

func (d *desk) handler() http.Handler {
	assets, _ := fs.Sub(files, "assets")
	mux := http.NewServeMux()
	web.Share(mux, "/{code}/")
	mux.Handle("GET /{code}/", d.coded(func(w http.ResponseWriter, r *http.Request) {
		http.StripPrefix("/"+d.code+"/", http.FileServerFS(assets)).ServeHTTP(w, r)
	}))
	mux.Handle("GET /{code}/events", d.coded(d.events))
	mux.Handle("POST /{code}/report", d.coded(d.report))
	mux.Handle("POST /{code}/listen", d.coded(d.instructor(d.listen)))
	mux.Handle("POST /{code}/lower", d.coded(d.instructor(d.lower)))
	return web.Guard(mux)
}

// coded lets in who has the join code.
func (d *desk) coded(next http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if subtle.ConstantTimeCompare([]byte(r.PathValue("code")), []byte(d.code)) == 0 {
			web.Refuse(w, http.StatusNotFound, hint.New(hint.Usage, "the address with its code is on the instructor's screen", "there is no class by that join code"))
			return
		}
		next(w, r)
	})
}

// instructor lets in who sits at this machine.
func (d *desk) instructor(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if !atThisMachine(r) {
			web.Refuse(w, http.StatusForbidden, errors.New("that is for the instructor, at the machine that runs make class"))
			return
		}
		next(w, r)
	}
}

// atThisMachine: who asks is where the page is.
func atThisMachine(r *http.Request) bool {
	from, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return false
	}
	to, _ := r.Context().Value(http.LocalAddrContextKey).(*net.TCPAddr)
	return from.Addr().Unmap().IsLoopback() || to != nil && from.Addr().Unmap() == to.AddrPort().Addr().Unmap()
}

// slowly is how long a body may take.
const slowly = 10 * time.Second

func (d *desk) report(w http.ResponseWriter, r *http.Request) {
	now := time.Now()
	http.NewResponseController(w).SetReadDeadline(now.Add(slowly))
	body, ok := web.Body(w, r, class.Largest)
	if !ok {
		return
	}
	var p class.Report
	if err := json.Unmarshal(body, &p); err != nil {
		web.Refuse(w, http.StatusBadRequest, fmt.Errorf("the report cannot be read: %w", err))
		return
	}
	status, err := d.takes(&p, now)
	if err != nil {
		web.Refuse(w, status, err)
		return
	}
	web.Reply(w, http.StatusOK, map[string]string{"name": p.Name})
}

// oldest is how long ago a report may have been true.
const oldest = 12 * time.Hour

// takes writes a report down, at the time at which it was so: by the learner's own
// measure of how long that is ago, for clocks differ.
func (d *desk) takes(p *class.Report, now time.Time) (status int, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.room.admit(p); err != nil {
		if errors.Is(err, errTaken) {
			return http.StatusConflict, err
		}
		return http.StatusBadRequest, err
	}
	if !d.rate.allows(p.ID, now) {
		return http.StatusTooManyRequests, errors.New("too many reports at once")
	}
	ago := min(max(time.Duration(p.Ago)*time.Millisecond, 0), oldest)
	if err := d.happensNow(event{At: now.Add(-ago), Report: p}); err != nil {
		return http.StatusInternalServerError, fmt.Errorf("the report was not written down: %w", err)
	}
	return http.StatusOK, nil
}

func (d *desk) listen(w http.ResponseWriter, r *http.Request) {
	d.does(w, r, func(body map[string]any) (event, bool) {
		on, ok := body["on"].(bool)
		return event{Listen: &on}, ok
	})
}

func (d *desk) lower(w http.ResponseWriter, r *http.Request) {
	d.does(w, r, func(body map[string]any) (event, bool) {
		name, ok := body["name"].(string)
		return event{Lower: name}, ok
	})
}

// does what the instructor asks for.
func (d *desk) does(w http.ResponseWriter, r *http.Request, what func(map[string]any) (event, bool)) {
	body, ok := web.Body(w, r, class.Largest)
	if !ok {
		return
	}
	var asked map[string]any
	err := json.Unmarshal(body, &asked)
	e, ok := what(asked)
	if err != nil || !ok {
		web.Refuse(w, http.StatusBadRequest, errors.New("the body is not what this takes"))
		return
	}
	e.At = time.Now()
	if err := d.happens(e); err != nil {
		web.Refuse(w, http.StatusInternalServerError, err)
		return
	}
	web.Reply(w, http.StatusOK, map[string]string{})
}

const (
	// breath is the least time between two pictures of the room.
	breath = 200 * time.Millisecond
	alive  = 15 * time.Second
)

// events sends the room as it is, and again whenever something happens.
func (d *desk) events(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	hello, _ := json.Marshal(map[string]any{"instructor": atThisMachine(r), "joins": d.joins})
	_, err := fmt.Fprintf(w, "retry: 500\nevent: hello\ndata: %s\n\n", hello)
	flush := http.NewResponseController(w)
	for err == nil {
		picture, changed := d.picture()
		if _, err = fmt.Fprintf(w, "data: %s\n\n", picture); err != nil || flush.Flush() != nil {
			return
		}
		web.Pause(r.Context(), breath)
		select {
		case <-changed:
		case <-time.After(alive):
			_, err = io.WriteString(w, ": still here\n\n")
		case <-r.Context().Done():
			return
		}
	}
}

func (d *desk) picture() (text []byte, changed <-chan struct{}) {
	d.mu.Lock()
	defer d.mu.Unlock()
	text, _ = json.Marshal(d.room.view(time.Now(), d.truths))
	return text, d.changed
}
