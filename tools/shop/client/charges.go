package client

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"example.com/workbook/tools/sandbox"
	"example.com/workbook/tools/web"
)

// watchCharges prints each charge once the gateway is done with it.
func (f *follower) watchCharges(ctx context.Context, o *placed) {
	for ctx.Err() == nil {
		o.mu.Lock()
		next := o.requests + 1
		o.mu.Unlock()
		err := f.placer.Outside.WaitRequests(ctx, sandbox.Charge, o.id, next)
		if err == nil {
			err = f.placer.Outside.WaitIdle(ctx, o.id)
		}
		if err == nil {
			f.printCharges(ctx, o, false)
			continue
		}
		f.awaitSandbox(ctx, o)
	}
}

// awaitSandbox waits for a sandbox that was killed, and scripts its rolls again: a
// script does not outlive it.
func (f *follower) awaitSandbox(ctx context.Context, o *placed) {
	for ctx.Err() == nil {
		entries, err := f.placer.Outside.Ledger(ctx, o.id)
		if err == nil {
			_, err = f.placer.Outside.Clear(ctx, o.id)
		}
		if err == nil {
			err = f.placer.scriptRolls(ctx, o, sandbox.Rolls(entries)...)
		}
		if err == nil {
			return
		}
		web.Pause(ctx, web.RetryInterval)
	}
}

// printCharges prints what the ledger has of the order that was not printed yet.
// Before the order's first status, which comes a moment later from another place,
// it prints nothing, unless the order is over.
func (f *follower) printCharges(ctx context.Context, o *placed, over bool) {
	entries, err := f.placer.Outside.Ledger(ctx, o.id)
	if err != nil {
		return // the sandbox is down; it will be looked at again
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	numbers, ended := numberCharges(entries)
	o.requests = max(o.requests, len(numbers))
	if o.status == "" && !over {
		return
	}
	for _, e := range sandbox.Facts(entries) {
		request := max(e.Request, 0)
		if request == 0 || !ended[request] || o.shown[request] {
			continue
		}
		switch e.Kind {
		case sandbox.Charge:
			o.shown[request] = true
			f.printLine(o, e.T, "request %d  %s%s", numbers[request], describeCharge(e), f.nextTry(ctx, o, e))
			if f.alone {
				i := slices.IndexFunc(entries, func(ask sandbox.Entry) bool { return ask.N == request })
				fmt.Println(o.bars.draw(entries[i].T, e.T, endMark(e)))
			}
		case sandbox.Lookup, sandbox.Refund, sandbox.Void:
			o.shown[request] = true
			f.printLine(o, e.T, "%s", e.Line())
		}
	}
}

// numberCharges numbers the requests for a charge, from 1, and reports which of all
// requests have come to an end.
func numberCharges(entries []sandbox.Entry) (numbers map[int]int, ended map[int]bool) {
	numbers, ended = map[int]int{}, map[int]bool{}
	for _, e := range entries {
		switch {
		case e.What == sandbox.Request && e.Kind == sandbox.Charge:
			numbers[e.N] = len(numbers) + 1
		case e.What == sandbox.Answer || e.What == sandbox.Dropped:
			ended[e.Request] = true
		}
	}
	return numbers, ended
}

// describeCharge returns what became of a charge, in words.
func describeCharge(e sandbox.Entry) string {
	roll := "no roll"
	if e.Roll != nil {
		roll = fmt.Sprintf("roll %d", *e.Roll)
	}
	switch {
	case e.What == sandbox.Effect && e.Detail != "":
		return roll + " charged, " + e.Detail
	case e.What == sandbox.Effect:
		return roll + " charged"
	case e.Again:
		return "same key, same answer, no second charge"
	case e.What == sandbox.Dropped && e.Status == 0:
		return "connection broken " + e.Detail
	case e.Status == 503:
		return roll + " failed"
	case e.Status == 402:
		return roll + " declined"
	}
	return fmt.Sprintf("%s, answered %d %s", roll, e.Status, e.Detail)
}

// nextTry returns when Restate tries again after a charge that failed. It waits a
// moment for the program, and for Restate, to know.
func (f *follower) nextTry(ctx context.Context, o *placed, e sandbox.Entry) string {
	if e.Status != 503 {
		return ""
	}
	key := "pay-" + o.id
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	for ctx.Err() == nil {
		all, err := f.shop.failedAttempts(ctx, key)
		if err != nil {
			return ""
		}
		i := slices.IndexFunc(all, func(a Failed) bool { return !a.At.Before(e.T) })
		switch {
		case i < 0: // the program has not handed it on yet
		case all[i].Next != nil:
			return "; next in " + formatSeconds(*all[i].Next)
		default:
			waits, err := f.failingCalls(ctx)
			if err != nil {
				return ""
			}
			for _, w := range waits {
				if w.Key == key && w.NextRetry.After(e.T) {
					return "; next in " + formatSeconds(w.NextRetry.Sub(all[i].At))
				}
			}
		}
		web.Pause(ctx, 20*time.Millisecond)
	}
	return ""
}

// formatSeconds formats a time with at most one decimal: 2 s, 0.4 s.
func formatSeconds(d time.Duration) string {
	return strings.TrimSuffix(fmt.Sprintf("%.1f", d.Seconds()), ".0") + " s"
}
