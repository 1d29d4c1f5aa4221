package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"
	"time"

	"example.com/workbook/tools/cluster"
	"example.com/workbook/tools/postgres"
	"example.com/workbook/tools/process"
	"example.com/workbook/tools/web"
)

const (
	machineRuns   = 3 // at most, so that the part takes less than 90 seconds
	machineStarts = 3 // of three nodes
	machineKills  = 3
)

var (
	machineLoad = load{clients: 32, orders: 300} // keeps two processors busy
	killLoad    = load{clients: 8, orders: 150}  // leaves time to the processors, so that a wait is due to the kill
)

// setup is a number of machines, which all are processes of this one.
type setup struct {
	name string
	setting
	twin  bool // measure the empty twin too
	kills bool // measure the starts of the nodes, and kill them
}

// measureMachines measures what an order costs with one node of restate-server and with three, and
// what becomes of orders when the node that leads is killed.
func measureMachines(ctx context.Context, b *bench) error {
	database, err := postgres.Find(ctx, os.Stderr)
	if err != nil {
		return err
	}
	fewer := *b
	fewer.runs = min(b.runs, machineRuns)
	fmt.Printf("\nmachines, all on this one: %d orders, %d clients, 1 partition, medians of %d runs; of three nodes, two keep each entry of the log\n",
		fewer.scaleDown(machineLoad.orders), machineLoad.clients, fewer.runs)
	fmt.Println(costTitle)
	var rest []string
	for _, s := range []setup{
		{name: "one node, SQLite", twin: true},
		{name: "one node, PostgreSQL", setting: setting{postgres: database}},
		{name: "three nodes, PostgreSQL, two programs", setting: setting{nodes: 3, copies: 2, postgres: database}, kills: true},
	} {
		more, err := fewer.measureSetup(ctx, s)
		if err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		rest = append(rest, more...)
	}
	fmt.Printf("%s\n%s\n%s\n", costNotes, roomTitle, strings.Join(rest, "\n"))
	return nil
}

// measureSetup measures one set-up. It prints the lines about what an order costs, and returns the
// other lines.
func (b *bench) measureSetup(ctx context.Context, s setup) (rest []string, err error) {
	r, err := startRig(ctx, b.root, b.binary, s.setting)
	if err != nil {
		return nil, err
	}
	defer r.stop()
	m := &meter{rig: r, bench: b}
	if s.twin {
		floor, err := r.startFloor(ctx)
		if err != nil {
			return nil, err
		}
		m.floor = floor.Pid()
	}
	orders, twins, err := m.measureInTurn(ctx)
	if err != nil {
		return nil, err
	}
	fmt.Println(costLine(s.name, orders))
	if s.twin {
		fmt.Println(costLine("one node, empty twin of the orders", twins))
	}
	used, err := r.measureRoom()
	if err != nil {
		return nil, err
	}
	rest = append(rest, roomLine(s.name, used))
	if s.kills {
		lines, err := m.measureKills(ctx)
		return append(rest, lines...), err
	}
	return rest, nil
}

// measureInTurn measures orders, and orders of the empty twin in turn with them, if it is served.
func (m *meter) measureInTurn(ctx context.Context) (orders, twins []sample, err error) {
	n := m.scaleDown(machineLoad.orders)
	for turn := -1; turn < m.runs; turn++ { // the first turn is a warm-up
		order, err := m.measureOrders(ctx, machineLoad.clients, n)
		if err != nil {
			return nil, nil, err
		}
		if turn >= 0 {
			orders = append(orders, order)
		}
		if m.floor == 0 {
			continue
		}
		twin, err := m.measureTwin(ctx, machineLoad.clients, n)
		if err != nil {
			return nil, nil, err
		}
		if turn >= 0 {
			twins = append(twins, twin)
		}
	}
	return orders, twins, nil
}

