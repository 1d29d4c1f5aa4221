package page

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"maps"

	"example.com/workbook/tools/web"
)

// Page is the web page. It refuses requests under a name that is no loopback name, and
// actions that another site's page asks for.
type Page struct {
	Title string
	Hub   *Hub            // nil when there are only recordings
	Verbs map[string]Verb // actions of the page's buttons
	Extra fs.FS           // the user's own recordings; may be nil
}

// Verb does what a button asks for and returns a message to show.
type Verb func(ctx context.Context, body []byte) (said string, err error)

//go:embed assets recordings
var files embed.FS

// Serve serves the page at a loopback address until ctx is done.
func (p *Page) Serve(ctx context.Context, l net.Listener) error {
	return web.Serve(ctx, l, p.newHandler(ctx, l.Addr().String()))
}

func (p *Page) newHandler(ctx context.Context, addr string) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) { http.ServeFileFS(w, r, files, "assets/index.html") })
	mux.Handle("GET /assets/", http.FileServerFS(files))
	web.Share(mux, "/assets/")
	mux.HandleFunc("GET /events", p.serveEvents)
	mux.HandleFunc("GET /recordings", p.serveList)
	mux.HandleFunc("GET /recordings/{name}", p.serveRecording)
	mux.HandleFunc("POST /control/{verb}", func(w http.ResponseWriter, r *http.Request) { p.serveControl(ctx, w, r) })
	return requireHost(addr, web.Guard(mux))
}

// requireHost passes on only requests for a loopback name, with any port, because a tunnel
// may lead here from another port, and for the name that GitHub Codespaces gives to this
// port. Any other name may have been made to resolve to this address.
func requireHost(addr string, next http.Handler) http.Handler {
	_, port, _ := net.SplitHostPort(addr)
	codespace := codespaceName(port)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !isLoopback(r.Host) && (codespace == "" || !strings.EqualFold(r.Host, codespace)) {
			http.Error(w, fmt.Sprintf("this page is at http://%s/, and not under this name\nhint: on another machine, ssh -L %s:%s and this machine's name, then http://localhost:%s/", addr, port, addr, port), http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// isLoopback reports whether a request's host is a loopback name, with or without a port.
func isLoopback(host string) bool {
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		name = strings.Trim(host, "[]")
	}
	ip, err := netip.ParseAddr(name)
	return strings.EqualFold(name, "localhost") || err == nil && ip.IsLoopback()
}

// codespaceName returns the name under which GitHub Codespaces serves a port of this
// machine, "" on any other machine.
func codespaceName(port string) string {
	name, domain := os.Getenv("CODESPACE_NAME"), os.Getenv("GITHUB_CODESPACES_PORT_FORWARDING_DOMAIN")
	if name == "" || domain == "" {
		return ""
	}
	return name + "-" + port + "." + domain
}

const (
	batchSize = 500
	// minInterval is the least time between two batches, so that the page is not drawn
	// again for each event of a burst.
	minInterval = 50 * time.Millisecond
	keepAlive   = 15 * time.Second
)

// serveEvents sends past and new events for as long as the page listens. A page that
// connects again gets the events that it missed.
func (p *Page) serveEvents(w http.ResponseWriter, r *http.Request) {
	if p.Hub == nil {
		http.NotFound(w, r)
		return
	}
	last := 0
	if run, n, ok := strings.Cut(r.Header.Get("Last-Event-ID"), "-"); ok && run == p.Hub.Run {
		last, _ = strconv.Atoi(n)
	}
	w.Header().Set("Content-Type", "text/event-stream")
	hello, _ := json.Marshal(map[string]any{"run": p.Hub.Run, "title": p.Title, "can": slices.Sorted(maps.Keys(p.Verbs))})
	flush := http.NewResponseController(w)
	_, err := fmt.Fprintf(w, "retry: 500\nevent: hello\ndata: %s\n\n", hello)
	for err == nil && flush.Flush() == nil {
		news, changed := p.Hub.After(last, batchSize)
		if len(news) == 0 {
			select {
			case <-changed:
				web.Pause(r.Context(), minInterval)
				continue
			case <-time.After(keepAlive):
				_, err = io.WriteString(w, ": still here\n\n")
				continue
			case <-r.Context().Done():
				return
			}
		}
		last = news[len(news)-1].N
		var text []byte
		if text, err = json.Marshal(news); err == nil {
			_, err = fmt.Fprintf(w, "id: %s-%d\ndata: %s\n\n", p.Hub.Run, last, text)
		}
	}
}

const maxBody = 64 << 10

// serveControl does what a button asks for. ctx is that of the page: what was begun is
// finished, even if the tab is closed in the meantime.
func (p *Page) serveControl(ctx context.Context, w http.ResponseWriter, r *http.Request) {
	verb := p.Verbs[r.PathValue("verb")]
	if verb == nil {
		web.Refuse(w, http.StatusNotFound, fmt.Errorf("there is no %q here", r.PathValue("verb")))
		return
	}
	body, ok := web.Body(w, r, maxBody)
	if !ok {
		return
	}
	said, err := verb(ctx, body)
	if err != nil {
		web.Refuse(w, http.StatusConflict, err)
		return
	}
	web.Reply(w, http.StatusOK, map[string]string{"said": said})
}

// Recording is a saved run.
type Recording struct {
	Name  string `json:"name"`
	Title string `json:"title"`
	About string `json:"about"`
}

const suffix = ".jsonl"

// Recordings returns the recordings that are shipped and then those of extra, which may
// be nil, by name. The error lists the files that are no recordings; all others are
// returned nevertheless.
func Recordings(extra fs.FS) (all []Recording, odd error) {
	shipped, err := fs.Sub(files, "recordings")
	if err != nil {
		return nil, err
	}
	for _, folder := range []fs.FS{shipped, extra} {
		if folder == nil {
			continue
		}
		names, err := fs.Glob(folder, "*"+suffix)
		odd = errors.Join(odd, err)
		for _, name := range names {
			title, about, err := readTitle(folder, name)
			if err != nil {
				odd = errors.Join(odd, fmt.Errorf("%s is not a recording: %w", name, err))
				continue
			}
			all = append(all, Recording{strings.TrimSuffix(name, suffix), title, about})
		}
	}
	return all, odd
}

// readTitle returns title and description from the first event of a recording.
func readTitle(folder fs.FS, name string) (title, about string, err error) {
	f, err := folder.Open(name)
	if err != nil {
		return "", "", err
	}
	defer f.Close()
	var first Event
	err = json.NewDecoder(f).Decode(&first)
	if err == nil && first.What != Run {
		err = fmt.Errorf("the file does not begin with a run")
	}
	return first.Name, first.Reason, err
}

func (p *Page) serveList(w http.ResponseWriter, _ *http.Request) {
	all, _ := Recordings(p.Extra) // make replay reports the files that are none
	web.Reply(w, http.StatusOK, all)
}

func (p *Page) serveRecording(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("name") + suffix
	w.Header().Set("Content-Type", "application/jsonl")
	if p.Extra != nil {
		if _, err := fs.Stat(p.Extra, name); err == nil {
			http.ServeFileFS(w, r, p.Extra, name)
			return
		}
	}
	http.ServeFileFS(w, r, files, path.Join("recordings", name))
}
