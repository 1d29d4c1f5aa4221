package world

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"example.com/workbook/tools/check/setting"
	"example.com/workbook/tools/cluster"
	"example.com/workbook/tools/restate"
	"example.com/workbook/tools/web"
)

// Nodes are the three nodes of a cluster, which serve a script in place of the one server.
// They start for the first script that needs them, and run until the world stops.
type Nodes struct {
	cluster *cluster.Cluster
	doors   []*door // one for each node
	alone   *restate.Server
	script  context.Context // ends with the script that the nodes serve
	end     context.CancelFunc
	first   *door // the address that launched programs get first, or nil

	asked atomic.Int32 // requests of launched programs

	mu    sync.Mutex
	fault *NodeFault // nil if none is armed
}

// UseNodes lets the nodes serve, until LeaveNodes. All of them run then, and each knows the
// program. The first address for launched programs is the leader's, or that of another node.
func (w *World) UseNodes(ctx context.Context, leaderFirst bool) error {
	if w.nodes == nil {
		nodes, err := w.startNodes(ctx)
		if err != nil {
			return err
		}
		w.nodes = nodes
	}
	n := w.nodes
	if err := w.registerOnNodes(ctx); err != nil {
		return err
	}
	if err := n.awaitSettled(ctx); err != nil {
		return err
	}
	leads, err := n.leader(ctx)
	if err != nil {
		return err
	}
	if n.first = leads; !leaderFirst {
		n.first = n.doors[(slices.Index(n.doors, leads)+1)%len(n.doors)]
	}
	n.script, n.end = context.WithCancel(w.life)
	n.alone = w.Server
	w.onNodes.Store(true)
	w.serveFrom(n.cluster.Nodes[0].Server)
	return nil
}

func (w *World) startNodes(ctx context.Context) (*Nodes, error) {
	o := cluster.Options{Nodes: 3, Env: setting.Server().Env}
	c, err := cluster.Start(ctx, w.keeper, o)
	if err != nil {
		return nil, err
	}
	n := &Nodes{cluster: c}
	for _, node := range c.Nodes {
		d, err := openDoor(n, node)
		if err != nil {
			return nil, errors.Join(err, c.Stop())
		}
		n.doors = append(n.doors, d)
	}
	return n, nil
}

func (w *World) registerOnNodes(ctx context.Context) error {
	if w.Rest != nil {
		if err := w.nodes.cluster.Register(ctx, w.RestProxy.URL()); err != nil {
			return err
		}
	}
	if err := w.ProgramError(); err != nil {
		return err
	}
	return w.nodes.cluster.Register(ctx, w.Proxy.URL())
}

// serveFrom makes a server the one that calls, queries and claims go to.
func (w *World) serveFrom(s *restate.Server) {
	w.serving.Lock()
	defer w.serving.Unlock()
	w.Server = s
}

// LeaveNodes ends what a script has left on the nodes, starts those that do not run, and lets
// the one server serve again.
func (w *World) LeaveNodes(ctx context.Context, subject string) error {
	if !w.onNodes.Load() {
		return nil
	}
	n := w.nodes
	n.end()
	n.arm(nil)
	w.EndSilence()
	n.first = nil
	err := w.StartNodes(ctx)
	if err == nil {
		err = w.endLeft(ctx, subject)
	}
	w.serveFrom(n.alone)
	w.onNodes.Store(false)
	return err
}

// endLeft kills the invocations of a subject that have not ended.
func (w *World) endLeft(ctx context.Context, subject string) error {
	all, err := w.AllInvocations(ctx)
	for _, i := range all {
		if strings.Contains(i.Key, subject) && i.Status != "completed" {
			w.Server.Admin().Kill(ctx, i.ID) // fails if it has ended in the meantime
		}
	}
	return err
}

// stopNodes ends the nodes.
func (w *World) stopNodes() {
	if w.nodes == nil {
		return
	}
	for _, d := range w.nodes.doors {
		d.close()
	}
	w.nodes.cluster.Stop()
}

// Ingresses returns the addresses of the nodes for launched programs, "" if no nodes serve. A
// frozen node comes first, so that a program which asks one node after the other meets it.
func (w *World) Ingresses() string {
	if !w.onNodes.Load() {
		return ""
	}
	doors := slices.Clone(w.nodes.doors)
	slices.SortStableFunc(doors, func(a, b *door) int {
		switch w.nodes.first {
		case a:
			return -1
		case b:
			return 1
		}
		return 0
	})
	var all []string
	for _, d := range doors {
		all = append(all, "http://"+d.addr)
	}
	return strings.Join(all, ",")
}

// KillLeader kills the node that leads.
func (w *World) KillLeader(ctx context.Context) error {
	leader, err := w.nodes.leader(ctx)
	if err != nil {
		return err
	}
	return w.kill(leader)
}

// KillFollower kills a node that does not lead.
func (w *World) KillFollower(ctx context.Context) error {
	d, err := w.nodes.follower(ctx)
	if err != nil {
		return err
	}
	return w.kill(d)
}

// KillAsked kills the node at which a launched program waits for an answer, and returns false
// if no program waits.
func (w *World) KillAsked() (bool, error) {
	for _, d := range w.nodes.doors {
		if d.open.Load() > 0 {
			return true, w.kill(d)
		}
	}
	return false, nil
}

// NodesAsked returns how many requests launched programs have sent to the nodes.
func (w *World) NodesAsked() int { return int(w.nodes.asked.Load()) }

// kill kills a node (SIGKILL). Nothing listens at its address any more.
func (w *World) kill(d *door) error {
	d.down.Store(true)
	if err := d.node.Kill(); err != nil {
		return err
	}
	d.stopListening()
	return w.moveAway()
}

