// Package cluster runs several restate-servers as one cluster on this machine, and
// several copies of one program behind one address. Each is a process that can be
// killed, frozen and started again.
//
// [Start] starts the nodes. They talk to each other over unix sockets in their
// folders. Their ingress and their admin API listen on 127.0.0.1, since learners'
// clients, curl and a browser call them. [StartCopies] starts the copies of a program.
//
// A [process.Keeper] ends all of it when we die without doing so ourselves.
package cluster

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/process"
	"example.com/workbook/tools/restate"
	"example.com/workbook/tools/web"
)

const (
	startLimit = 90 * time.Second // 20 times what it takes
	askLimit   = time.Second      // for a node that is frozen, and silent
	poll       = 20 * time.Millisecond
)

// Options are the settings of a cluster.
type Options struct {
	// Binary is restate-server; "" is the one that [restate.Find] finds.
	Binary string
	// Dir is a folder in which no cluster has run, the caller's to remove. "" makes a new
	// one, which Stop removes.
	Dir string
	// Nodes is how many nodes there are: 1, or 3, of which two keep each entry of the log.
	Nodes int
	// Partitions is how many there are, each with a leader; 0 is 1.
	Partitions int
	// Ingress and Admin have the address of each node's ingress and admin API,
	// 127.0.0.1:PORT. nil takes free ports, which stay the nodes' own while they are down.
	Ingress, Admin []string
	// Env has further settings of all nodes, RESTATE_SOMETHING=value.
	Env []string

	free *Room // what is free; nil measures it
}

// Cluster is a number of nodes. A node's methods are for one goroutine at a time; several
// nodes can be used at once.
type Cluster struct {
	Nodes []*Node

	options Options
	name    string
	keeper  *process.Keeper
	made    bool        // the folder is ours to remove
	ports   []io.Closer // hold the ports that were free

	mu sync.Mutex // held while a node's process is replaced, or looked at
}

// Start starts all nodes and returns when each of them serves and every partition has a
// leader. ctx bounds the start. k ends the nodes if this process dies first.
//
// A [hint.Error] describes what a person can fix: too little memory or disk, a port that is
// taken, a folder of another cluster.
func Start(ctx context.Context, k *process.Keeper, o Options) (*Cluster, error) {
	c := &Cluster{options: o, keeper: k, name: "workbook-" + strings.ToLower(rand.Text())}
	err := c.prepare(ctx)
	if err == nil {
		err = c.start(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, c.Stop())
	}
	return c, nil
}

// prepare chooses folder and addresses, and makes the nodes. None of them runs yet.
func (c *Cluster) prepare(ctx context.Context) (err error) {
	o := &c.options
	if o.Nodes != 1 && o.Nodes != 3 {
		return hint.New(hint.Usage, "use 1 or 3", "a cluster has 1 or 3 nodes, not %d", o.Nodes)
	}
	o.Partitions = max(1, o.Partitions)
	if o.Dir == "" {
		o.Dir, err = c.keeper.MkdirTemp()
		c.made = err == nil
	} else {
		o.Dir, err = filepath.Abs(o.Dir)
	}
	if err != nil {
		return err
	}
	if err := c.checkRoom(); err != nil {
		return err
	}
	if o.Binary == "" {
		if o.Binary, err = restate.Find(ctx, os.Stderr); err != nil {
			return err
		}
	}
	for _, addrs := range []*[]string{&o.Ingress, &o.Admin} {
		if err := c.reservePorts(addrs); err != nil {
			return err
		}
	}
	for i := range o.Nodes {
		if err := c.addNode(i); err != nil {
			return err
		}
	}
	return nil
}

// checkRoom refuses a machine on which several nodes would have too little memory or disk.
func (c *Cluster) checkRoom() error {
	if c.options.Nodes == 1 {
		return nil
	}
	if c.options.free != nil {
		return c.options.free.Check()
	}
	free, err := MeasureRoom(c.options.Dir)
	if err != nil {
		return err
	}
	return free.Check()
}

// reservePorts chooses an address for each node where there are none.
func (c *Cluster) reservePorts(addrs *[]string) error {
	if *addrs != nil {
		return nil
	}
	for range c.options.Nodes {
		addr, held, err := process.ReservePort()
		if err != nil {
			return err
		}
		c.ports = append(c.ports, held)
		*addrs = append(*addrs, addr)
	}
	return nil
}

// addNode makes the node with that index.
func (c *Cluster) addNode(i int) error {
	n := &Node{cluster: c, name: fmt.Sprintf("n%d", i+1)}
	if err := n.checkFolder(); err != nil {
		return err
	}
	o := c.nodeOptions(i)
	o.IngressAddr, o.AdminAddr = c.options.Ingress[i], c.options.Admin[i]
	o.Env = slices.Concat(c.options.Env, c.settings(i))
	server, err := restate.New(c.keeper, c.options.Binary, o)
	if err != nil {
		return err
	}
	n.Server = server
	c.Nodes = append(c.Nodes, n)
	return nil
}

// nodeOptions returns where a node is: its folder has its name.
func (c *Cluster) nodeOptions(i int) restate.Options {
	name := fmt.Sprintf("n%d", i+1)
	return restate.Options{Dir: filepath.Join(c.options.Dir, name), Name: name}
}

