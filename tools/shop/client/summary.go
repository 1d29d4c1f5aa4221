package client

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"example.com/workbook/tools/course"
)

// printRows prints the orders' rows, and of many orders a summary.
func (f *follower) printRows(ctx context.Context) error {
	args := []string{f.view.Database}
	for _, o := range f.orders {
		args = append(args, o.id)
	}
	fmt.Println()
	rows := exec.CommandContext(ctx, f.view.Rows, args...)
	rows.Stdout, rows.Stderr = os.Stdout, os.Stderr
	if err := rows.Run(); err != nil {
		return rowsError(err)
	}
	if len(f.orders) > 1 {
		fmt.Println("\n" + summarize(f.orders))
	}
	return nil
}

// summarize returns how the orders have ended, how many requests they took, and
// how long.
func summarize(orders []*placed) string {
	statuses, requests := map[string]int{}, map[int]int{}
	took := func(o *placed) time.Duration { return o.changed.Sub(o.at) }
	fastest, slowest := orders[0], orders[0]
	for _, o := range orders {
		statuses[cmp.Or(o.status, "without a row")]++
		requests[o.requests]++
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
	for _, n := range slices.Sorted(maps.Keys(requests)) {
		tries = append(tries, fmt.Sprintf("%d took %s", requests[n], course.Count(n, "request")))
	}
	return fmt.Sprintf("%d orders: %s\n%s\nfastest %.1f s (%s), slowest %.1f s (%s)", len(orders), strings.Join(ends, ", "),
		strings.Join(tries, ", "), took(fastest).Seconds(), fastest.id, took(slowest).Seconds(), slowest.id)
}
