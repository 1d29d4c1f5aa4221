package restate

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Invocation is a row of sys_invocation, the server's table of invocations.
type Invocation struct {
	ID             string
	Service        string `json:"target_service_name"`
	Key            string `json:"target_service_key"` // "" for a service's
	Handler        string `json:"target_handler_name"`
	IdempotencyKey string `json:"idempotency_key"`
	Parent         string `json:"invoked_by_id"` // the invocation that made the call, "" if none did
	Status         string // such as running, backing-off, paused, completed
	Deployment     string `json:"pinned_deployment_id"` // "" before the first attempt has sent an entry

	Created   time.Time `json:"created_at"`
	Modified  time.Time `json:"modified_at"`
	Scheduled time.Time `json:"scheduled_start_at"` // zero unless it was sent with a delay

	JournalSize int `json:"journal_size"`                    // entries; 0 for one that has not begun
	Protocol    int `json:"pinned_service_protocol_version"` // of the service protocol; 0 for one that has not begun

	Retries         int       `json:"retry_count"`   // since the server started, or the invocation was suspended
	LastStart       time.Time `json:"last_start_at"` // of the last attempt
	NextRetry       time.Time `json:"next_retry_at"`
	LastFailure     string    `json:"last_failure"`
	LastFailureCode string    `json:"last_failure_error_code"` // such as RT0016
	LastFailureStep string    `json:"last_failure_related_command_name"`

	Result  string `json:"completion_result"`  // success or failure, once completed
	Failure string `json:"completion_failure"` // its final error
}

// HandlerName returns the invocation's Service/Handler.
func (i Invocation) HandlerName() string { return i.Service + "/" + i.Handler }

// invocationColumns has scheduled_at for the sake of scheduled_start_at, which
// server 1.7.12 leaves empty unless both are selected.
const invocationColumns = `id, target_service_name, target_service_key, target_handler_name, idempotency_key, invoked_by_id, status,
	created_at, modified_at, scheduled_start_at, scheduled_at, retry_count, last_start_at, next_retry_at, last_failure, last_failure_error_code,
	last_failure_related_command_name, completion_result, completion_failure, journal_size, pinned_service_protocol_version, pinned_deployment_id`

// InFlight are the statuses of invocations that have not ended.
var InFlight = []string{"pending", "scheduled", "ready", "running", "paused", "backing-off", "suspended"}

// InvocationFilter selects invocations: those that match every field that is set.
type InvocationFilter struct {
	IDs          []string
	Service, Key string
	Deployment   string
	Statuses     []string
	Limit        int
}

// Invocations returns the invocations that match f, in no particular order.
func (a *Admin) Invocations(ctx context.Context, f InvocationFilter) ([]Invocation, error) {
	var rows []Invocation
	err := a.query(ctx, "SELECT "+invocationColumns+" FROM sys_invocation"+f.clauses(), &rows)
	if err != nil {
		return nil, err
	}
	return rows, a.addPauseReasons(ctx, rows)
}

// addPauseReasons sets why the last attempt of each paused invocation failed. The table of
// invocations does not keep this reason, and the table of events does.
func (a *Admin) addPauseReasons(ctx context.Context, rows []Invocation) error {
	paused := map[string]*Invocation{}
	for n := range rows {
		if rows[n].Status == "paused" && rows[n].LastFailure == "" {
			paused[rows[n].ID] = &rows[n]
		}
	}
	events, err := a.JournalEvents(ctx, slices.Collect(maps.Keys(paused))...)
	for _, e := range events {
		if i := paused[e.ID]; e.Message != "" {
			i.LastFailure, i.LastFailureCode, i.LastFailureStep = e.Message, e.Code, e.Step
		}
	}
	return err
}

// clauses returns what follows the table's name in the query.
func (f InvocationFilter) clauses() string {
	sql := whereAll(isOneOf("id", f.IDs...), isOneOf("target_service_name", listOf(f.Service)...), isOneOf("target_service_key", listOf(f.Key)...), isOneOf("pinned_deployment_id", listOf(f.Deployment)...), isOneOf("status", f.Statuses...))
	if f.Limit > 0 {
		sql += fmt.Sprintf(" LIMIT %d", f.Limit)
	}
	return sql
}

// listOf returns a list of word, or nil if word is empty.
func listOf(word string) []string {
	if word == "" {
		return nil
	}
	return []string{word}
}

// isOneOf returns the condition that column is one of words, "" if there are none.
func isOneOf(column string, words ...string) string {
	if len(words) == 0 {
		return ""
	}
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = "'" + strings.ReplaceAll(w, "'", "''") + "'"
	}
	return column + " IN (" + strings.Join(quoted, ", ") + ")"
}

// whereAll returns the clause that all conditions hold, less the empty ones.
func whereAll(conditions ...string) string {
	sql, word := "", " WHERE "
	for _, c := range conditions {
		if c != "" {
			sql, word = sql+word+c, " AND "
		}
	}
	return sql
}
