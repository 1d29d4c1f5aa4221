package restate

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// Entry is a row of sys_journal, the server's table of journals.
type Entry struct {
	ID    string    // of the invocation
	Index int       // in its journal, from 0
	Type  string    `json:"entry_type"` // such as Command: Run
	JSON  string    `json:"entry_lite_json"`
	At    time.Time `json:"appended_at"`

	About  string `json:"-"` // a step's name, a key, or the handler that is called
	Result string `json:"-"` // of a step or a call; "" where it is not known
}

// Journal returns the journals of invocations, each in its order.
func (a *Admin) Journal(ctx context.Context, ids ...string) ([]Entry, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	var rows []Entry
	err := a.query(ctx, `SELECT id, "index", entry_type, entry_lite_json, appended_at FROM sys_journal`+
		whereAll(isOneOf("id", ids...))+` ORDER BY id, "index"`, &rows)
	describeEntries(rows)
	return rows, err
}

// RawEntry is a row of sys_journal with the message that the server sends a program when it replays the entry.
type RawEntry struct {
	ID      string `json:"id"` // of the invocation
	Index   int    `json:"index"`
	Type    string `json:"entry_type"` // such as Command: Run
	Version int    `json:"version"`    // of the journal's format; 2 since server 1.2
	Raw     string `json:"raw"`        // the message's body, in hexadecimal digits
}

// RawJournal returns the journals of invocations, each in its order, with their messages.
func (a *Admin) RawJournal(ctx context.Context, ids ...string) ([]RawEntry, error) {
	var rows []RawEntry
	for some := range slices.Chunk(ids, 500) { // so that no query becomes too long
		var part []RawEntry
		err := a.query(ctx, `SELECT id, "index", entry_type, version, encode(raw, 'hex') AS raw FROM sys_journal`+
			whereAll(isOneOf("id", some...))+` ORDER BY id, "index"`, &part)
		if err != nil {
			return nil, err
		}
		rows = append(rows, part...)
	}
	return rows, nil
}

// describeEntries sets About and Result of entries. An entry that completes
// another one is about the same.
func describeEntries(entries []Entry) {
	type place struct {
		id         string
		completion int
	}
	of := map[place]string{} // what a completion is of
	for i := range entries {
		e := &entries[i]
		var lite struct {
			Command      map[string]details
			Notification details
		}
		if json.Unmarshal([]byte(e.JSON), &lite) != nil {
			continue
		}
		e.About, e.Result = of[place{e.ID, lite.Notification.Of.Completion}], lite.Notification.Result
		for _, d := range lite.Command {
			for _, id := range []int{d.Completion, d.Invocation, d.CalledResult} {
				of[place{e.ID, id}] = d.subject()
			}
			e.About, e.Result = d.subject(), d.Result
		}
	}
}

// WakeTime returns the end of the sleep that the entry has begun, the zero time
// if it is no sleep.
func (e Entry) WakeTime() time.Time {
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

// IsCallOf reports whether the entry called or sent the invocation with this id.
func (e Entry) IsCallOf(id string) bool {
	return strings.Contains(e.JSON, `"invocation_id":"`+id+`"`)
}

// details are the parts of entry_lite_json that people can read.
type details struct {
	Name         string
	Key          string
	Result       string
	Target       map[string]struct{ Name, Key, Handler string } `json:"invocation_target"`
	Completion   int                                            `json:"completion_id"`
	Invocation   int                                            `json:"invocation_id_completion_id"`
	CalledResult int                                            `json:"result_completion_id"`
	Of           struct {
		Completion int `json:"CompletionId"`
	} `json:"id"`
}

// subject returns a step's name, a key, or the handler that is called.
func (d details) subject() string {
	subject := d.Name + d.Key
	for _, t := range d.Target {
		subject = strings.ReplaceAll(t.Name+"/"+t.Key+"/"+t.Handler, "//", "/")
	}
	return subject
}

// JournalEvent is a row of sys_journal_events: an attempt that failed, or a
// pause. The server stores equal events that follow each other once.
type JournalEvent struct {
	ID    string    // of the invocation
	After int       `json:"after_journal_entry_index"`
	At    time.Time `json:"appended_at"`
	Type  string    `json:"event_type"` // such as TransientError
	JSON  string    `json:"event_json"`

	Message string `json:"-"` // of the error
	Code    string `json:"-"` // of the error, such as RT0016; "" if it has none
	Step    string `json:"-"` // that failed, "" if none did
}

// failureEvent is how an attempt failed, in event_json.
type failureEvent struct {
	Message string `json:"error_message"`
	Code    string `json:"restate_doc_error_code"`
	Step    string `json:"related_command_name"`
}

// JournalEvents returns the events of invocations, each in its order.
func (a *Admin) JournalEvents(ctx context.Context, ids ...string) ([]JournalEvent, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	var rows []JournalEvent
	err := a.query(ctx, `SELECT id, after_journal_entry_index, appended_at, event_type, event_json FROM sys_journal_events`+
		whereAll(isOneOf("id", ids...))+` ORDER BY id, appended_at`, &rows)
	for i := range rows {
		var event struct {
			failureEvent
			Last failureEvent `json:"last_failure"` // of a pause
		}
		if err := json.Unmarshal([]byte(rows[i].JSON), &event); err != nil {
			return nil, err
		}
		failure := event.failureEvent
		if failure.Message == "" {
			failure = event.Last
		}
		rows[i].Message, rows[i].Code, rows[i].Step = failure.Message, failure.Code, failure.Step
	}
	return rows, err
}

// State returns the state of one object or workflow: the JSON of each value, by
// its name.
func (a *Admin) State(ctx context.Context, service, key string) (map[string]string, error) {
	var rows []struct {
		Key   string
		Value string `json:"value_utf8"`
	}
	err := a.query(ctx, "SELECT key, value_utf8 FROM state"+whereAll(isOneOf("service_name", service), isOneOf("service_key", key)), &rows)
	state := make(map[string]string, len(rows))
	for _, r := range rows {
		state[r.Key] = r.Value
	}
	return state, err
}
