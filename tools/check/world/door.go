package world

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"regexp"
	"sync"
	"sync/atomic"

	"example.com/workbook/tools/cluster"
	"example.com/workbook/tools/process"
)

// door is the address of a node for launched programs. It passes requests on, and a fault can
// hit one of them at an exact place. While the node is dead, nothing listens there.
type door struct {
	nodes *Nodes
	node  *cluster.Node
	addr  string
	held  io.Closer // keeps the port while nothing listens
	pass  *httputil.ReverseProxy

	down   atomic.Bool  // the node is killed
	silent atomic.Bool  // the network loses what goes to the node
	open   atomic.Int32 // requests without an answer

	mu       sync.Mutex
	listener *http.Server // nil while the node is dead
}

func openDoor(n *Nodes, node *cluster.Node) (*door, error) {
	addr, held, err := process.ReservePort()
	if err != nil {
		return nil, err
	}
	d := &door{nodes: n, node: node, addr: addr, held: held}
	d.pass = httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: node.IngressAddr()})
	d.pass.Transport = &http.Transport{DisableKeepAlives: true} // so that no connection outlives its node
	d.pass.ErrorHandler = func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) }
	return d, d.listen()
}

// listen opens the address.
func (d *door) listen() error {
	l, err := net.Listen("tcp", d.addr)
	if err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.listener = &http.Server{Handler: http.HandlerFunc(d.serve)}
	go d.listener.Serve(l)
	return nil
}

// stopListening closes the address and all connections to it, as the end of a process does.
func (d *door) stopListening() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.listener != nil {
		d.listener.Close()
		d.listener = nil
	}
}

func (d *door) close() {
	d.stopListening()
	d.held.Close()
}

// start starts the node again.
func (d *door) start(ctx context.Context) error {
	err := d.node.Restart(ctx)
	if err == nil {
		err = d.listen()
	}
	d.down.Store(false)
	return err
}

// serve passes a request on, unless a fault hits it.
func (d *door) serve(rw http.ResponseWriter, r *http.Request) {
	d.nodes.asked.Add(1)
	d.open.Add(1)
	defer d.open.Add(-1)
	if d.silent.Load() {
		<-r.Context().Done() // the caller has given up
		panic(http.ErrAbortHandler)
	}
	if hit := d.nodes.takeFault(r); hit != nil {
		hit(d, rw, r)
		return
	}
	d.pass.ServeHTTP(rw, r)
}

// passAlong sends a request to the node and drops the answer.
func (d *door) passAlong(r *http.Request) error {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	again := r.Clone(d.nodes.script)
	again.RequestURI = ""
	again.URL.Scheme, again.URL.Host = "http", d.node.IngressAddr()
	again.Body = io.NopCloser(bytes.NewReader(body))
	go func() {
		if res, err := d.pass.Transport.RoundTrip(again); err == nil {
			res.Body.Close()
		}
	}()
	return nil
}

// NodeFault hits requests of launched programs.
type NodeFault struct {
	Happened <-chan error // gets one value when the fault has hit its last request

	hits func(*http.Request) bool
	left int // how many more requests it hits
	do   func(*door, http.ResponseWriter, *http.Request)
}

// takeFault returns what the armed fault does with a request, or nil.
func (n *Nodes) takeFault(r *http.Request) func(*door, http.ResponseWriter, *http.Request) {
	n.mu.Lock()
	defer n.mu.Unlock()
	f := n.fault
	if f == nil || !f.hits(r) {
		return nil
	}
	if f.left--; f.left == 0 {
		n.fault = nil
	}
	return f.do
}

func (n *Nodes) arm(f *NodeFault) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.fault = f
}

// orderPath matches the paths of the requests that place an order: the current ones and
// the deprecated ones.
var orderPath = regexp.MustCompile(`^(?:/restate/(?:call|send))?/Order/([^/]+)/(?:CreateOrder|CreateOrder/send)$`)

// placedOrder returns the id of the order that a request places, or "".
func placedOrder(r *http.Request) string {
	if m := orderPath.FindStringSubmatch(r.URL.Path); m != nil && r.Method == http.MethodPost {
		return m[1]
	}
	return ""
}

// ArmKill kills the node that gets the next order of a launched program: before the node has
// seen the order, or when it has accepted the order and has not answered yet.
func (w *World) ArmKill(accepted bool) *NodeFault {
	happened := make(chan error, 1)
	f := &NodeFault{Happened: happened, left: 1, hits: func(r *http.Request) bool { return placedOrder(r) != "" }}
	f.do = func(d *door, _ http.ResponseWriter, r *http.Request) {
		happened <- w.killAtOrder(d, r, accepted)
		panic(http.ErrAbortHandler) // the caller's connection breaks
	}
	w.nodes.arm(f)
	return f
}

func (w *World) killAtOrder(d *door, r *http.Request, accepted bool) error {
	if accepted {
		if err := d.passAlong(r); err != nil {
			return err
		}
		if err := w.awaitInvocation(w.nodes.script, Target{Service: "Order", Key: placedOrder(r), Handler: "CreateOrder"}); err != nil {
			return err
		}
	}
	return w.kill(d)
}

// ArmUnknown answers the next n requests of launched programs as a node does that was started
// a moment ago, and does not know the services yet. restate-server 1.7.12 did so in two of
// eight drills, and no check could wait for that.
func (w *World) ArmUnknown(n int) *NodeFault {
	happened := make(chan error, 1)
	f := &NodeFault{Happened: happened, left: n, hits: func(r *http.Request) bool { return true }}
	f.do = func(_ *door, rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("Content-Type", "application/json")
		rw.WriteHeader(http.StatusNotFound)
		fmt.Fprint(rw, `{"code":404,"message":"service 'Order' not found, make sure to register the service before calling it."}`)
		if n--; n == 0 {
			happened <- nil
		}
	}
	w.nodes.arm(f)
	return f
}
