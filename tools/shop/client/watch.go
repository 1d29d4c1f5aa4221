package client

import (
	"context"
	"fmt"
	"maps"
	"regexp"
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
			f.printStatus(o, s)
			o.mu.Unlock()
			f.printCharges(ctx, o, false) // what had to wait for it
		case <-ctx.Done():
			return
		}
	}
}

func (f *follower) printStatus(o *placed, s feed.Change) {
	o.status, o.changed = s.Status, s.At
	text := s.Status
	if s.Status == "FAILED" {
		text = fmt.Sprintf("FAILED %d: %s", s.Code, s.Reason)
	}
	f.printLine(o, s.At, "%s", text)
	if s.Status == "FAILED" || s.Status == "COMPLETED" {
		close(o.final)
	}
}

// watchUnits prints which processes go down and come back.
func (f *follower) watchUnits(ctx context.Context) error {
	before := f.view
	f.printChanges(View{Units: f.view.Units}, before)
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
	for i, u := range now.Units {
		was := before.Units[i]
		f.mu.Lock()
		f.down[u.Name] = u.Down != ""
		f.mu.Unlock()
		switch {
		case u.Down != "" && (was.Down == "" || before.Version == 0):
			f.printShopLine("%s is down (%s); orders that need it wait. start it again: %s", u.Name, u.Down, StartCommand(u.Name))
		case u.PID != was.PID:
			f.printShopLine("%s is back: pid %d", u.Name, u.PID)
		}
	}
}

// waitingCalls returns the invocations that Restate will run again, or has paused.
func (f *follower) waitingCalls(ctx context.Context) ([]restate.Invocation, error) {
	return f.placer.Admin.Invocations(ctx, restate.InvocationFilter{Statuses: []string{"backing-off", "paused"}})
}

// watchFailures prints what else keeps an order waiting. What the gateway does is
// in the ledger, and that a process is down is printed once, not for each order.
func (f *follower) watchFailures(ctx context.Context) {
	for ctx.Err() == nil {
		web.Pause(ctx, 500*time.Millisecond)
		f.mu.Lock()
		broken := slices.Contains(slices.Collect(maps.Values(f.down)), true)
		f.mu.Unlock()
		if broken {
			continue
		}
		all, _ := f.waitingCalls(ctx) // watchUnits reports a server that is down
		for _, w := range all {
			f.printFailure(w)
		}
	}
}

func (f *follower) printFailure(w restate.Invocation) {
	f.mu.Lock()
	orders := f.orders
	f.mu.Unlock()
	i := slices.IndexFunc(orders, func(o *placed) bool { return proxy.IsKeyOf(w.Key, o.id) })
	if i < 0 || w.LastFailureStep == "charge" && w.Status != "paused" {
		return
	}
	why := plainFailure(w.LastFailure)
	text := fmt.Sprintf("%s/%s fails and is retried in %s: %s", w.Service, w.Handler, formatSeconds(time.Until(w.NextRetry)), why)
	if w.Status == "paused" {
		text = fmt.Sprintf("%s/%s is paused until somebody resumes it", w.Service, w.Handler)
		if why != "" {
			text += ": " + why
		}
	}
	f.mu.Lock()
	once := orders[i].id + w.Status + why
	printed := f.printed[once]
	f.printed[once] = true
	f.mu.Unlock()
	if !printed {
		f.printLine(orders[i], time.Now(), "%s", text)
	}
}

// notReached matches how restate-server 1.7 reports that it did not reach the
// program, or lost it.
var notReached = regexp.MustCompile(`pool connection error|stream error received|error trying to connect`)

// plainFailure returns why an attempt failed, in a line.
func plainFailure(failure string) string {
	why, _, _ := strings.Cut(failure, "\n")
	if notReached.MatchString(why) {
		return "the program did not answer"
	}
	return why
}
