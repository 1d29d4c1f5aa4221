package main

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/restate"
	"example.com/workbook/tools/shop/client"
	"example.com/workbook/tools/web"
)

// With three nodes, a killed node, a killed copy of the program or a killed PostgreSQL loses no
// order, and make order continues through another node.
func TestShopWithThreeNodes(t *testing.T) {
	if testing.Short() {
		t.Skip("three nodes need seconds to start")
	}
	t.Parallel()
	s := openShop(t, newTree(t), "NODES=3", "DELAY=20ms")
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the shop's terminal:\n%s%s", s.out.String(), s.err.String())
		}
	})
	require.Regexp(t, `^three nodes, a database and two programs need 1200 MB of memory and 800 MB of disk; free: .* of memory, .* of disk\n`, s.out.String())
	for _, name := range client.ManyNames {
		require.Regexp(t, `(?m)^  `+name+` +pid \d+ `, s.out.String())
	}
	require.Contains(t, s.order("N=4", "ROLLS=40"), "\n4 orders: 4 COMPLETED\n4 took 1 request\n")
	s.testKilledNode()

	rows := s.begins("ROLLS=10,40")
	rows.waitForText("roll 10 failed")
	s.kill("postgres")
	rows.waitForText("postgres is down (signal: killed); orders that need it wait. start it again: go tool workbook start postgres\n")
	s.start("postgres")
	require.Zero(t, rows.waitForEnd(), rows.err.String())
	require.Contains(t, rows.out.String(), "  COMPLETED\n")

	copies := s.begins("N=4", "ROLLS=10,40")
	copies.waitForText("roll 10 failed")
	s.kill("copy-1")
	require.Zero(t, copies.waitForEnd(), copies.err.String())
	require.Contains(t, copies.out.String(), "copy-1 is down (signal: killed); the other copy continues. start it again: go tool workbook start copy-1\n")
	require.Contains(t, copies.out.String(), "\n4 orders: 4 COMPLETED\n")
	s.start("copy-1")
	require.Regexp(t, "^nothing was deployed: a shop with three nodes has one version of its program\n", tool(t, s.root, "deploy").err)

	require.Zero(t, tool(t, s.root, "record", "NAME=nodes").code)
	recorded, err := os.ReadFile(filepath.Join(s.root, "work", "recordings", "nodes.jsonl"))
	require.NoError(t, err)
	for _, want := range []string{`"what":"leader","how":"node-\d"`, `"unit":"copy-1"`, `"unit":"copy-2"`} {
		require.Regexp(t, want, string(recorded))
	}
	s.signal(syscall.SIGINT)
	require.Zero(t, s.waitForEnd(), s.err.String())
	s.leavesNothing()
}

// testKilledNode kills the node that leads while an order waits for its approval, and then
// places an order and approves the first one through the other nodes.
func (s *opened) testKilledNode() {
	waits := s.begins("AMOUNT=100000", "ROLLS=50")
	waits.waitForText("PENDING")
	id := regexp.MustCompile(`(?m)^(o-\d+) `).FindStringSubmatch(waits.out.String())[1]
	leader := regexp.MustCompile(`(node-\d), which leads now,`).FindStringSubmatch(s.out.String())[1]
	s.kill(leader)
	waits.waitForText(leader + " is down (signal: killed); the other nodes continue. start it again: go tool workbook start " + leader + "\n")
	require.Contains(s.t, s.order("ROLLS=40"), "  COMPLETED\n")

	ctx, cancel := context.WithTimeout(s.t.Context(), 2*time.Minute)
	defer cancel()
	ingress := restate.NewIngress(restate.URLs(s.view().Ingress)...)
	for {
		_, err := ingress.Call(ctx, restate.Request{Path: "Order/" + id + "/Approve", Body: `{"approved":true}`, IdempotencyKey: id})
		if err == nil {
			break
		}
		require.NoError(s.t, ctx.Err(), err)
		web.Pause(ctx, web.RetryInterval)
	}
	require.Zero(s.t, waits.waitForEnd(), waits.err.String())
	require.Contains(s.t, waits.out.String(), "  COMPLETED\n")
	s.start(leader)
	require.Contains(s.t, s.order("ROLLS=40"), "  COMPLETED\n")
}

// Of three nodes, one that is left takes no order.
func TestTwoOfThreeNodesAreDown(t *testing.T) {
	v := client.View{Ingress: []string{"1", "2", "3"}, Units: []client.Unit{
		{Name: "node-1", Down: "signal: killed"}, {Name: "node-2"}, {Name: "node-3"}, {Name: "copy-1", Down: "signal: killed"},
	}}
	require.NoError(t, v.CheckTakesOrders())
	v.Units[2].Down = "signal: killed"
	require.EqualError(t, v.CheckTakesOrders(), "nothing was ordered: 2 of 3 nodes are down, and the others have no majority")
}
