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

// Beside returns a second program, with these settings and at an address of its own, that runs at the
// same time as the first program. Beside does not register the program. The program runs until the world
// stops, and scripts with the same settings share it.
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

// LeaveBeside removes the deployments of all programs that Beside has started, and makes the first program
// the current version of its services again.
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

// Gate is a proxy between the programs that the check launches and the admin API of the server. Gate passes
// the requests on, and counts them.
type Gate struct {
	server *httptest.Server

	mu       sync.Mutex
	answered int
	added    bool // a program was registered since the last launch
	refused  int  // the number of the request that the gate will refuse; 0 for none
	onAnswer func(n int)
}

// Gate returns the gate. The first call starts it.
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
		g.answered++
		g.added = g.added || r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/deployments") && answer.Code < http.StatusMultipleChoices
		n, onAnswer := g.answered, g.onAnswer
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

// refuses reports whether the gate refuses the current request.
func (g *Gate) refuses() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.refused != g.answered+1 {
		return false
	}
	g.refused = 0
	return true
}

// Refuse makes the gate answer the n-th of the following requests with 503. The server does not get that
// request.
func (g *Gate) Refuse(n int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.answered, g.refused = 0, n
}

// HasRefused reports whether the gate has refused the request that the last call of Refuse named.
func (g *Gate) HasRefused() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.refused == 0
}

// HasAdded reports whether a program was registered through the gate since the last launch.
func (g *Gate) HasAdded() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.added
}

// forgetAdded prepares the gate for the next launch.
func (g *Gate) forgetAdded() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.added = false
}

// URL returns the address of the gate.
func (g *Gate) URL() string { return g.server.URL }

// Answered returns how many requests the server has answered.
func (g *Gate) Answered() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.answered
}

// OnAnswer lets the gate call f after the server has answered a request, and before the program gets the
// answer. The number n counts the answered requests from 1. OnAnswer(nil) ends these calls.
func (g *Gate) OnAnswer(f func(n int)) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.answered, g.onAnswer = 0, f
}

// LaunchRefused runs the program with arguments, and answers its n-th request to the server with 503. It
// waits until the program has ended by itself, and returns the program. The result refused reports whether the
// program has sent n requests.
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

// LaunchUntil runs the program with arguments. When the server has answered the program's n-th request,
// LaunchUntil kills the program (SIGKILL), before the program gets the answer. The returned program has
// ended: by the kill, or by itself if it has sent fewer than n requests.
func (w *World) LaunchUntil(ctx context.Context, n int, args []string) (p *process.Process, killed bool, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // runs last, and ends the answer for which the killed program waited
	gate := w.Gate()
	at := make(chan struct{})
	gate.OnAnswer(func(i int) {
		if i == n {
			close(at)
			<-ctx.Done() // the program never gets the answer
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
