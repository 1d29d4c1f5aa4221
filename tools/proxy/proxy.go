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

// Message is a protocol message from the program to the server.
type Message struct {
	Attempt *Attempt // the attempt as it was before this message; read only
	Type    Type
	K       int // the number of this message among the program's messages for this invocation, counted from 1
}

// Hook gets every message of the program before the server gets it. If Hook returns false, the
// stream ends, and the server never gets that message. Hook may block, since only this stream waits
// for it.
type Hook func(Message) (pass bool)

// Proxy listens on one loopback address, and forwards requests to one program, or to several copies
// of one program.
type Proxy struct {
	listener net.Listener
	server   *http.Server
	client   *http.Transport

	mu         sync.Mutex
	targets    []string      // host:port of each copy of the program; empty while no program is connected
	turn       int           // how many streams have got a target so far
	connected  chan struct{} // closed when there is a target
	ended      chan struct{} // closed to end the streams that wait for a target
	hook       Hook
	attempts   []*Attempt
	sent       map[string][]Type // types of the messages so far, by invocation
	streams    map[string]int    // number of attempts so far, by invocation
	onEvent    func(Event)
	rejections []*rejection
}

// rejection names attempts that the proxy ends before they reach the program.
type rejection struct {
	left  int
	match func(*Attempt) bool
}

// Listen starts a proxy on a free loopback port. No program is connected yet.
func Listen() (*Proxy, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen for restate-server: %w", err)
	}
	h2c := new(http.Protocols)
	h2c.SetUnencryptedHTTP2(true)
	p := &Proxy{
		listener:  l,
		client:    &http.Transport{Protocols: h2c, DisableCompression: true},
		connected: make(chan struct{}),
		ended:     make(chan struct{}),
		sent:      map[string][]Type{},
		streams:   map[string]int{},
	}
	both := new(http.Protocols)
	both.SetUnencryptedHTTP2(true)
	both.SetHTTP1(true)
	p.server = &http.Server{Handler: p, Protocols: both, HTTP2: &http.HTTP2Config{MaxConcurrentStreams: 1000}}
	go p.server.Serve(l)
	return p, nil
}

// URL returns the address to register as the deployment.
func (p *Proxy) URL() string { return "http://" + p.listener.Addr().String() }

// Close ends every stream and stops listening.
func (p *Proxy) Close() error {
	err := p.server.Close()
	p.client.CloseIdleConnections()
	return err
}

// Connect forwards to the program at addr (host:port) from now on, including the requests that are
// waiting for a program. If addr has the addresses of several copies of the program, each copy gets
// a stream in turn. If nothing listens at an address, the next copy gets the stream.
func (p *Proxy) Connect(addr ...string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.targets) == 0 {
		close(p.connected)
	}
	p.targets = addr
}

// Disconnect marks the running attempts as killed, and makes new streams wait for the next Connect.
// So a crash causes no back-off. Call it right before you kill the program.
func (p *Proxy) Disconnect() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.targets) == 0 {
		return
	}
	p.targets = nil
	p.connected = make(chan struct{})
	p.markRunning("", "killed")
}

// MarkProgramKilled marks the attempts that run at an address (host:port) as killed. Call it right
// before you kill the program, if the program will start again at the same address. Until then, new
// streams fail as they would without a proxy, unless another copy of the program serves them.
func (p *Proxy) MarkProgramKilled(addr string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.markRunning(addr, "killed")
}

// MarkServerKilled marks the running attempts as ended by a kill of the server. Call it right
// before you kill the server.
func (p *Proxy) MarkServerKilled() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.markRunning("", "server killed")
}

// markRunning records how the running attempts at an address ended. If addr is "", it does so for
// the running attempts at all addresses. The caller holds p.mu.
func (p *Proxy) markRunning(addr, how string) {
	for _, a := range p.attempts {
		if addr == "" || a.Program == addr {
			a.setEndIfRunning(how)
		}
	}
}

// OnMessage sets the hook; nil removes it.
func (p *Proxy) OnMessage(h Hook) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.hook = h
}

// OnEvent sets the function that receives the events of all attempts. It must neither
// block nor call the proxy.
func (p *Proxy) OnEvent(f func(Event)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.onEvent = f
}

// sendEvents passes events to the function set by OnEvent. The caller holds p.mu.
func (p *Proxy) sendEvents(a *Attempt, events ...Event) {
	for _, e := range events {
		if e.Attempt = a; p.onEvent != nil {
			p.onEvent(e)
		}
	}
}