// moveAway lets a node that runs serve the script.
func (w *World) moveAway() error {
	for _, d := range w.nodes.doors {
		if !d.down.Load() {
			w.serveFrom(d.node.Server)
			return nil
		}
	}
	return errors.New("no node runs any more")
}

// SilenceFirst lets the network lose everything between launched programs and the node whose
// address they get first. A connection to that address opens, and nothing ever comes back.
func (w *World) SilenceFirst() { w.nodes.first.silent.Store(true) }

// EndSilence lets the network work again.
func (w *World) EndSilence() {
	for _, d := range w.nodes.doors {
		d.silent.Store(false)
	}
}

// StartNode starts one of the killed nodes again.
func (w *World) StartNode(ctx context.Context) error {
	for _, d := range w.nodes.doors {
		if d.down.Load() {
			if err := d.start(ctx); err != nil {
				return err
			}
			return w.nodes.awaitSettled(ctx)
		}
	}
	return errors.New("all nodes run")
}

// StartNodes starts the nodes that do not run, and waits until the cluster has a leader.
func (w *World) StartNodes(ctx context.Context) error {
	for _, d := range w.nodes.doors {
		if d.down.Load() {
			if err := d.start(ctx); err != nil {
				return err
			}
		}
	}
	return w.nodes.cluster.AwaitLed(ctx)
}

// settledLooks is how many looks in a row, 20 ms apart, must find the same leader.
const settledLooks = 25

// awaitSettled waits until the same node has led for half a second. After the start of a node, the
// leader changes several times without any fault, and each change breaks all attempts off.
func (n *Nodes) awaitSettled(ctx context.Context) error {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	var leads *cluster.Node
	for looks := 0; looks < settledLooks; looks++ {
		now, err := n.cluster.Leader(ctx)
		if err != nil || now != leads { // no node leads, or another one
			leads, looks = now, 0
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// leader returns the door of the node that leads. After a death, no node leads for a moment.
func (n *Nodes) leader(ctx context.Context) (*door, error) {
	leads, err := n.cluster.AwaitLeader(ctx)
	if err != nil {
		return nil, err
	}
	return n.doors[slices.Index(n.cluster.Nodes, leads)], nil
}

// follower returns the door of a node that runs and does not lead.
func (n *Nodes) follower(ctx context.Context) (*door, error) {
	leads, err := n.leader(ctx)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(n.doors, func(d *door) bool { return d != leads && !d.down.Load() })
	if i < 0 {
		return nil, errors.New("only one node runs")
	}
	return n.doors[i], nil
}

// awaitInvocation waits until Restate has an invocation of the target.
func (w *World) awaitInvocation(ctx context.Context, t Target) error {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		all, err := w.AllInvocations(ctx)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(all, func(i Invocation) bool { return t == Target{i.Service, i.Key, i.Handler} }) {
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// lookAgain is how long the world waits before it asks nodes again that could not answer, and
// nodeLimit how long it waits for one of them.
const (
	lookAgain = 50 * time.Millisecond
	nodeLimit = 3 * time.Second
)

// sendToNodes makes the request until an answer comes, from any node that runs. A workflow's
// run is sent until it is accepted; then any node can tell its answer.
func (c *Call) sendToNodes(w *World) {
	accepted := false
	for n := 0; ; n++ {
		d := w.nodes.doors[n%len(w.nodes.doors)]
		if d.down.Load() {
			if c.Err = w.nodes.script.Err(); c.Err != nil {
				return
			}
			web.Pause(w.nodes.script, lookAgain)
			continue
		}
		c.Err = c.tryNode(w.nodes.script, d.node.Server, &accepted)
		if c.Err == nil || w.nodes.script.Err() != nil {
			return
		}
		if errors.Is(c.Err, context.DeadlineExceeded) {
			c.once.Do(func() { close(c.SilentOnce) })
		}
		web.Pause(w.nodes.script, lookAgain)
	}
}

// tryNode makes the request once. It returns an error if the next node is to be asked.
func (c *Call) tryNode(ctx context.Context, server *restate.Server, accepted *bool) error {
	ctx, cancel := context.WithTimeout(ctx, nodeLimit)
	defer cancel()
	r := restate.Request{Path: c.Where, Body: c.Body, IdempotencyKey: c.Key}
	var answer []byte
	var err error
	switch {
	case c.Key != "":
		answer, err = server.Ingress().Call(ctx, r)
	case *accepted:
		answer, err = server.Ingress().AttachWorkflow(ctx, c.Target.Service, c.Target.Key)
	default:
		_, err = server.Ingress().Send(ctx, r)
		if err == nil {
			*accepted = true
			return c.tryNode(ctx, server, accepted)
		}
	}
	var refused *restate.StatusError
	if errors.As(err, &refused) && strings.Contains(refused.Message, "make sure to register the service") {
		return err // the node was started a moment ago
	}
	return c.readAnswer(answer, err)
}

// askServing asks the server that serves, or a node that runs. Nodes cannot answer until they
// have noticed that another one is dead, so askServing asks them again.
func askServing[Rows any](ctx context.Context, w *World, ask func(context.Context) (Rows, error)) (Rows, error) {
	for {
		rows, err := askOnce(ctx, w, ask)
		if err == nil || !w.onNodes.Load() || ctx.Err() != nil {
			return rows, err
		}
		web.Pause(ctx, lookAgain)
	}
}

func askOnce[Rows any](ctx context.Context, w *World, ask func(context.Context) (Rows, error)) (Rows, error) {
	w.serving.RLock()
	defer w.serving.RUnlock()
	if w.onNodes.Load() {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, nodeLimit)
		defer cancel()
	}
	return ask(ctx)
}
