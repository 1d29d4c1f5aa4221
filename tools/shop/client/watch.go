package client

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/proxy"
	"example.com/workbook/tools/restate"
	"example.com/workbook/tools/rows/feed"
	"example.com/workbook/tools/web"
)

// watchRows hands each new status of an order's row to the order. It returns why
// there are no more.
func (f *follower) watchRows(ctx context.Context, orders []*placed) error {
	var ids []string
	byID := map[string]*placed{}
	for _, o := range orders {
		ids = append(ids, o.id)
		byID[o.id] = o
	}
	rows, err := feed.Start(ctx, f.view.Rows, f.view.Database, ids...)
	if err != nil {
		return err
	}
	return rowsError(rows.Each(func(c feed.Change) {
		if c.Table != "orders" {
			return
		}
		select {
		case byID[c.OrderID].statuses <- c:
		default: // nobody follows it any more
		}
	}))
}

func rowsError(err error) error {
	return hint.New(hint.Setup, "look whether the shop is still open", "the shop's rows cannot be read: %w", err)
}

// watchStatus prints each status that the order's row gets.
func (f *follower) watchStatus(ctx context.Context, o *placed) {
	for {
		select {
		case s := <-o.statuses:
			f.printCharges(ctx, o, false) // what led to it
			o.mu.Lock()
			f.printStatus(ctx, o, s)
			o.mu.Unlock()
			f.printCharges(ctx, o, false) // what had to wait for it
		case <-ctx.Done():
			return
		}
	}
}

func (f *follower) printStatus(ctx context.Context, o *placed, s feed.Change) {
	o.status, o.changed = s.Status, s.At
	text := s.Status
	if s.Status == "FAILED" {
		text = fmt.Sprintf("FAILED %d: %s", s.Code, s.Reason)
	}
	ended := s.Status == "FAILED" || s.Status == "COMPLETED"
	if ended || s.Status == "PENDING" { // what lies between may be the work of a call on another version
		text += f.nameVersion(ctx, o)
	}
	f.printLine(o, s.At, "%s", text)
	if ended {
		close(o.final)
	}
}

// watchUnits prints which processes go down and come back.
func (f *follower) watchUnits(ctx context.Context) error {
	before := f.view
	f.printChanges(View{Units: f.view.Units, Versions: f.view.Versions}, before)
	for {
		now, err := f.shop.ViewAfter(ctx, before.Version)
		if err != nil {
			return err
		}
		f.printChanges(before, now)
		before = now
	}
}

func (f *follower) printChanges(before, now View) {
	f.printVersions(before, now)
	f.mu.Lock()
	f.down = map[string]bool{}
	for _, u := range now.Units {
		f.down[u.Name] = u.Down != ""
	}
	f.mu.Unlock()
	for _, u := range now.Units {
		i := slices.IndexFunc(before.Units, func(was Unit) bool { return was.Name == u.Name })
		if i < 0 {
			continue // version 2, which printVersions has printed
		}
		was := before.Units[i]
		switch {
		case u.Down != "" && (was.Down == "" || before.Version == 0):
			f.printShopLine("%s is down (%s); %s. start it again: %s", u.Name, u.Down, now.describeLoss(u.Name), StartCommand(u.Name))
		case u.PID != was.PID:
			f.printShopLine("%s is back: pid %d", u.Name, u.PID)
		}
	}
}

// describeLoss returns what the death of a process means for orders.
func (v View) describeLoss(name string) string {
	up := func(of func(string) bool) (n int) {
		for _, u := range v.Units {
			if of(u.Name) && u.Down == "" {
				n++
			}
		}
		return n
	}
	switch {
	case isNode(name) && 2*up(isNode) > len(v.Ingress):
		return "the other nodes continue"
	case isNode(name):
		return "orders wait for a second node"
	case isCopy(name) && up(isCopy) > 0:
		return "the other copy continues"
	}
	return "orders that need it wait"
}

// failingCalls returns the invocations that Restate will run again.
func (f *follower) failingCalls(ctx context.Context) ([]restate.Invocation, error) {
	return f.placer.Admin.Invocations(ctx, restate.InvocationFilter{Statuses: []string{"backing-off"}})
}

// watchFailures prints what else keeps an order waiting. What the gateway does is
// in the ledger, and that a process is down is printed once, not for each order.
func (f *follower) watchFailures(ctx context.Context) {
	for ctx.Err() == nil {
		web.Pause(ctx, 500*time.Millisecond)
		if f.isBroken() {
			continue
		}
		all, _ := f.failingCalls(ctx) // watchUnits reports a server that is down
		for _, i := range all {
			f.printFailure(i)
		}
	}
}

// isBroken reports whether a process of the shop is down.
func (f *follower) isBroken() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Contains(slices.Collect(maps.Values(f.down)), true)
}

// orderOf returns the order that an invocation is for, nil if nobody follows it.
func (f *follower) orderOf(i restate.Invocation) *placed {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := slices.IndexFunc(f.orders, func(o *placed) bool {
		return proxy.IsKeyOf(i.Key, o.id) || i.Parent != "" && i.Parent == o.invocation
	})
	if n < 0 {
		return nil
	}
	return f.orders[n]
}

func (f *follower) printFailure(i restate.Invocation) {
	o := f.orderOf(i)
	if o == nil || i.LastFailureStep == "charge" {
		return
	}
	once := o.id + i.LastFailure
	f.mu.Lock()
	printed := f.printed[once]
	f.printed[once] = true
	f.mu.Unlock()
	if !printed {
		f.printLine(o, time.Now(), "%s fails and is retried in %s: %s", i.HandlerName(), formatSeconds(time.Until(i.NextRetry)), i.Reason())
	}
}

// printStuck prints what there is to know of a call that does not go on by itself, and how
// to free it.
func (f *follower) printStuck(i restate.Stuck, changed bool) {
	o := f.orderOf(i.Invocation)
	if o == nil || !changed || i.Status != "paused" && f.isBroken() {
		return
	}
	var text strings.Builder
	text.WriteString(i.HandlerName() + " " + i.Headline())
	for _, l := range i.Lines() {
		fmt.Fprintf(&text, "\n%*s%-6s  %s", underText, "", l.Title, l.Text)
	}
	f.printLine(o, time.Now(), "%s", text.String())
}
