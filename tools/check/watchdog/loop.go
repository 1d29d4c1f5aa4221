package watchdog

import (
	"fmt"

	"example.com/workbook/tools/check/record"
	"example.com/workbook/tools/check/world"
)

// maxCalls is how many calls of one handler by one invocation are taken for a
// loop that does not end.
const maxCalls = 20

// checkCallLoop: an invocation calls the same handler again and again.
func checkCallLoop(all []world.Invocation, expected string) error {
	n := map[string]int{}
	for _, i := range all {
		if i.Parent == "" {
			continue
		}
		id := i.Parent + " " + i.Service + "/" + i.Handler
		if n[id]++; n[id] < maxCalls || i.Outcome != "failure" {
			continue
		}
		return record.Failf(expected, "it calls %s/%s again and again, %d times so far, and each time the answer is %s", i.Service, i.Handler, n[id], i.Refusal)
	}
	return nil
}

// checkOwnKey: a handler has called, through Restate, one that waits for the
// key that the handler itself has.
func checkOwnKey(all []world.Invocation, expected string) error {
	byID := map[string]world.Invocation{}
	for _, i := range all {
		byID[i.ID] = i
	}
	for _, i := range all {
		if i.Status != "pending" || i.Key == "" {
			continue
		}
		for p, ok := byID[i.Parent]; ok; p, ok = byID[p.Parent] {
			if p.Service != i.Service || p.Key != i.Key {
				continue
			}
			return &record.ClaimError{
				Expected: expected,
				Got: fmt.Sprintf("%s/%s called %s/%s on its own key; that waits until the key is free, and who has the key waits for it",
					p.Service, p.Handler, i.Service, i.Handler),
				Likely: "a handler that calls its own key waits for itself: do it in the handler, or in a plain function that both use",
			}
		}
	}
	return nil
}
