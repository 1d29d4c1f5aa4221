package cluster

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"
	"time"

	sdk "github.com/restatedev/sdk-go"
	"github.com/restatedev/sdk-go/server"
	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/process"
	"example.com/workbook/tools/process/below"
	"example.com/workbook/tools/proxy"
	"example.com/workbook/tools/restate"
	"example.com/workbook/tools/web"
)

// The test binary is also the processes that tests kill: helper names what it does then.
const helper = "CLUSTER_TEST_HELPER"

func TestMain(m *testing.M) {
	var err error
	switch os.Getenv(helper) {
	case "":
		os.Exit(m.Run())
	case "program":
		err = serveOrders(os.Getenv("LISTEN"))
	case "parent":
		err = startAndWait()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, hint.Text(err))
		os.Exit(1)
	}
}

// Order is a workflow that waits for its approval.
type Order struct{}

func (Order) Run(ctx sdk.WorkflowContext, _ sdk.Void) (string, error) {
	return sdk.Promise[string](ctx, "approved").Result()
}

func (Order) Approve(ctx sdk.WorkflowSharedContext, by string) error {
	return sdk.Promise[string](ctx, "approved").Resolve(by)
}

// Copy is a service that returns which copy of the program serves it.
type Copy struct{}

func (Copy) Name(sdk.Context, sdk.Void) (string, error) { return os.Getenv("COPY"), nil }

func serveOrders(addr string) error {
	handler, err := server.NewRestate().Bind(sdk.Reflect(Order{})).Bind(sdk.Reflect(Copy{})).Handler()
	if err != nil {
		return err
	}
	h2c := new(http.Protocols)
	h2c.SetUnencryptedHTTP2(true)
	return (&http.Server{Addr: addr, Handler: handler, Protocols: h2c}).ListenAndServe()
}

// asProgram returns the command that serves the orders at an address.
func asProgram(i int, addr string) *exec.Cmd {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), helper+"=program", "LISTEN="+addr, fmt.Sprintf("COPY=%d", i))
	return cmd
}

func newKeeper(t *testing.T) *process.Keeper {
	t.Helper()
	k, err := process.NewKeeper()
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, k.Close()) })
	return k
}

// limited returns a context for a test that could wait for an answer without end.
func limited(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// retry calls do until it succeeds, as a client has to while a node is down.
func retry(t *testing.T, ctx context.Context, do func(context.Context) error) {
	t.Helper()
	for {
		try, cancel := context.WithTimeout(ctx, 5*time.Second)
		err := do(try)
		cancel()
		if err == nil {
			return
		}
		require.NoError(t, ctx.Err(), "%v", err)
		web.Pause(ctx, poll)
	}
}

func send(t *testing.T, ctx context.Context, n *Node, order string) {
	t.Helper()
	retry(t, ctx, func(ctx context.Context) error {
		_, err := n.Ingress().Send(ctx, restate.Request{Path: "Order/" + order + "/Run"})
		return err
	})
}

func approve(t *testing.T, ctx context.Context, n *Node, order, by string) {
	t.Helper()
	retry(t, ctx, func(ctx context.Context) error {
		_, err := n.Ingress().Call(ctx, restate.Request{Path: "Order/" + order + "/Approve", Body: `"` + by + `"`, IdempotencyKey: order})
		return err
	})
}

func requireAnswer(t *testing.T, ctx context.Context, n *Node, order, by string) {
	t.Helper()
	retry(t, ctx, func(ctx context.Context) error {
		answer, err := n.Ingress().AttachWorkflow(ctx, "Order", order)
		if err == nil {
			require.Equal(t, `"`+by+`"`, string(answer))
		}
		return err
	})
}

// other returns a node that is not n.
func (c *Cluster) other(n *Node) *Node {
	if c.Nodes[0] == n {
		return c.Nodes[1]
	}
	return c.Nodes[0]
}

func requireLeader(t *testing.T, ctx context.Context, c *Cluster) *Node {
	t.Helper()
	n, err := c.AwaitLeader(ctx)
	require.NoError(t, err)
	return n
}

func TestThreeNodes(t *testing.T) {
	if testing.Short() {
		t.Skip("three nodes need seconds to start")
	}
	ctx, k := limited(t), newKeeper(t)
	begun := time.Now()
	c, err := Start(ctx, k, Options{Nodes: 3})
	require.NoError(t, err)
	t.Logf("three nodes: led after %v", time.Since(begun).Round(time.Millisecond))
	t.Cleanup(func() { require.NoError(t, c.Stop()) })
	copies, err := StartCopies(ctx, k, 2, asProgram)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, copies.Stop()) })
	require.NoError(t, c.Register(ctx, copies.Proxy.URL()))
	r := run{c, copies}
	t.Run("a killed leader", r.testKilledLeader)
	t.Run("a frozen leader", r.testFrozenLeader)
	t.Run("fewer than half", r.testFewerThanHalf)
	t.Run("a killed copy", r.testKilledCopy)
	t.Run("another cluster's folder", r.testOtherFolder)
}

type run struct {
	*Cluster
	copies *Copies
}

