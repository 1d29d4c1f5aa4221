package shop

import (
	"bytes"
	"context"
	"encoding/json"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/google/renameio/v2"

	"example.com/workbook/tools/files"
	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/process"
	"example.com/workbook/tools/proxy"
	"example.com/workbook/tools/shop/client"
	"example.com/workbook/tools/web"
)

// control listens on a unix socket in the shop's folder.
type control struct {
	server *http.Server
	file   string
}

// serveCommands serves other commands, and writes down where they find the shop.
func (s *shop) serveCommands(ctx context.Context) error {
	at := client.Address{PID: os.Getpid(), Socket: filepath.Join(s.stage.Dir, "control.sock")}
	l, err := net.Listen("unix", at.Socket)
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /shop", s.serveView)
	mux.HandleFunc("POST /start/{name}", func(w http.ResponseWriter, r *http.Request) { s.serveStart(ctx, w, r) })
	mux.HandleFunc("POST /deploy", func(w http.ResponseWriter, r *http.Request) { s.serveDeploy(ctx, w) })
	mux.HandleFunc("POST /orders", s.serveOrders)
	mux.HandleFunc("GET /recording", s.serveRecording)
	mux.HandleFunc("GET /failed", s.serveFailed)
	s.control = &control{
		server: &http.Server{Handler: mux, BaseContext: func(net.Listener) context.Context { return ctx }},
		file:   client.AddressFile(s.opts.Root),
	}
	go s.control.server.Serve(l)
	// If we are killed, the keeper removes the file with the rest.
	if err := s.opts.Keeper.AddDir(s.control.file); err != nil {
		return err
	}
	return writeAddress(s.control.file, at)
}

// writeAddress writes the file that names the shop. Its readers see all of it or none.
func writeAddress(file string, at client.Address) error {
	text, err := json.Marshal(at)
	if err != nil {
		return err
	}
	work := filepath.Dir(file)
	if err := os.MkdirAll(work, 0o777); err != nil {
		return files.WriteError("the shop was not opened", work, err)
	}
	if err := renameio.WriteFile(file, text, 0o600); err != nil {
		return files.WriteError("the shop was not opened", work, err)
	}
	return nil
}

func (c *control) close(k *process.Keeper) {
	os.Remove(c.file)
	k.ForgetDir(c.file) // another shop may write its own soon
	wait, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	c.server.Shutdown(wait)
}

// serveView answers once the shop's version is above after.
func (s *shop) serveView(w http.ResponseWriter, r *http.Request) {
	after, err := strconv.Atoi(r.FormValue("after"))
	for {
		s.mu.Lock()
		version, changed := s.version, s.changed
		s.mu.Unlock()
		if err != nil || version > after {
			web.Reply(w, http.StatusOK, s.viewShop(version))
			return
		}
		select {
		case <-changed:
		case <-r.Context().Done():
			panic(http.ErrAbortHandler)
		}
	}
}

func (s *shop) viewShop(version int) client.View {
	v := client.View{Version: version, Ingress: s.stage.Ingresses(), Admin: s.stage.Admins(), Sandbox: s.unit("sandbox").addr, Database: s.stage.Database(), Rows: s.stage.Rows()}
	for _, u := range s.allUnits() {
		v.Units = append(v.Units, s.viewUnit(u))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, each := range s.versions {
		v.Versions = append(v.Versions, client.Version{N: each.n, Deployment: each.deployment})
	}
	return v
}

// serveStart starts a unit. ctx is that of the shop: a start that was begun is finished,
// even if the client that asked has gone.
func (s *shop) serveStart(ctx context.Context, w http.ResponseWriter, r *http.Request) {
	u := s.unit(r.PathValue("name"))
	if u == nil {
		web.Refuse(w, http.StatusConflict, hint.New(hint.Usage, "", "the shop has no %q", r.PathValue("name")))
		return
	}
	if err := s.restartUnit(ctx, u); err != nil {
		web.Refuse(w, http.StatusConflict, err)
		return
	}
	view := s.viewUnit(u)
	view.Note = s.noteOld(u)
	web.Reply(w, http.StatusOK, view)
}

// serveDeploy deploys version 2. ctx is that of the shop, as in serveStart.
func (s *shop) serveDeploy(ctx context.Context, w http.ResponseWriter) {
	said, err := s.deploy(ctx)
	if err != nil {
		web.Refuse(w, http.StatusConflict, err)
		return
	}
	web.Reply(w, http.StatusOK, said)
}

// serveOrders answers with the number of the next order.
func (s *shop) serveOrders(w http.ResponseWriter, r *http.Request) {
	web.Reply(w, http.StatusOK, s.nextOrder())
}

func (s *shop) nextOrder() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.orders++
	return s.orders
}

// serveRecording answers with what has happened so far, as a recording.
func (s *shop) serveRecording(w http.ResponseWriter, r *http.Request) {
	var b bytes.Buffer
	if err := s.page.Hub.Write(&b, r.FormValue("title"), "", r.FormValue("order")); err != nil {
		web.Refuse(w, http.StatusConflict, err)
		return
	}
	w.Write(b.Bytes())
}

// serveFailed answers with the failed attempts on a key, in order.
func (s *shop) serveFailed(w http.ResponseWriter, r *http.Request) {
	all := []client.Failed{}
	for _, v := range s.allVersions() {
		for _, a := range v.proxy.Attempts(func(a *proxy.Attempt) bool {
			return a.Key == r.FormValue("key") && strings.HasPrefix(a.End, "error")
		}) {
			all = append(all, client.Failed{At: a.Over, Next: a.NextTry})
		}
	}
	web.Reply(w, http.StatusOK, all)
}
