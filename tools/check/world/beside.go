package world

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"

	"example.com/workbook/tools/process"
	"example.com/workbook/tools/restate"
)

// Beside returns a program with these settings that serves at an address of its own, next
// to the running program. The program is not registered, and runs until the world stops:
// scripts with the same settings share it.
func (w *World) Beside(ctx context.Context, settings []string) (*process.Process, error) {
	name := strings.Join(settings, " ")
	if p := w.beside[name]; p != nil && !p.HasEnded() {
		return p, nil
	}
	p, err := w.serve(ctx, "program", append(slices.Clone(settings), "SHOP_FAILPOINT=")...)
	if err != nil {
		return nil, notServingError(p, err)
	}
	w.beside[name] = p
	return p, nil
}

// ProgramURL returns the address under which Restate knows a program.
func ProgramURL(p *process.Process) string { return "http://" + p.Addr() }

// LeaveBeside makes Restate forget the programs that run beside the first one, and makes
// the first one the current version of its services again.
func (w *World) LeaveBeside(ctx context.Context) error {
	admin := w.Server.Admin()
	if err := w.Register(ctx); err != nil {
		return err
	}
	for _, p := range w.beside {
		err := admin.DeleteDeployment(ctx, ProgramURL(p))
		var refused *restate.StatusError
		if err != nil && !(errors.As(err, &refused) && refused.Status == http.StatusNotFound) {
			return err
		}
	}
	return nil
}

// Gate stands between the programs that the check launches and the admin API of the
// server. It passes the requests on, and counts them.
type Gate struct {
	server *httptest.Server

	mu       sync.Mutex
	asked    int
	refused  int // the number of the request that the gate refuses; 0 for none
	onAnswer func(n int)
}

// Gate returns the gate, which opens when it is needed first.
func (w *World) Gate() *Gate {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.gate == nil {
		w.gate = openGate(func() http.Handler { return w.Server.Admin().Handler() })
	}
	return w.gate
}

func openGate(admin func() http.Handler) *Gate {
	g := &Gate{}
	g.server = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if g.refuses() {
			http.Error(rw, "the server is not ready", http.StatusServiceUnavailable)
			return
		}
		answer := httptest.NewRecorder()
		admin().ServeHTTP(answer, r)
		g.mu.Lock()
		g.asked++
		n, onAnswer := g.asked, g.onAnswer
		g.mu.Unlock()
		if onAnswer != nil {
			onAnswer(n)
		}
		for name, values := range answer.Header() {
			rw.Header()[name] = values
		}
		rw.WriteHeader(answer.Code)
		_, _ = bytes.NewReader(answer.Body.Bytes()).WriteTo(rw)
	}))
	return g
}

// refuses reports whether the gate refuses the request that comes now.
func (g *Gate) refuses() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.refused != g.asked+1 {
		return false
	}
	g.refused = 0
	return true
}

// Refuse makes the gate answer the n-th request from now with 503, once. The server does not
// see that request.
func (g *Gate) Refuse(n int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.asked, g.refused = 0, n
}

// HasRefused reports whether the request for which Refuse was called last has come.
func (g *Gate) HasRefused() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.refused == 0
}

// URL returns the address of the gate.
func (g *Gate) URL() string { return g.server.URL }

// Asked returns how many requests the server has answered.
func (g *Gate) Asked() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.asked
}

// OnAnswer calls f after each request that the server has answered, and before the answer
// goes to the program that asked. n counts from 1. OnAnswer(nil) ends that.
func (g *Gate) OnAnswer(f func(n int)) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.asked, g.onAnswer = 0, f
}

// LaunchRefused runs the program with arguments, and has its n-th request to the server
// answered with 503. LaunchRefused returns the program, which has ended by itself, and reports
// whether it made that request.
func (w *World) LaunchRefused(ctx context.Context, n int, args []string) (p *process.Process, refused bool, err error) {
	gate := w.Gate()
	gate.Refuse(n)
	defer gate.Refuse(0)
	if p, err = w.Launch(args); err != nil {
		return nil, false, err
	}
	select {
	case <-p.Done():
		return p, gate.HasRefused(), nil
	case <-ctx.Done():
		p.Kill()
		return p, false, ctx.Err()
	}
}

// LaunchUntil runs the program with arguments, and kills it (SIGKILL) when the server has
// answered its n-th request, before the program gets the answer. LaunchUntil returns the
// program, which has ended: by the kill, or by itself if it makes fewer requests.
func (w *World) LaunchUntil(ctx context.Context, n int, args []string) (p *process.Process, killed bool, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // the last: it ends the answer that a killed program waited for
	gate := w.Gate()
	at := make(chan struct{})
	gate.OnAnswer(func(i int) {
		if i == n {
			close(at)
			<-ctx.Done() // the answer never leaves
		}
	})
	defer gate.OnAnswer(nil)
	if p, err = w.Launch(args); err != nil {
		return nil, false, err
	}
	select {
	case <-at:
		p.Kill()
		return p, true, w.Outside.WaitGone(ctx, p.Pid())
	case <-p.Done():
		return p, false, nil
	case <-ctx.Done():
		p.Kill()
		return p, false, ctx.Err()
	}
}
