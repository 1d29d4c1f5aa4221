package client

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"example.com/workbook/tools/restate"
	"example.com/workbook/tools/rows/feed"
	"example.com/workbook/tools/sandbox"
	"example.com/workbook/tools/web"
)

// follower prints what becomes of orders. What the gateway rolled is in the
// ledger, an order's status is in its row, and what it waits for is in Restate.
// Each line bears the time at which it happened, not that of the print.
type follower struct {
	placer Placer
	shop   *Shop
	view   View // as it was when the first order was placed
	begun  time.Time
	alone  bool // one order is followed, and drawn too

	mu      sync.Mutex
	orders  []*placed       // in the order of their placing
	down    map[string]bool // units, by name
	known   []Version       // of the program, now
	printed map[string]bool // lines about an order that are printed once
}

// placed is an order with its id, and what is known of it.
type placed struct {
	id         string
	rolls      []int
	at         time.Time // when it was placed
	invocation string
	statuses   chan feed.Change

	mu       sync.Mutex
	shown    map[int]bool // requests of the ledger, by number
	requests int          // to charge, by their keys
	bars     bars         // of what was shown
	version  int          // that serves it; 0 is unknown, or of no interest
	status   string
	changed  time.Time
	final    chan struct{} // closed when the row is COMPLETED or FAILED
}

func newPlaced(id string, rolls []int) *placed {
	return &placed{id: id, rolls: rolls, statuses: make(chan feed.Change, 100), shown: map[int]bool{}, final: make(chan struct{})}
}

func newFollower(shop *Shop, v View) *follower {
	return &follower{
		placer: Placer{
			Admin:   restate.NewAdmin(restate.URLs(v.Admin)...),
			Outside: sandbox.NewClient("http://" + v.Sandbox),
			Ingress: restate.NewIngress(restate.URLs(v.Ingress)...),
			Number:  shop.NextNumber,
			Nodes:   len(v.Ingress),
		},
		shop: shop, view: v, begun: time.Now(),
		down: map[string]bool{}, printed: map[string]bool{},
	}
}

// Follow places orders in the shop, prints what becomes of them, and returns when
// each has ended and its rows are printed. When ctx is done before that, it prints
// how to ask for an order's status.
func Follow(ctx context.Context, shop *Shop, v View, order Order) error {
	f := newFollower(shop, v)
	err := f.follow(ctx, order)
	if ctx.Err() != nil {
		f.printLeft()
		return nil
	}
	return err
}

func (f *follower) follow(ctx context.Context, order Order) error {
	orders, err := f.nameOrders(ctx, order)
	if err != nil {
		return closedError(ctx, err)
	}
	if f.alone = order.Count == 1; f.alone {
		fmt.Println(legend)
	}
	watch, end := context.WithCancelCause(ctx)
	defer end(nil)
	go func() { end(f.watchUnits(watch)) }()
	go func() { end(f.watchRows(watch, orders)) }()
	go f.watchFailures(watch)
	go f.placer.Admin.FollowStuck(watch, f.printStuck, func(restate.Invocation) {})
	var all sync.WaitGroup
	for _, o := range orders {
		if err := f.placeOne(watch, o, order); err != nil {
			end(err)
			break
		}
		all.Go(func() { f.followOne(watch, o) })
	}
	all.Wait()
	if watch.Err() != nil {
		return context.Cause(watch)
	}
	return f.printRows(ctx)
}

// nameOrders gives each order its id.
func (f *follower) nameOrders(ctx context.Context, order Order) (all []*placed, err error) {
	for range order.Count {
		id, err := f.placer.newID(ctx)
		if err != nil {
			return nil, err
		}
		all = append(all, newPlaced(id, order.Rolls))
	}
	return all, nil
}

// placeOne places an order and prints what was ordered.
func (f *follower) placeOne(ctx context.Context, o *placed, order Order) error {
	if err := f.placer.placeNamed(ctx, o, order); err != nil {
		return err
	}
	f.printLine(o, o.at, "placed: %d cents, %s", order.Amount, order.Token)
	if order.Amount >= approvalFrom {
		f.printLine(o, o.at, "waits for approval: %s", restate.Curl(f.ingress(), "Order/"+o.id+"/Approve", `{"approved":true}`))
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.orders = append(f.orders, o)
	return nil
}

// followOne prints what becomes of an order, and returns when the order has ended.
func (f *follower) followOne(ctx context.Context, o *placed) {
	watch, end := context.WithCancel(ctx)
	var both sync.WaitGroup
	both.Go(func() { f.watchCharges(watch, o) })
	both.Go(func() { f.watchStatus(watch, o) })
	failure := f.awaitEnd(ctx, o)
	// A learner's order may end and leave its row behind.
	select {
	case <-o.final:
	case <-ctx.Done():
	case <-time.After(2 * time.Second):
	}
	end()
	both.Wait()
	f.printCharges(ctx, o, true)
	o.mu.Lock()
	defer o.mu.Unlock()
	if ctx.Err() == nil && (o.status != "COMPLETED" && failure == "" || o.status != "FAILED" && failure != "") {
		f.printLine(o, time.Now(), "Restate says %s, but the row says %s", cmp.Or(failure, "completed"), cmp.Or(o.status, "nothing"))
	}
}

// awaitEnd waits for the workflow's end, and returns why it failed, or "".
func (f *follower) awaitEnd(ctx context.Context, o *placed) (failure string) {
	for ctx.Err() == nil {
		_, err := f.placer.Ingress.AttachWorkflow(ctx, "Order", o.id)
		var refused *restate.StatusError
		switch {
		case err == nil:
			return ""
		case errors.As(err, &refused) && f.isCompleted(ctx, o):
			return fmt.Sprintf("%d %s", refused.Status, refused.Message)
		}
		web.Pause(ctx, web.RetryInterval) // restate-server is down, or on its way up
	}
	return ""
}

func (f *follower) isCompleted(ctx context.Context, o *placed) bool {
	rows, err := f.placer.Admin.Invocations(ctx, restate.InvocationFilter{IDs: []string{o.invocation}})
	return err == nil && len(rows) == 1 && rows[0].Status == "completed"
}

// ingress returns the address of an ingress that serves, as far as is known.
func (f *follower) ingress() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, u := range f.view.Units {
		if isNode(u.Name) && !f.down[u.Name] {
			return u.Addr
		}
	}
	return f.view.Ingress[0]
}

// printLine prints a line about an order, with the time since it was placed.
func (f *follower) printLine(o *placed, at time.Time, format string, args ...any) {
	// In one piece, since other orders have their lines too.
	os.Stdout.WriteString(fmt.Sprintf("%-5s %6.1f s  %s\n", o.id, max(0, at.Sub(o.at).Seconds()), fmt.Sprintf(format, args...)))
}

// printShopLine prints a line about what concerns every order.
func (f *follower) printShopLine(format string, args ...any) {
	f.printLine(&placed{id: "shop", at: f.begun}, time.Now(), format, args...)
}

// printLeft prints how to ask for orders that nobody follows any more.
func (f *follower) printLeft() {
	if len(f.orders) == 0 {
		fmt.Println("\nnothing was ordered")
		return
	}
	fmt.Printf("\nthe orders continue, and nobody follows them. ask for the status of one:\n  %s\n",
		restate.Curl(f.ingress(), "Order/"+f.orders[len(f.orders)-1].id+"/Status", ""))
}