// settings returns what makes a server the node with that index.
func (c *Cluster) settings(i int) []string {
	var fabric []string
	for n := range c.options.Nodes {
		fabric = append(fabric, c.nodeOptions(n).FabricAddress())
	}
	all, err := json.Marshal(fabric)
	if err != nil { // they are strings
		panic(err)
	}
	return []string{
		"RESTATE_CLUSTER_NAME=" + c.name,
		fmt.Sprintf("RESTATE_FORCE_NODE_ID=%d", i+1),
		fmt.Sprintf("RESTATE_AUTO_PROVISION=%t", i == 0), // one makes the cluster, and the others join it
		fmt.Sprintf("RESTATE_DEFAULT_REPLICATION=%d", min(2, c.options.Nodes)),
		fmt.Sprintf("RESTATE_DEFAULT_NUM_PARTITIONS=%d", c.options.Partitions),
		"RESTATE_METADATA_CLIENT__ADDRESSES=" + string(all),
		"RESTATE_ADVERTISED_ADDRESS=" + fabric[i],
		// With the default, 5 s, the first leader needs 5 s more, and so does each later one.
		"RESTATE_GOSSIP_SUSPECT_INTERVAL=500ms",
	}
}

// start runs all nodes, and waits until they serve and lead.
func (c *Cluster) start(ctx context.Context) error {
	ctx, cancel := process.WithAwakeTimeout(ctx, startLimit)
	defer cancel()
	for _, n := range c.Nodes { // all of them before one is waited for: a node alone serves nothing
		if err := n.Run(); err != nil {
			return err
		}
	}
	all, each := errgroup.WithContext(ctx)
	for _, n := range c.Nodes {
		all.Go(func() error { return n.AwaitReady(each) })
	}
	if err := all.Wait(); err != nil {
		return err
	}
	return c.AwaitLed(ctx)
}

// AwaitLed waits until every partition has a leader.
func (c *Cluster) AwaitLed(ctx context.Context) error {
	_, err := c.AwaitLeader(ctx)
	return err
}

// AwaitLeader waits until every partition has a leader, and returns the node that leads the
// most of them. Without the wait, as with Leader, there can be none for a moment.
func (c *Cluster) AwaitLeader(ctx context.Context) (*Node, error) {
	for {
		byNode, led := c.CountLed(ctx), 0
		for _, n := range byNode {
			led += n
		}
		if led == c.options.Partitions {
			return c.Nodes[slices.Index(byNode, slices.Max(byNode))], nil
		}
		if ctx.Err() != nil {
			return nil, hint.New(hint.Setup, "try again when this machine has less to do",
				"%d of the cluster's %d partitions have a leader: %w", led, c.options.Partitions, context.Cause(ctx))
		}
		web.Pause(ctx, poll)
	}
}

// CountLed returns how many partitions each node leads; none, for one that does not answer.
func (c *Cluster) CountLed(ctx context.Context) []int {
	ctx, cancel := context.WithTimeout(ctx, askLimit)
	defer cancel()
	led := make([]int, len(c.Nodes))
	var all sync.WaitGroup
	for i, n := range c.Nodes {
		all.Go(func() { led[i], _ = n.Server.CountLed(ctx) })
	}
	all.Wait()
	return led
}

// Leader returns the node that leads the most partitions. Leadership moves without any
// fault too, so ask right before you need to know.
func (c *Cluster) Leader(ctx context.Context) (*Node, error) {
	led := c.CountLed(ctx)
	most := slices.Max(led)
	if most == 0 {
		return nil, errors.New("no node leads a partition")
	}
	return c.Nodes[slices.Index(led, most)], nil
}

// hasMajority reports whether more than half of the nodes run: fewer serve nothing. The
// caller holds c.mu.
func (c *Cluster) hasMajority() bool {
	running := 0
	for _, n := range c.Nodes {
		if n.isRunning() {
			running++
		}
	}
	return 2*running > len(c.Nodes)
}

// Register makes the program that serves at uri known to the cluster, and returns when
// every node that runs knows it. Until then a node answers that it has no such service.
func (c *Cluster) Register(ctx context.Context, uri string) error {
	var all []*Node
	c.mu.Lock()
	for _, n := range c.Nodes {
		if n.isRunning() {
			all = append(all, n)
		}
	}
	c.mu.Unlock()
	if len(all) == 0 {
		return errors.New("no node runs")
	}
	if err := all[0].Admin().Register(ctx, uri); err != nil {
		return err
	}
	known, err := all[0].Admin().Services(ctx)
	if err != nil {
		return err
	}
	for _, n := range all[1:] {
		if err := n.awaitServices(ctx, known); err != nil {
			return err
		}
	}
	return nil
}

// Stop ends all nodes, and removes the folder if Start made it.
func (c *Cluster) Stop() error {
	var all errgroup.Group
	for _, n := range c.Nodes {
		all.Go(n.Stop)
	}
	err := all.Wait()
	for _, held := range c.ports {
		held.Close()
	}
	if c.made {
		err = errors.Join(err, c.keeper.RemoveDir(c.options.Dir))
	}
	return err
}
