package world

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// JournalEntry is a row of Restate's sys_journal table.
type JournalEntry struct {
	Type string `json:"entry_type"`
	JSON string `json:"entry_lite_json"`
}

// WakeTime is when the sleep ends that the entry has begun.
func (e JournalEntry) WakeTime() time.Time {
	var command struct {
		Command struct {
			Sleep struct {
				WakeUpTime int64 `json:"wake_up_time"`
			}
		}
	}
	if e.Type != "Command: Sleep" || json.Unmarshal([]byte(e.JSON), &command) != nil {
		return time.Time{}
	}
	return time.UnixMilli(command.Command.Sleep.WakeUpTime)
}

// WakeTime is when the sleep ends that is the last entry in a journal, where the
// journal has nothing else that could wake it.
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

// WaitsForRestate says whether a journal has something that has not come yet: a
// step's result, an answer, a time.
func WaitsForRestate(entries []JournalEntry) bool {
	return IsOpen(entries, WaitEntries...) || IsOpen(entries, "GetLazyState")
}

// IsSignalled says whether a journal has a signal in it: a cancel is one.
func IsSignalled(entries []JournalEntry) bool {
	return slices.ContainsFunc(entries, func(e JournalEntry) bool { return e.Type == "Notification: Signal" })
}

// IsOpen says whether a journal has a command of one of these kinds that has had
// no answer.
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

func (w *World) Journal(ctx context.Context, id string) (entries []JournalEntry, err error) {
	w.serving.RLock()
	defer w.serving.RUnlock()
	err = w.Server.Admin().Query(ctx,
		`SELECT entry_type, entry_lite_json FROM sys_journal WHERE id = '`+id+`' ORDER BY "index"`, &entries)
	return entries, err
}

// WaitEntries are the journal's entries that a handler waits in.
var WaitEntries = []string{"Run", "Call", "Sleep", "GetPromise", "AttachInvocation"}

// StateNames are the names of the entries that an object's state has.
func (w *World) StateNames(ctx context.Context, service, key string) (names []string, err error) {
	var rows []struct{ Key string }
	err = w.Server.Admin().Query(ctx, "SELECT key FROM state WHERE service_name = '"+service+"' AND service_key = '"+key+"' ORDER BY key", &rows)
	for _, r := range rows {
		names = append(names, r.Key)
	}
	return names, err
}

// StateGone waits until the wiping of a key's state has been applied.
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