// Attempts returns copies of the attempts for which keep returns true, or of all if
// keep is nil, in the order in which they began.
func (p *Proxy) Attempts(keep func(*Attempt) bool) []Attempt {
	p.mu.Lock()
	defer p.mu.Unlock()
	var out []Attempt
	for _, a := range p.attempts {
		if keep == nil || keep(a) {
			c := *a
			c.Steps = append([]StepRun(nil), a.Steps...)
			out = append(out, c)
		}
	}
	return out
}

// Sent returns the types of the messages that the program has sent for an invocation,
// over all its attempts, in order.
func (p *Proxy) Sent(invocation string) []Type {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.sent[invocation])
}

// Count returns the number of attempts, and the number of invocations that these attempts belong
// to.
func (p *Proxy) Count() (streams, invocations int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.attempts), len(p.streams)
}

// RejectAttempts ends the streams of the next n attempts that match before they reach
// the program, as if the program were down.
func (p *Proxy) RejectAttempts(n int, match func(*Attempt) bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.rejections = append(p.rejections, &rejection{n, match})
}

// takeRejection reports whether the proxy must reject the attempt a, and counts it as rejected.
func (p *Proxy) takeRejection(a *Attempt) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, w := range p.rejections {
		if a != nil && w.left > 0 && w.match(a) {
			w.left--
			a.setEndIfRunning(Unreachable)
			return true
		}
	}
	return false
}

// EndWaiting ends the streams that wait for the next Connect. The server calls again after its
// back-off, and then sends everything that is in the journal by that time.
func (p *Proxy) EndWaiting() {
	p.mu.Lock()
	defer p.mu.Unlock()
	close(p.ended)
	p.ended = make(chan struct{})
}

var errEnded = errors.New("the program is away")