// testKilledLeader kills the leader while an order waits. Another node takes the approval
// and a new order.
func (r run) testKilledLeader(t *testing.T) {
	ctx := limited(t)
	leader := requireLeader(t, ctx, r.Cluster)
	survivor, pid := r.other(leader), leader.Pid()
	send(t, ctx, leader, "waits")
	require.NoError(t, leader.Kill())
	begun := time.Now()
	send(t, ctx, survivor, "new")
	t.Logf("the first answer after the kill came after %v", time.Since(begun).Round(time.Millisecond))
	for _, order := range []string{"waits", "new"} {
		approve(t, ctx, survivor, order, "ada")
		requireAnswer(t, ctx, survivor, order, "ada")
	}
	require.NotSame(t, leader, requireLeader(t, ctx, r.Cluster))

	require.NoError(t, leader.Restart(ctx))
	require.NotEqual(t, pid, leader.Pid())
	requireAnswer(t, ctx, leader, "waits", "ada")
}

func (r run) testFrozenLeader(t *testing.T) {
	ctx := limited(t)
	leader := requireLeader(t, ctx, r.Cluster)
	survivor := r.other(leader)
	send(t, ctx, leader, "frozen")
	require.NoError(t, leader.Freeze())
	try, cancel := context.WithTimeout(ctx, 200*time.Millisecond)
	defer cancel()
	_, err := leader.Ingress().Attach(try, "inv_1jHVGFa9bmWE50Oy4vXeSB0pqJOEk5OFoT")
	require.ErrorIs(t, err, context.DeadlineExceeded, "it accepts the connection and is silent")
	begun := time.Now()
	approve(t, ctx, survivor, "frozen", "bob")
	t.Logf("the first answer after the freeze came after %v", time.Since(begun).Round(time.Millisecond))
	requireAnswer(t, ctx, survivor, "frozen", "bob")
	require.NotSame(t, leader, requireLeader(t, ctx, r.Cluster))
	require.NoError(t, leader.Thaw())
	requireAnswer(t, ctx, leader, "frozen", "bob")
}

// testFewerThanHalf kills all nodes. One of three serves nothing, and serves again as soon
// as a second one is there.
func (r run) testFewerThanHalf(t *testing.T) {
	ctx := limited(t)
	send(t, ctx, r.Nodes[0], "few")
	for _, n := range r.Nodes {
		require.NoError(t, n.Kill())
	}
	_, err := r.Leader(ctx)
	require.ErrorContains(t, err, "no node leads")
	require.ErrorContains(t, r.Nodes[0].Freeze(), "n1 does not run (signal: killed)")
	require.NoError(t, r.Nodes[2].Restart(ctx))
	require.Equal(t, []int{0, 0, 0}, r.CountLed(ctx))
	require.NoError(t, r.Nodes[0].Restart(ctx))
	approve(t, ctx, r.Nodes[2], "few", "eve")
	requireAnswer(t, ctx, r.Nodes[0], "few", "eve")
	require.NoError(t, r.Nodes[1].Restart(ctx))
	requireAnswer(t, ctx, r.Nodes[1], "few", "eve")
}

func (r run) testKilledCopy(t *testing.T) {
	ctx := limited(t)
	call := func() (name string) {
		retry(t, ctx, func(ctx context.Context) error {
			answer, err := r.Nodes[1].Ingress().Call(ctx, restate.Request{Path: "Copy/Name"})
			name = string(answer)
			return err
		})
		return name
	}
	require.ElementsMatch(t, []string{`"0"`, `"1"`}, []string{call(), call()})
	all := r.copies.Proxy.Attempts(func(a *proxy.Attempt) bool { return a.Service == "Copy" })
	for _, a := range all {
		require.Contains(t, []int{0, 1}, r.copies.ServedBy(a))
	}
	r.copies.Kill(0)
	require.Equal(t, "signal: killed", r.copies.Copy(0).Exit())
	require.Equal(t, []string{`"1"`, `"1"`}, []string{call(), call()})
	require.NoError(t, r.copies.Start(ctx, 0))
	require.ElementsMatch(t, []string{`"0"`, `"1"`}, []string{call(), call()})
}

// testOtherFolder gives a node's folder to a new cluster, and to a node that is not its own.
func (r run) testOtherFolder(t *testing.T) {
	dir, n := r.options.Dir, r.Nodes[2]
	_, err := Start(t.Context(), newKeeper(t), Options{Nodes: 3, Dir: dir})
	requireSetupError(t, err, dir+"/n1 has the data of a node of another cluster, "+r.name, "mv "+dir+"/n1 "+dir+"/n1.old")

	marker := filepath.Join(n.Dir(), "n3", ".cluster-marker")
	own, err := os.ReadFile(marker)
	require.NoError(t, err)
	require.NoError(t, n.Kill())
	require.NoError(t, os.WriteFile(marker, []byte(strings.ReplaceAll(string(own), r.name, "workbook-other")), 0o600))
	requireSetupError(t, n.Restart(t.Context()), dir+"/n3 has the data of a node of another cluster, workbook-other", "move this one away")
	require.NoError(t, os.WriteFile(marker, own, 0o600))
	require.NoError(t, n.Restart(t.Context()))
}

