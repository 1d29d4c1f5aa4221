package proxy

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
)

// Message is one protocol message on its way from the program to the server.
type Message struct {
	Attempt *Attempt // as it was before this message; read only
	Type    Type
	K       int // its place among all that the program sent for this invocation, from 1
}

// Hook sees every message of the program before the server does. When it
// returns false the stream ends there: the server never gets that message. It
// may take its time: only the one stream waits.
type Hook func(Message) (pass bool)

// Proxy is one listening address on loopback with one program behind it.
type Proxy struct {
	listener net.Listener
	server   *http.Server
	client   *http.Transport

	mu       sync.Mutex
	target   string        // host:port of the program; empty while it is down
	up       chan struct{} // closed when target is set
	turn     chan struct{} // closed when streams that wait for that are turned away
	hook     Hook
	attempts []*Attempt
	sent     map[string][]Type // messages so far, by invocation
	streams  map[string]int    // attempts so far, by invocation
	watch    func(Event)
	away     []*away
}

// away are attempts that are not to reach the program.
type away struct {
	left  int
	match func(*Attempt) bool
}

// Listen starts a proxy on a free loopback port, with no program behind it yet.
func Listen() (*Proxy, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen for restate-server: %w", err)
	}
	h2c := new(http.Protocols)
	h2c.SetUnencryptedHTTP2(true)
	p := &Proxy{
		listener: l,
		client:   &http.Transport{Protocols: h2c, DisableCompression: true},
		up:       make(chan struct{}),
		turn:     make(chan struct{}),
		sent:     map[string][]Type{},
		streams:  map[string]int{},
	}
	both := new(http.Protocols)
	both.SetUnencryptedHTTP2(true)
	both.SetHTTP1(true)
	p.server = &http.Server{Handler: p, Protocols: both, HTTP2: &http.HTTP2Config{MaxConcurrentStreams: 1000}}
	go p.server.Serve(l)
	return p, nil
}

// URL is the address to register as the deployment.
func (p *Proxy) URL() string { return "http://" + p.listener.Addr().String() }

// Close ends every stream and stops listening.
func (p *Proxy) Close() error {
	err := p.server.Close()
	p.client.CloseIdleConnections()
	return err
}

// Connect puts the program at addr (host:port) behind the proxy. Requests
// that came while there was none go to it now.
func (p *Proxy) Connect(addr string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.target == "" {
		close(p.up)
	}
	p.target = addr
}

// Disconnect is called right before the program is killed: what runs now is
// noted as killed, and new streams wait for the next Connect, so that a crash
// costs no back-off.
func (p *Proxy) Disconnect() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.target == "" {
		return
	}
	p.target = ""
	p.up = make(chan struct{})
	p.end("killed")
}

// ProgramDies is called right before the program is killed where its address
// stays: what runs now is noted as killed, and until it is back new streams are
// ended as they come, as they would be without a proxy.
func (p *Proxy) ProgramDies() { p.ends("killed") }

// ServerDies is called right before the server is killed: what runs now is
// noted as ended by that.
func (p *Proxy) ServerDies() { p.ends("server killed") }

func (p *Proxy) ends(how string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.end(how)
}

// end notes how all that runs has ended. p.mu is held.
func (p *Proxy) end(how string) {
	for _, a := range p.attempts {
		a.broken(how)
	}
}

// OnMessage sets the hook; nil removes it.
func (p *Proxy) OnMessage(h Hook) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.hook = h
}

// OnEvent sets what is told of each attempt, from its beginning to its end. It
// must not wait, nor call the proxy.
func (p *Proxy) OnEvent(f func(Event)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.watch = f
}

// tell is called with p.mu held.
func (p *Proxy) tell(a *Attempt, events ...Event) {
	for _, e := range events {
		if e.Attempt = a; p.watch != nil {
			p.watch(e)
		}
	}
}

// Attempts is a copy of every attempt so far that keep wants, in the order of
// their beginning.
func (p *Proxy) Attempts(keep func(*Attempt) bool) []Attempt {
	p.mu.Lock()
	defer p.mu.Unlock()
	var out []Attempt
	for _, a := range p.attempts {
		if keep == nil || keep(a) {
			c := *a
			c.Steps = append([]Ran(nil), a.Steps...)
			out = append(out, c)
		}
	}
	return out
}

// Sent are the messages that the program has sent for an invocation, over all
// its attempts, in their order.
func (p *Proxy) Sent(invocation string) []Type {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.sent[invocation])
}

// Count is how many attempts there were, and of how many invocations.
func (p *Proxy) Count() (streams, invocations int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.attempts), len(p.streams)
}

// Away has the next n attempts that match find the program down: their streams
// end before they reach it.
func (p *Proxy) Away(n int, match func(*Attempt) bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.away = append(p.away, &away{n, match})
}

// isAway says whether a is not to reach the program, and counts it.
func (p *Proxy) isAway(a *Attempt) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, w := range p.away {
		if a != nil && w.left > 0 && w.match(a) {
			w.left--
			a.broken(unreachable)
			return true
		}
	}
	return false
}

// TurnAway ends the streams that wait for the next Connect: the server backs off,
// and comes with all that is in the journal by then.
func (p *Proxy) TurnAway() {
	p.mu.Lock()
	defer p.mu.Unlock()
	close(p.turn)
	p.turn = make(chan struct{})
}

