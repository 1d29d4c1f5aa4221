package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"sync"
	"time"

	"example.com/workbook/tools/restate"
	"example.com/workbook/tools/sandbox"
	"example.com/workbook/tools/web"
)

// follower prints what becomes of orders: what the gateway rolled is in the
// ledger, what the order has come to in its row, and what is waited for in
// Restate. Each line bears the time at which it happened, not that of the print.
type follower struct {
	placer
	shop  *remote
	view  shopView // as it was when the first order was placed
	begun time.Time
	alone bool // one order is followed, and drawn too

	mu     sync.Mutex
	orders []*order        // that were placed
	down   map[string]bool // units, by name
	told   map[string]bool // lines about an order that are to come once
}

// order is one that was placed.
type order struct {
	id         string
	rolls      []int
	placed     time.Time
	invocation string
	statuses   chan status

	mu       sync.Mutex
	shown    map[int]bool // requests of the ledger, by number
	attempts int          // charges that were asked for
	bars     bars         // of what was shown
	status   string
	changed  time.Time
	final    chan struct{} // closed when the row is COMPLETED or FAILED
}

// status is a line of the program that reads the database.
type status struct {
	Table   string    `json:"table"`
	OrderID string    `json:"order_id"`
	Status  string    `json:"status"`
	At      time.Time `json:"at"`
	Code    int       `json:"code"`
	Reason  string    `json:"reason"`
}

func newOrder(id string, rolls []int) *order {
	return &order{id: id, rolls: rolls, statuses: make(chan status, 100), shown: map[int]bool{}, final: make(chan struct{})}
}

func newFollower(shop *remote, v shopView) *follower {
	return &follower{
		placer: placer{
			admin:   restate.NewAdmin("http://" + v.Admin),
			outside: sandbox.NewClient("http://" + v.Sandbox),
			client:  &http.Client{Transport: &http.Transport{}},
			ingress: v.Ingress,
			number: func(ctx context.Context) (n int, err error) {
				return n, shop.do(ctx, "POST", "orders", &n)
			},
		},
		shop: shop, view: v, begun: time.Now(),
		down: map[string]bool{}, told: map[string]bool{},
	}
}

// follow places orders, and returns when each has ended and its rows were shown.
func (f *follower) follow(ctx context.Context, c orderCmd, rolls []int) error {
	orders, err := f.named(ctx, c.N, rolls)
	if err != nil {
		return gone(ctx, err)
	}
	if f.alone = c.N == 1; f.alone {
		fmt.Println(legend)
	}
	watch, end := context.WithCancelCause(ctx)
	defer end(nil)
	go func() { end(f.watchUnits(watch)) }()
	go func() { end(f.watchRows(watch, orders)) }()
	go f.watchFailures(watch)
	var all sync.WaitGroup
	for _, o := range orders {
		if err := f.place(watch, o, c); err != nil {
			end(err)
			break
		}
		all.Go(func() { f.followOne(watch, o) })
	}
	all.Wait()
	if watch.Err() != nil {
		return context.Cause(watch)
	}
	return f.conclude(ctx)
}

// followOne returns when the order has ended.
func (f *follower) followOne(ctx context.Context, o *order) {
	watch, end := context.WithCancel(ctx)
	var both sync.WaitGroup
	both.Go(func() { f.watchCharges(watch, o) })
	both.Go(func() { f.watchStatus(watch, o) })
	failure := f.outcome(ctx, o)
	// A learner's order may end and leave its row behind.
	select {
	case <-o.final:
	case <-ctx.Done():
	case <-time.After(2 * time.Second):
	}
	end()
	both.Wait()
	f.lookAtCharges(ctx, o, true)
	o.mu.Lock()
	defer o.mu.Unlock()
	if ctx.Err() == nil && (o.status != "COMPLETED" && failure == "" || o.status != "FAILED" && failure != "") {
		f.say(o, time.Now(), "has ended for Restate (%s), and its row says %s", orElse(failure, "completed"), orElse(o.status, "nothing"))
	}
}

func orElse(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// again is how long who is not answered waits before they ask again.
const again = 200 * time.Millisecond

// outcome waits for the workflow's end: why it failed, or "".
func (f *follower) outcome(ctx context.Context, o *order) (failure string) {
	for ctx.Err() == nil {
		status, answer, err := f.ask(ctx, "GET", "restate/workflow/Order/"+o.id+"/attach", "")
		switch {
		case err == nil && status == http.StatusOK:
			return ""
		case err == nil && f.completed(ctx, o):
			return fmt.Sprintf("%d %s", status, message(answer))
		}
		web.Pause(ctx, again) // restate-server is down, or on its way up
	}
	return ""
}

func (f *follower) completed(ctx context.Context, o *order) bool {
	var rows []struct{ Status string }
	err := f.admin.Query(ctx, "SELECT status FROM sys_invocation WHERE id = '"+o.invocation+"'", &rows)
	return err == nil && len(rows) == 1 && rows[0].Status == "completed"
}

func (f *follower) say(o *order, at time.Time, format string, args ...any) {
	// In one piece, since other orders are told of as well.
	os.Stdout.WriteString(fmt.Sprintf("%-5s %6.1f s  %s\n", o.id, max(0, at.Sub(o.placed).Seconds()), fmt.Sprintf(format, args...)))
}

// tell is say for what concerns every order.
func (f *follower) tell(format string, args ...any) {
	f.say(&order{id: "shop", placed: f.begun}, time.Now(), format, args...)
}

// leave says where the orders are when nobody follows them any more.
func (f *follower) leave() {
	if len(f.orders) == 0 {
		fmt.Println("\nnothing was ordered")
		return
	}
	fmt.Printf("\nnobody follows them now; the orders go on all the same. how is one?\n  %s\n",
		call{path: "Order/" + f.orders[len(f.orders)-1].id + "/Status"}.curl(f.view.Ingress))
}