// waitForProgram waits until a program is connected, and returns its addresses. Each call begins
// with another address.
func (p *Proxy) waitForProgram(ctx context.Context) (addrs []string, err error) {
	for {
		p.mu.Lock()
		addrs, up, ended := p.targets, p.connected, p.ended
		n := p.turn
		if len(addrs) > 0 {
			p.turn++
		}
		p.mu.Unlock()
		if len(addrs) > 0 {
			n %= len(addrs)
			return slices.Concat(addrs[n:], addrs[:n]), nil
		}
		select {
		case <-up:
		case <-ended:
			return nil, errEnded
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// ServeHTTP forwards one request. It passes an invocation on message by message, and every other
// request unchanged.
func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	addrs, err := p.waitForProgram(r.Context())
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	s := &stream{proxy: p, attempt: p.addAttempt(r)}
	defer s.reportEnd()
	if p.takeRejection(s.attempt) {
		panic(http.ErrAbortHandler)
	}
	if err := s.forward(ctx, addrs, w, r); err != nil {
		// A reset stream shows the server at once that the program has crashed. A status code would
		// be an answer of the program.
		panic(http.ErrAbortHandler)
	}
}

// addAttempt records the attempt that a request starts. It returns nil for a request that is not an
// invocation.
func (p *Proxy) addAttempt(r *http.Request) *Attempt {
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
	if p.streams[a.Invocation] > 0 && p.hasDone(a.Invocation) {
		// After Restate has forgotten a run of a workflow, the next run has the same id.
		p.streams[a.Invocation] = 0
	}
	p.streams[a.Invocation]++
	a.N = p.streams[a.Invocation]
	p.attempts = append(p.attempts, a)
	return a
}

// hasDone reports whether the last attempt of an invocation ran the handler to its end.
func (p *Proxy) hasDone(invocation string) bool {
	for _, a := range slices.Backward(p.attempts) {
		if a.Invocation == invocation {
			return a.End == "done"
		}
	}
	return false
}

var (
	errCut      = errors.New("the stream was cut")
	errTooLarge = errors.New("the server does not take the message")
)

// passMessage passes a message of the program to the hook and records it.
func (p *Proxy) passMessage(a *Attempt, t Type, body []byte) error {
	p.mu.Lock()
	p.sent[a.Invocation] = append(p.sent[a.Invocation], t)
	m := Message{Attempt: a, Type: t, K: len(p.sent[a.Invocation])}
	hook := p.hook
	p.mu.Unlock()
	if hook != nil && !hook(m) {
		p.mu.Lock()
		defer p.mu.Unlock()
		a.setEndIfRunning("cut")
		return errCut
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if end := tooLarge(t, len(body)); end != "" {
		a.setEndIfRunning(end)
		return errTooLarge
	}
	p.sendEvents(a, a.readProgramMessage(t, body)...)
	return nil
}

// stream is one request that the proxy forwards to the program.
type stream struct {
	proxy   *Proxy
	attempt *Attempt // nil for a request that is not an invocation
}

// Unreachable is the end of an attempt for which no program listened at the program's address.
const Unreachable = "error: the program could not be reached"

// setEnd records how the attempt ended, unless that is already recorded.
func (s *stream) setEnd(how string) {
	if s.attempt == nil {
		return
	}
	s.proxy.mu.Lock()
	defer s.proxy.mu.Unlock()
	s.attempt.setEndIfRunning(how)
}

// reportEnd sends an event about the end of the attempt.
func (s *stream) reportEnd() {
	if s.attempt == nil {
		return
	}
	s.setEnd("broken off")
	s.proxy.mu.Lock()
	defer s.proxy.mu.Unlock()
	s.proxy.sendEvents(s.attempt, Event{What: Ended, How: s.attempt.End})
}

func (s *stream) forward(ctx context.Context, addrs []string, w http.ResponseWriter, r *http.Request) error {
	up, pipe := io.Pipe()
	defer up.CloseWithError(errCut)
	go func() { pipe.CloseWithError(s.copyFromServer(pipe, r.Body)) }()
	resp, err := s.sendToFirst(ctx, addrs, r, up)
	if err != nil {
		s.setEnd(Unreachable)
		return err
	}
	defer resp.Body.Close()
	for k, v := range resp.Header {
		w.Header()[k] = v
	}
	w.WriteHeader(resp.StatusCode)
	return s.copyFromProgram(w, resp)
}

// sendToFirst sends the request to the first address at which a program listens.
func (s *stream) sendToFirst(ctx context.Context, addrs []string, r *http.Request, body *io.PipeReader) (resp *http.Response, err error) {
	for _, addr := range addrs {
		s.setProgram(addr)
		req, wrong := http.NewRequestWithContext(ctx, r.Method, "http://"+addr+r.URL.RequestURI(), &requestBody{pipe: body})
		if wrong != nil {
			return nil, wrong
		}
		req.Header = r.Header.Clone()
		var dial *net.OpError
		if resp, err = s.proxy.client.RoundTrip(req); !errors.As(err, &dial) || dial.Op != "dial" {
			return resp, err
		}
	}
	return nil, err
}

// requestBody is the body of a request to one address. If the client cannot connect, it closes the
// body before it has read from it; then the next address gets all bytes of the pipe.
type requestBody struct {
	pipe *io.PipeReader

	mu           sync.Mutex
	read, closed bool
}

func (b *requestBody) Read(p []byte) (int, error) {
	b.mu.Lock()
	b.read = true
	closed := b.closed
	b.mu.Unlock()
	if closed {
		return 0, errCut
	}
	return b.pipe.Read(p)
}

func (b *requestBody) Close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	if !b.read {
		return nil
	}
	return b.pipe.CloseWithError(errCut)
}

// setProgram records which program the attempt goes to.
func (s *stream) setProgram(addr string) {
	if s.attempt == nil {
		return
	}
	s.proxy.mu.Lock()
	defer s.proxy.mu.Unlock()
	s.attempt.Program = addr
}

// copyFromServer copies the bytes that the server sends.
func (s *stream) copyFromServer(dst io.Writer, src io.Reader) error {
	if s.attempt == nil {
		_, err := io.Copy(dst, src)
		return err
	}
	for {
		t, msg, err := ReadMessage(src)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		s.proxy.mu.Lock()
		s.proxy.sendEvents(s.attempt, s.attempt.readServerMessage(t, msg[headerLen:])...)
		s.proxy.mu.Unlock()
		if _, err := dst.Write(msg); err != nil {
			return err
		}
	}
}

// copyFromProgram copies the bytes that the program sends, one whole message at a time.
func (s *stream) copyFromProgram(w http.ResponseWriter, resp *http.Response) error {
	flush := http.NewResponseController(w)
	if err := flush.Flush(); err != nil {
		return err
	}
	if s.attempt == nil || resp.StatusCode != http.StatusOK {
		s.setEnd(fmt.Sprintf("error: the program answered with status %d", resp.StatusCode))
		_, err := io.Copy(w, resp.Body)
		return err
	}
	for {
		t, msg, err := ReadMessage(resp.Body)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		tooLarge := s.proxy.passMessage(s.attempt, t, msg[headerLen:])
		if tooLarge != nil && !errors.Is(tooLarge, errTooLarge) {
			return tooLarge
		}
		if _, err := w.Write(msg); err != nil {
			return err
		}
		if err := flush.Flush(); err != nil {
			return err
		}
		if tooLarge != nil {
			return tooLarge // the server knows the reason, but leaves the stream open
		}
	}
}