// measureTwin measures n orders of the empty twin.
func (m *meter) measureTwin(ctx context.Context, clients, n int) (sample, error) {
	prefix := m.newPrefix()
	return m.measureCost(n, func() (time.Duration, error) {
		start := time.Now()
		_, err := runClients(clients, n, func(i int) error { return m.placeTwin(ctx, fmt.Sprintf("%s-%d", prefix, i)) })
		m.twins += n
		if err == nil {
			err = m.awaitTwins(ctx, m.twins)
		}
		return time.Since(start), err
	}, m.floor)
}

// placeTwin places an order of the empty twin, and returns when the order is done.
func (r *rig) placeTwin(ctx context.Context, id string) error {
	return r.callHandler(ctx, "EmptyOrder/"+id+"/CreateOrder", fmt.Sprintf(`{"ID":%q,"CustomerID":"c-1","AmountCents":2500}`, id), nil)
}

// awaitTwins waits until n orders of the empty twin have ended, with their last invocation. That one
// is sent, so nobody waits for it, and for a moment it is in no table.
func (r *rig) awaitTwins(ctx context.Context, n int) error {
	for {
		var answer []byte
		if err := r.callHandler(ctx, "Noop/Sends", "", &answer); err != nil {
			return err
		}
		sends, err1 := strconv.Atoi(string(answer))
		open, err2 := r.nodes.Nodes[0].Admin().CountOpen(ctx)
		if err := errors.Join(err1, err2); err != nil || sends >= n && len(open) == 0 {
			return err
		}
		web.Pause(ctx, 10*time.Millisecond)
	}
}

// measureLed returns how long three nodes took, in several starts, until each of them served and
// every partition was led. The first of these starts is that of the rig.
func (m *meter) measureLed(ctx context.Context) ([]time.Duration, error) {
	took := []time.Duration{m.led}
	for len(took) < machineStarts {
		k, err := process.NewKeeper()
		if err != nil {
			return nil, err
		}
		start := time.Now()
		nodes, err := cluster.Start(ctx, k, cluster.Options{Binary: m.binary, Nodes: len(m.nodes.Nodes)})
		took = append(took, time.Since(start))
		if err == nil {
			err = nodes.Stop()
		}
		if err := errors.Join(err, k.Close()); err != nil {
			return nil, err
		}
	}
	return took, nil
}

const (
	costTitle = `                                        orders/s  ms an order | CPU ms an order:  servers  database  programs    sum | gateway  clients | other work
                                                              |                                  (1)                 |             (2) |        (3)`
	costNotes = `(1) SQLite works inside the program. (2) This process places the orders. It also has the proxy that gives the attempts to two programs in turn.
(3) This is how many processors other processes and the system itself kept busy during the measurement.`
	roomTitle = `                                        memory, MB: servers  database  programs    sum | disk, MB: servers  rows, after the orders
                                                                 (4)                 | (4) A page that processes share counts once for each.`
)

// costLine returns the line of the table about what an order costs.
func costLine(name string, all []sample) string {
	ms := func(of ...kind) float64 { return medianOf(all, cpuOf(of...)) }
	rate := medianOf(all, func(s sample) float64 { return s.rate })
	others := "unknown"
	if n := medianOf(all, func(s sample) float64 { return s.others }); !math.IsNaN(n) {
		others = fmt.Sprintf("%.2f", n)
	}
	return fmt.Sprintf("%-38s %9.1f %12.1f | %25.1f %9.1f %9.1f %6.1f | %7.1f %8.1f | %10s", name, rate, 1000*float64(machineLoad.clients)/rate,
		ms(servers), ms(databases), ms(programs), ms(servers, databases, programs), ms(gateways), ms(clients), others)
}

// roomLine returns the line of the table about memory and disk.
func roomLine(name string, r room) string {
	return fmt.Sprintf("%-38s %20d %9d %9d %6d | %17d %5d", name, r.memory[servers], r.memory[databases], r.memory[programs],
		r.memory[servers]+r.memory[databases]+r.memory[programs], r.disk[servers], r.disk[databases])
}
