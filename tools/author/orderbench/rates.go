package main

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"time"

	"example.com/workbook/lessons/shop/store"
)

// load is the number of clients, and the number of orders and of empty calls that they make.
type load struct{ clients, orders, noops int }

var loads = []load{{1, 100, 400}, {16, 600, 4000}, {64, 1000, 6000}}

// sample is the result of one measurement.
type sample struct {
	rate   float64        // orders a second
	ms     [kinds]float64 // CPU time for one order
	others float64        // how many processors other processes of this machine kept busy; NaN if that is unknown
}

// measureRates measures orders, the same work in plain Go, and calls of a handler that does
// nothing. It measures them in turn, so that other work of this machine slows all three.
func measureRates(ctx context.Context, b *bench) error {
	r, err := startRig(ctx, b.root, b.binary, setting{})
	if err != nil {
		return err
	}
	defer r.stop()
	floor, err := r.startFloor(ctx)
	if err != nil {
		return err
	}
	db, err := store.Open(filepath.Join(r.dir, "plain.db"))
	if err != nil {
		return err
	}
	defer db.Close()
	// The shop's clients of the outside world read this variable at each request.
	if err := os.Setenv("SANDBOX_URL", r.outsideURL()); err != nil {
		return err
	}
	m := &meter{rig: r, bench: b, floor: floor.Pid(), db: db}
	fmt.Println("\norders a second     shop   plain  shop/plain   no-op  shop/no-op | ms an order | CPU ms: program  server  gateway |  plain: itself  gateway")
	fmt.Println("on the disk     log+rows    rows                 log             |")
	for _, l := range loads {
		if err := m.printLine(ctx, l); err != nil {
			return err
		}
	}
	return r.printRoom("after the orders")
}

// meter measures with one rig.
type meter struct {
	*bench
	*rig
	floor int // the process of the services that do nothing
	db    *store.DB
	sent  int // how many mails were sent so far
	twins int // how many orders of the empty twin were placed so far
	turn  int
}

func (m *meter) printLine(ctx context.Context, l load) error {
	var shops, plains, noops []sample
	for turn := -1; turn < m.runs; turn++ { // the first turn is a warm-up
		shop, err1 := m.measureOrders(ctx, l.clients, m.scaleDown(l.orders))
		plain, err2 := m.measurePlain(ctx, l.clients, m.scaleDown(l.orders))
		noop, err3 := m.measureNoop(ctx, l.clients, m.scaleDown(l.noops))
		for _, err := range []error{err1, err2, err3} {
			if err != nil {
				return err
			}
		}
		if turn >= 0 {
			shops, plains, noops = append(shops, shop), append(plains, plain), append(noops, noop)
		}
	}
	rate := func(s sample) float64 { return s.rate }
	shop, plain, noop := medianOf(shops, rate), medianOf(plains, rate), medianOf(noops, rate)
	fmt.Printf("%3d clients      %7.1f %7.1f %11.2f %7.0f %11.3f | %11.1f | %15.1f %7.1f %8.1f | %14.1f %8.1f\n",
		l.clients, shop, plain, shop/plain, noop, shop/noop, 1000*float64(l.clients)/shop,
		medianOf(shops, cpuOf(programs)),
		medianOf(shops, cpuOf(servers)),
		medianOf(shops, cpuOf(gateways)),
		medianOf(plains, cpuOf(programs)),
		medianOf(plains, cpuOf(gateways)))
	return nil
}

func (m *meter) newPrefix() string {
	m.turn++
	return fmt.Sprintf("o%d", m.turn)
}

// measureOrders measures how long n orders take, and what they cost.
func (m *meter) measureOrders(ctx context.Context, clients, n int) (sample, error) {
	prefix := m.newPrefix()
	return m.measureCost(n, func() (time.Duration, error) {
		took, err := m.placeOrders(ctx, prefix, clients, n, m.sent)
		m.sent += n
		return took, err
	})
}

func (m *meter) measurePlain(ctx context.Context, clients, n int) (sample, error) {
	prefix := m.newPrefix()
	return m.measureCost(n, func() (time.Duration, error) {
		m.sent += n
		return runClients(clients, n, func(i int) error { return orderPlainly(ctx, m.db, fmt.Sprintf("%s-%d", prefix, i)) })
	}, os.Getpid())
}

func (m *meter) measureNoop(ctx context.Context, clients, n int) (sample, error) {
	return m.measureCost(n, func() (time.Duration, error) {
		return runClients(clients, n, func(int) error { return m.callHandler(ctx, "Noop/Nothing", "", nil) })
	}, m.floor)
}

// measureCost calls do, which places n orders or makes n calls, and returns how much CPU time each
// of these took. The ids in program, if any, replace those of the shop's processes.
func (r *rig) measureCost(n int, do func() (time.Duration, error), program ...int) (s sample, err error) {
	busy, known := readBusy()
	before, err := r.readUsages(program...)
	if err != nil {
		return s, err
	}
	start := time.Now()
	took, err := do()
	if err != nil {
		return s, err
	}
	after, err := r.readUsages(program...)
	end, _ := readBusy()
	others := end - busy
	for k := range after {
		cpu := after[k].cpu - before[k].cpu
		others -= cpu
		s.ms[k] = float64(cpu.Microseconds()) / 1000 / float64(n)
	}
	s.rate, s.others = float64(n)/took.Seconds(), others.Seconds()/time.Since(start).Seconds()
	if !known {
		s.others = math.NaN()
	}
	return s, err
}

// cpuOf returns a function that returns the CPU time for one order of some kinds of processes.
func cpuOf(of ...kind) func(sample) float64 {
	return func(s sample) (ms float64) {
		for _, k := range of {
			ms += s.ms[k]
		}
		return ms
	}
}

// medianOf returns the median of the values that of returns for all.
func medianOf[T any](all []T, of func(T) float64) float64 {
	var v []float64
	for _, s := range all {
		v = append(v, of(s))
	}
	slices.Sort(v)
	return v[len(v)/2]
}
