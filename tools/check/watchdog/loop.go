package watchdog

import (
	"example.com/workbook/tools/check/claim"
	"example.com/workbook/tools/check/record"
	"example.com/workbook/tools/check/world"
)

// maxCalls is the number of calls of one handler, by one invocation, that counts as an
// endless loop.
const maxCalls = 20

// checkCallLoop returns an error when an invocation calls the same handler in an endless
// loop.
func checkCallLoop(all []world.Invocation, want claim.Claim) error {
	n := map[string]int{}
	for _, i := range all {
		if i.Parent == "" {
			continue
		}
		id := i.Parent + " " + i.Service + "/" + i.Handler
		if n[id]++; n[id] < maxCalls || i.Result != "failure" {
			continue
		}
		return record.Fail(want.With(claim.GotCallsOnAndOn(i.HandlerName(), n[id], i.Failure)))
	}
	return nil
}

// checkOwnKey returns an error when a handler has called, through Restate, another
// handler that waits for the object key which the caller holds.
func checkOwnKey(all []world.Invocation, want claim.Claim) error {
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
			return record.Fail(want.With(claim.GotWaitsForItself(p.HandlerName(), i.HandlerName())))
		}
	}
	return nil
}