// requireSetupError requires an error that a person can mend: one line that says what is
// wrong, what to do, and exit code 3.
func requireSetupError(t *testing.T, err error, what, do string) {
	t.Helper()
	var e *hint.Error
	require.ErrorAs(t, err, &e)
	require.Contains(t, e.What, what)
	require.NotContains(t, e.What, "\n")
	require.Contains(t, e.Do, do)
	require.Equal(t, 3, hint.ExitCode(err))
}

func TestOneNode(t *testing.T) {
	c, err := Start(limited(t), newKeeper(t), Options{Nodes: 1, Partitions: 2, free: &Room{}})
	require.NoError(t, err)
	require.Equal(t, []int{2}, c.CountLed(t.Context()))
	require.NoError(t, c.Stop())
	require.NoDirExists(t, c.options.Dir)
}

func TestWhatCannotStart(t *testing.T) {
	k := newKeeper(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	taken := l.Addr().String()
	_, port, err := net.SplitHostPort(taken)
	require.NoError(t, err)
	for _, c := range []struct {
		name, what, do string
		options        Options
	}{
		{"a port is taken", "port " + port + " is taken", "choose another port", Options{Nodes: 1, Admin: []string{taken}}},
		{"too little memory", "need 1200 MB of memory and 800 MB of disk; free: 700 MB of memory, 9000 MB of disk", "close other programs", Options{Nodes: 3, free: &Room{700e6, 9000e6}}},
		{"too little disk", "free: 70 GB of memory, 799 MB of disk", "free some space", Options{Nodes: 3, free: &Room{70e9, 799e6}}},
		{"unknown memory, too little disk", "free: an unknown amount of memory, 0 MB of disk", "free some space", Options{Nodes: 3, free: &Room{}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Start(t.Context(), k, c.options)
			requireSetupError(t, err, c.what, c.do)
		})
	}
	_, err = Start(t.Context(), k, Options{Nodes: 2})
	require.EqualError(t, err, "a cluster has 1 or 3 nodes, not 2")
	require.Equal(t, 2, hint.ExitCode(err))
}

func TestFreeMemory(t *testing.T) {
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	machine := fstest.MapFS{
		"proc/meminfo":     file("MemTotal:  4000 kB\nMemAvailable:   3000 kB\n"),
		"proc/self/cgroup": file("0::/a/b\n"),
	}
	require.EqualValues(t, 3000*1024, freeMemory(machine))
	machine["sys/fs/cgroup/a/b/memory.max"] = file("max\n")
	require.EqualValues(t, 3000*1024, freeMemory(machine))
	machine["sys/fs/cgroup/a/memory.max"] = file("1000\n")
	machine["sys/fs/cgroup/a/memory.current"] = file("600\n")
	machine["sys/fs/cgroup/a/memory.stat"] = file("anon 400\ninactive_file 50\n")
	require.EqualValues(t, 450, freeMemory(machine))
	machine["sys/fs/cgroup/memory.max"] = file("300\n")
	require.EqualValues(t, 300, freeMemory(machine))
	require.Zero(t, freeMemory(fstest.MapFS{}))
}

// startAndWait starts a cluster and copies, prints that, and waits to be killed.
func startAndWait() error {
	k, err := process.NewKeeper()
	if err != nil {
		return err
	}
	c, err := Start(context.Background(), k, Options{Nodes: 3})
	if err != nil {
		return err
	}
	if _, err := StartCopies(context.Background(), k, 2, asProgram); err != nil {
		return err
	}
	if err := c.Nodes[1].Freeze(); err != nil {
		return err
	}
	fmt.Println("started")
	select {}
}

// Nothing is left of three nodes, one of them frozen, and two copies, when their parent is
// killed.
func TestNothingOutlivesTheParent(t *testing.T) {
	if testing.Short() {
		t.Skip("three nodes need seconds to start")
	}
	if runtime.GOOS != "linux" {
		t.Skip("package below sees processes on Linux only")
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), helper+"=parent")
	cmd.Stderr = t.Output()
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	_, err = fmt.Fscanf(out, "started\n")
	require.NoError(t, err)
	left := below.Of(cmd.Process.Pid)
	require.GreaterOrEqual(t, len(left.Pids), 6, "three nodes, two copies, the keeper")
	require.NoError(t, syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL))
	require.Error(t, cmd.Wait())
	require.Eventually(t, func() bool { return len(left.Left()) == 0 }, 30*time.Second, 10*time.Millisecond, "%v", left)
}

// While a node is down, nobody else gets its ports.
func TestPortsAreHeld(t *testing.T) {
	c := &Cluster{options: Options{Nodes: 3}}
	var addrs []string
	require.NoError(t, c.reservePorts(&addrs))
	require.Len(t, addrs, 3)
	for _, addr := range addrs {
		_, err := net.Dial("tcp", addr)
		require.True(t, errors.Is(err, syscall.ECONNREFUSED), "%v", err)
	}
	require.NoError(t, c.Stop())
}
