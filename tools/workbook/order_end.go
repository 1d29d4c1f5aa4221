package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"time"

	"example.com/workbook/tools/course"
	"example.com/workbook/tools/web"
)

// waiting is an invocation that Restate will run again, or that it has paused.
type waiting struct {
	Service string    `json:"target_service_name"`
	Key     string    `json:"target_service_key"`
	Handler string    `json:"target_handler_name"`
	Status  string    `json:"status"`
	Next    time.Time `json:"next_retry_at"`
	Step    string    `json:"last_failure_related_command_name"`
	Failure string    `json:"last_failure"`
}

func (f *follower) waiting(ctx context.Context) (all []waiting, err error) {
	err = f.admin.Query(ctx, `SELECT target_service_name, target_service_key, target_handler_name, status, next_retry_at,
		last_failure_related_command_name, last_failure FROM sys_invocation WHERE status IN ('backing-off', 'paused')`, &all)
	return all, err
}

// watchFailures tells of what else keeps an order waiting. What the gateway does
// is in the ledger, and that something is down is told once, not for each order.
func (f *follower) watchFailures(ctx context.Context) {
	for ctx.Err() == nil {
		web.Pause(ctx, 500*time.Millisecond)
		f.mu.Lock()
		broken := slices.Contains(slices.Collect(maps.Values(f.down)), true)
		f.mu.Unlock()
		if broken {
			continue
		}
		all, _ := f.waiting(ctx) // a server that is down is told of elsewhere
		for _, w := range all {
			f.tellFailure(w)
		}
	}
}

func (f *follower) tellFailure(w waiting) {
	f.mu.Lock()
	orders := f.orders
	f.mu.Unlock()
	i := slices.IndexFunc(orders, func(o *order) bool { return w.Key == o.id || strings.HasSuffix(w.Key, "-"+o.id) })
	if i < 0 || w.Step == "charge" && w.Status != "paused" {
		return
	}
	why := plainFailure(w.Failure)
	text := fmt.Sprintf("%s/%s is tried again in %s: %s", w.Service, w.Handler, seconds(time.Until(w.Next)), why)
	if w.Status == "paused" {
		text = fmt.Sprintf("%s/%s is paused, for somebody to look at: %s", w.Service, w.Handler, why)
	}
	f.mu.Lock()
	once := orders[i].id + w.Status + why
	told := f.told[once]
	f.told[once] = true
	f.mu.Unlock()
	if !told {
		f.say(orders[i], time.Now(), "%s", text)
	}
}

// notReached is how restate-server 1.7 says that it did not reach the program, or lost it.
var notReached = regexp.MustCompile(`pool connection error|stream error received|error trying to connect`)

// plainFailure is why an attempt failed, in a line.
func plainFailure(said string) string {
	why, _, _ := strings.Cut(said, "\n")
	if notReached.MatchString(why) {
		return "the program was not there"
	}
	return why
}

// conclude shows the orders' rows, and of many orders what they have come to.
func (f *follower) conclude(ctx context.Context) error {
	args := []string{f.view.Database}
	for _, o := range f.orders {
		args = append(args, o.id)
	}
	fmt.Println()
	rows := exec.CommandContext(ctx, f.view.Rows, args...)
	rows.Stdout, rows.Stderr = os.Stdout, os.Stderr
	if err := rows.Run(); err != nil {
		return noRows(err, err)
	}
	if len(f.orders) > 1 {
		fmt.Println("\n" + summary(f.orders))
	}
	return nil
}

// summary is how often the gateway was asked for how many orders, and how long
// they took.
func summary(orders []*order) string {
	statuses, attempts := map[string]int{}, map[int]int{}
	took := func(o *order) time.Duration { return o.changed.Sub(o.placed) }
	fastest, slowest := orders[0], orders[0]
	for _, o := range orders {
		statuses[orElse(o.status, "without a row")]++
		attempts[o.attempts]++
		if took(o) < took(fastest) {
			fastest = o
		}
		if took(o) > took(slowest) {
			slowest = o
		}
	}
	var ends, tries []string
	for _, s := range slices.Sorted(maps.Keys(statuses)) {
		ends = append(ends, fmt.Sprintf("%d %s", statuses[s], s))
	}
	for _, n := range slices.Sorted(maps.Keys(attempts)) {
		tries = append(tries, fmt.Sprintf("%d took %s", attempts[n], course.Count(n, "attempt")))
	}
	return fmt.Sprintf("%d orders: %s\n%s\nfastest %.1f s (%s), slowest %.1f s (%s)", len(orders), strings.Join(ends, ", "),
		strings.Join(tries, ", "), took(fastest).Seconds(), fastest.id, took(slowest).Seconds(), slowest.id)
}
