package restate

import (
	"context"
	"encoding/json"
	"strings"
	"time"
)

// Entry is a row of sys_journal.
type Entry struct {
	ID    string    // of the invocation
	Index int       // in its journal, from 0
	Type  string    `json:"entry_type"` // such as Command: Run
	Lite  string    `json:"entry_lite_json"`
	At    time.Time `json:"appended_at"`

	About  string `json:"-"` // a step's name, a key, who is called
	Result string `json:"-"` // how it came out; "" where that is not known
}

// Journal is what the journals of invocations have, each in its order.
func (a *Admin) Journal(ctx context.Context, ids ...string) ([]Entry, error) {
	var rows []Entry
	err := a.Query(ctx, `SELECT id, "index", entry_type, entry_lite_json, appended_at FROM sys_journal WHERE id IN (`+Quoted(ids)+`) ORDER BY id, "index"`, &rows)
	type place struct {
		id         string
		completion int
	}
	of := map[place]string{} // what a completion is of
	for i := range rows {
		e := &rows[i]
		var lite struct {
			Command      map[string]details
			Notification details
		}
		if json.Unmarshal([]byte(e.Lite), &lite) != nil {
			continue
		}
		e.About, e.Result = of[place{e.ID, lite.Notification.Of.Completion}], lite.Notification.Result
		for _, d := range lite.Command {
			for _, id := range []int{d.Completion, d.Invocation, d.CalledResult} {
				of[place{e.ID, id}] = d.about()
			}
			e.About, e.Result = d.about(), d.Result
		}
	}
	return rows, err
}

// Quoted are words as a list in SQL.
func Quoted(words []string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = "'" + strings.ReplaceAll(w, "'", "''") + "'"
	}
	return strings.Join(quoted, ", ")
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

func (d details) about() string {
	about := d.Name + d.Key
	for _, t := range d.Target {
		about = strings.ReplaceAll(t.Name+"/"+t.Key+"/"+t.Handler, "//", "/")
	}
	return about
}
