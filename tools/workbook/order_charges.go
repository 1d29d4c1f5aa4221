package main

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"example.com/workbook/tools/sandbox"
	"example.com/workbook/tools/web"
)

// watchCharges shows each charge once the gateway is done with it.
func (f *follower) watchCharges(ctx context.Context, o *order) {
	for ctx.Err() == nil {
		o.mu.Lock()
		next := o.attempts + 1
		o.mu.Unlock()
		err := f.outside.WaitRequests(ctx, sandbox.Charge, o.id, next)
		if err == nil {
			err = f.outside.WaitIdle(ctx, o.id)
		}
		if err == nil {
			f.lookAtCharges(ctx, o, false)
			continue
		}
		f.sandboxBack(ctx, o)
	}
}

// sandboxBack waits for a sandbox that was killed, and tells it again what it
// is to roll: a script does not outlive it.
func (f *follower) sandboxBack(ctx context.Context, o *order) {
	for ctx.Err() == nil {
		entries, err := f.outside.Ledger(ctx, o.id)
		if err == nil {
			_, err = f.outside.Clear(ctx, o.id)
		}
		if err == nil {
			err = f.script(ctx, o, sandbox.Rolls(entries)...)
		}
		if err == nil {
			return
		}
		web.Pause(ctx, again)
	}
}

// lookAtCharges shows what the ledger has of the order that was not shown yet.
// Before its first status, which comes a moment later from another place, it
// shows nothing, unless the order is over.
func (f *follower) lookAtCharges(ctx context.Context, o *order, over bool) {
	entries, err := f.outside.Ledger(ctx, o.id)
	if err != nil {
		return // the sandbox is down; it will be looked at again
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	numbers, ended := charges(entries)
	o.attempts = max(o.attempts, len(numbers))
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
			f.say(o, e.T, "attempt %d  %s%s", numbers[request], charged(e), f.next(ctx, o, e))
			if f.alone {
				i := slices.IndexFunc(entries, func(ask sandbox.Entry) bool { return ask.N == request })
				fmt.Println(o.bars.draw(entries[i].T, e.T, mark(e)))
			}
		case sandbox.Lookup, sandbox.Refund, sandbox.Void:
			o.shown[request] = true
			f.say(o, e.T, "%s", e.Line())
		}
	}
}

// charges numbers the requests for a charge, and says which requests of all have
// come to an end.
func charges(entries []sandbox.Entry) (numbers map[int]int, ended map[int]bool) {
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

// charged is what became of a charge, in words.
func charged(e sandbox.Entry) string {
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
		return "same key, same answer: nothing was done a second time"
	case e.What == sandbox.Dropped && e.Status == 0:
		return "broken off " + e.Detail
	case e.Status == 503:
		return roll + " failed"
	case e.Status == 402:
		return roll + " declined"
	}
	return fmt.Sprintf("%s, answered %d %s", roll, e.Status, e.Detail)
}

// next is when Restate asks again after a charge that failed: it takes the program
// and Restate a moment to say.
func (f *follower) next(ctx context.Context, o *order, e sandbox.Entry) string {
	if e.Status != 503 {
		return ""
	}
	key := "pay-" + o.id
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	for ctx.Err() == nil {
		var all []failed
		if err := f.shop.do(ctx, "GET", "failed?"+url.Values{"key": {key}}.Encode(), &all); err != nil {
			return ""
		}
		i := slices.IndexFunc(all, func(a failed) bool { return !a.At.Before(e.T) })
		switch {
		case i < 0: // the program has not handed it on yet
		case all[i].Next != nil:
			return "; next in " + seconds(*all[i].Next)
		default:
			waits, err := f.waiting(ctx)
			if err != nil {
				return ""
			}
			for _, w := range waits {
				if w.Key == key && w.Status == "backing-off" && w.Next.After(e.T) {
					return "; next in " + seconds(w.Next.Sub(all[i].At))
				}
			}
		}
		web.Pause(ctx, 20*time.Millisecond)
	}
	return ""
}

// seconds is a time as people say it: 2 s, 0.4 s.
func seconds(d time.Duration) string {
	return strings.TrimSuffix(fmt.Sprintf("%.1f", d.Seconds()), ".0") + " s"
}
