package world

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"example.com/workbook/tools/restate"
)

// JournalEntry is a row of Restate's sys_journal table.
type JournalEntry = restate.Entry

// WakeTime returns when the sleep at the end of a journal ends, if nothing else in the
// journal can wake the handler.
func WakeTime(entries []JournalEntry) time.Time {
	if len(entries) == 0 {
		return time.Time{}
	}
	for _, e := range entries {
		if strings.Contains(e.Type, "Promise") || strings.Contains(e.Type, "Attach") {
			return time.Time{}
		}
	}
	return entries[len(entries)-1].WakeTime()
}

// WaitsForRestate reports whether a journal has an entry without its result: a step, a
// call, or a sleep.
func WaitsForRestate(entries []JournalEntry) bool {
	return IsOpen(entries, WaitEntries...) || IsOpen(entries, "GetLazyState")
}

// IsSignalled reports whether a journal has a signal in it. A cancel is a signal.
func IsSignalled(entries []JournalEntry) bool {
	return slices.ContainsFunc(entries, func(e JournalEntry) bool { return e.Type == "Notification: Signal" })
}

// IsOpen reports whether a journal has a command of one of these kinds without its
// result.
func IsOpen(entries []JournalEntry, kinds ...string) bool {
	open := map[string]int{}
	for _, e := range entries {
		if kind, ok := strings.CutPrefix(e.Type, "Command: "); ok {
			open[kind]++
		} else if kind, ok := strings.CutPrefix(e.Type, "Notification: "); ok {
			open[kind]--
		}
	}
	return slices.ContainsFunc(kinds, func(kind string) bool { return open[kind] > 0 })
}

// WaitEntries are the kinds of journal entries that a handler can wait for.
var WaitEntries = []string{"Run", "Call", "Sleep", "GetPromise", "AttachInvocation"}

// StateNames returns the names of the entries in an object's state.
func (w *World) StateNames(ctx context.Context, service, key string) ([]string, error) {
	state, err := w.Server.Admin().State(ctx, service, key)
	return slices.Sorted(maps.Keys(state)), err
}

// StateGone waits until Restate has deleted the state of a key.
func (w *World) StateGone(ctx context.Context, service, key string) error {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		left, err := w.StateNames(ctx, service, key)
		if err != nil || len(left) == 0 {
			return err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