var errTurnedAway = errors.New("the program is away")

// wait is the program's address, once there is one.
func (p *Proxy) wait(ctx context.Context) (addr string, err error) {
	for {
		p.mu.Lock()
		addr, up, turn := p.target, p.up, p.turn
		p.mu.Unlock()
		if addr != "" {
			return addr, nil
		}
		select {
		case <-up:
		case <-turn:
			return "", errTurnedAway
		case <-ctx.Done():
			return "", ctx.Err()
		}
	}
}

// ServeHTTP passes one request on: discovery as it is, an invocation message
// by message.
func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	addr, err := p.wait(r.Context())
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	s := &stream{proxy: p, attempt: p.begin(r)}
	defer s.ended()
	if p.isAway(s.attempt) {
		panic(http.ErrAbortHandler)
	}
	if err := s.run(ctx, addr, w, r); err != nil {
		// A reset stream is how the server learns of a crash at once; any
		// status code would be an answer.
		panic(http.ErrAbortHandler)
	}
}

func (p *Proxy) begin(r *http.Request) *Attempt {
	parts := strings.Split(strings.TrimPrefix(r.URL.Path, "/"), "/")
	if len(parts) != 3 || parts[0] != "invoke" {
		return nil
	}
	a := &Attempt{
		Service:    parts[1],
		Handler:    parts[2],
		Key:        r.Header.Get("X-Restate-Service-Key"),
		Invocation: r.Header.Get("X-Restate-Invocation-Id"),
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.streams[a.Invocation]++
	a.N = p.streams[a.Invocation]
	p.attempts = append(p.attempts, a)
	return a
}

var errCut = errors.New("the stream was cut")

// offer shows a message of the program to the hook and takes note of it.
func (p *Proxy) offer(a *Attempt, t Type, body []byte) error {
	p.mu.Lock()
	p.sent[a.Invocation] = append(p.sent[a.Invocation], t)
	m := Message{Attempt: a, Type: t, K: len(p.sent[a.Invocation])}
	hook := p.hook
	p.mu.Unlock()
	if hook != nil && !hook(m) {
		p.mu.Lock()
		defer p.mu.Unlock()
		a.broken("cut")
		return errCut
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.tell(a, a.fromProgram(t, body)...)
	return nil
}

// stream is one request on its way through.
type stream struct {
	proxy   *Proxy
	attempt *Attempt // nil for discovery
}

const unreachable = "error: the program could not be reached"

// ends notes how the attempt ended, unless that is known already.
func (s *stream) ends(how string) {
	if s.attempt == nil {
		return
	}
	s.proxy.mu.Lock()
	defer s.proxy.mu.Unlock()
	s.attempt.broken(how)
}

// ended tells that it is over; how it ended, if nothing else is known of that.
func (s *stream) ended() {
	if s.attempt == nil {
		return
	}
	s.ends("broken off")
	s.proxy.mu.Lock()
	defer s.proxy.mu.Unlock()
	s.proxy.tell(s.attempt, Event{What: Ended, How: s.attempt.End})
}

func (s *stream) run(ctx context.Context, addr string, w http.ResponseWriter, r *http.Request) error {
	up, pipe := io.Pipe()
	defer up.CloseWithError(errCut)
	req, err := http.NewRequestWithContext(ctx, r.Method, "http://"+addr+r.URL.RequestURI(), up)
	if err != nil {
		return err
	}
	req.Header = r.Header.Clone()
	go func() { pipe.CloseWithError(s.fromServer(pipe, r.Body)) }()
	resp, err := s.proxy.client.RoundTrip(req)
	if err != nil {
		s.ends(unreachable)
		return err
	}
	defer resp.Body.Close()
	for k, v := range resp.Header {
		w.Header()[k] = v
	}
	w.WriteHeader(resp.StatusCode)
	return s.fromProgram(w, resp)
}

// fromServer copies the server's side of the stream.
func (s *stream) fromServer(dst io.Writer, src io.Reader) error {
	if s.attempt == nil {
		_, err := io.Copy(dst, src)
		return err
	}
	for {
		t, msg, err := readMessage(src)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		s.proxy.mu.Lock()
		s.proxy.tell(s.attempt, s.attempt.fromServer(t, msg[headerLen:])...)
		s.proxy.mu.Unlock()
		if _, err := dst.Write(msg); err != nil {
			return err
		}
	}
}

// fromProgram copies the program's side, a whole message at a time.
func (s *stream) fromProgram(w http.ResponseWriter, resp *http.Response) error {
	flush := http.NewResponseController(w)
	if err := flush.Flush(); err != nil {
		return err
	}
	if s.attempt == nil || resp.StatusCode != http.StatusOK {
		s.ends(fmt.Sprintf("error: the program answered with status %d", resp.StatusCode))
		_, err := io.Copy(w, resp.Body)
		return err
	}
	for {
		t, msg, err := readMessage(resp.Body)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := s.proxy.offer(s.attempt, t, msg[headerLen:]); err != nil {
			return err
		}
		if _, err := w.Write(msg); err != nil {
			return err
		}
		if err := flush.Flush(); err != nil {
			return err
		}
	}
}
