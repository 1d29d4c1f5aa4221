package restate

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"example.com/workbook/tools/ui"
	"example.com/workbook/tools/web"
)

// Stuck is an invocation that goes on only after a long time, or after a person has
// helped.
type Stuck struct {
	Invocation
	Holds  bool        // it holds its object key, or is the run of its workflow
	Run    bool        // it is the run of its workflow
	Behind int         // how many invocations wait for the object key that it holds
	Holder *Invocation // holds the object key that this invocation waits for; nil if it waits for none

	admin string // the address of the server's admin API
}

const (
	// manyRetries and longWait are what no invocation of the shop reaches by the chances of
	// its gateway alone.
	manyRetries = 5
	longWait    = 15 * time.Second
	// longTurn is how long an invocation waits for its object key before the wait is worth a
	// word.
	longTurn = 5 * time.Second

	longestReason = 200
)

// Stuck returns the invocations that are paused, that have failed many times or wait long
// for their next attempt, and that wait for an object key which one of these holds, or
// which they do not get for a while.
func (a *Admin) Stuck(ctx context.Context) ([]Stuck, error) {
	rows, err := a.Invocations(ctx, InvocationFilter{Statuses: []string{"paused", "backing-off", "pending"}})
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	all, err := a.findHolders(ctx, rows)
	if err != nil {
		return nil, err
	}
	stopped := map[string]bool{}
	for _, s := range all {
		stopped[s.ID] = s.Status != "pending" && !s.goesOn()
	}
	all = slices.DeleteFunc(all, func(s Stuck) bool {
		return s.goesOn() && (s.Holder == nil || !stopped[s.Holder.ID])
	})
	return all, a.addKeys(ctx, all)
}

// goesOn reports whether the invocation goes on by itself, and soon.
func (s Stuck) goesOn() bool {
	switch s.Status {
	case "paused":
		return false
	case "backing-off":
		return s.Retries <= manyRetries && s.NextRetry.Sub(s.LastStart) <= longWait
	case "pending":
		return s.Holder == nil || time.Since(s.Modified) <= longTurn
	}
	return true
}

// Explain returns which object keys invocations hold, or wait for.
func (a *Admin) Explain(ctx context.Context, rows ...Invocation) ([]Stuck, error) {
	all, err := a.findHolders(ctx, rows)
	if err != nil {
		return nil, err
	}
	return all, a.addKeys(ctx, all)
}

// findHolders returns which of the invocations hold their object keys, and what the
// others wait for.
func (a *Admin) findHolders(ctx context.Context, rows []Invocation) ([]Stuck, error) {
	holders, err := a.keyHolders(ctx, rows)
	if err != nil {
		return nil, err
	}
	all := make([]Stuck, len(rows))
	for n, i := range rows {
		all[n] = Stuck{Invocation: i, admin: strings.TrimPrefix(a.URL(), "http://")}
		switch holder := holders[keyOf(i)]; {
		case holder == nil:
		case holder.ID == i.ID:
			all[n].Holds = true
		case i.Status == "pending":
			all[n].Holder = holder
		}
	}
	return all, nil
}

// addKeys adds to invocations how many others wait for the object keys that they hold, and
// which are runs of workflows. The server does not list the keys of workflows as held.
func (a *Admin) addKeys(ctx context.Context, all []Stuck) error {
	for n, s := range all {
		switch {
		case s.Key == "" || s.Holder != nil:
		case s.Holds:
			behind, err := a.Invocations(ctx, InvocationFilter{Service: s.Service, Key: s.Key, Statuses: []string{"pending"}})
			if err != nil {
				return err
			}
			all[n].Behind = len(behind)
		default:
			kinds, err := a.Handlers(ctx, s.Service)
			var refused *StatusError
			if err != nil && !errors.As(err, &refused) { // refused if the service is no longer registered
				return err
			}
			all[n].Run = kinds[s.Handler] == "Workflow"
			all[n].Holds = all[n].Run
		}
	}
	return nil
}

// Reason returns in a line why the last attempt of the invocation failed, "" if none did.
func (i Invocation) Reason() string {
	why := plainReason(i.LastFailure)
	if i.LastFailureStep != "" && why != "" {
		return "step " + i.LastFailureStep + ": " + why
	}
	return why
}

// notReached matches how the server reports that it did not reach the program, or lost
// it.
var notReached = regexp.MustCompile(`pool connection error|stream error received|error trying to connect`)

// errorCode matches what the server puts before the message of an error: [500 Internal].
var errorCode = regexp.MustCompile(`^\[\d{3}[^\]]*\] `)

// plainReason returns why an attempt failed, in a line.
func plainReason(failure string) string {
	why := errorCode.ReplaceAllString(ui.FirstLine(failure), "")
	if notReached.MatchString(why) {
		return "the program did not answer"
	}
	if r := []rune(why); len(r) > longestReason {
		return string(r[:longestReason]) + "…"
	}
	return why
}

// objectKey is the key of a virtual object or workflow.
type objectKey struct{ service, key string }

func keyOf(i Invocation) objectKey { return objectKey{i.Service, i.Key} }

// keyHolders returns which invocations hold the object keys of rows.
func (a *Admin) keyHolders(ctx context.Context, rows []Invocation) (map[objectKey]*Invocation, error) {
	var services, keys []string
	for _, i := range rows {
		if i.Key != "" {
			services, keys = append(services, i.Service), append(keys, i.Key)
		}
	}
	if len(keys) == 0 {
		return nil, nil
	}
	slices.Sort(services)
	slices.Sort(keys)
	var held []struct {
		Holder string `json:"invocation_id"`
	}
	err := a.query(ctx, "SELECT invocation_id FROM sys_keyed_service_status"+
		whereAll(isOneOf("service_name", slices.Compact(services)...), isOneOf("service_key", slices.Compact(keys)...)), &held)
	if err != nil || len(held) == 0 {
		return nil, err
	}
	ids := make([]string, len(held))
	for n, h := range held {
		ids[n] = h.Holder
	}
	found, err := a.Invocations(ctx, InvocationFilter{IDs: ids})
	holders := map[objectKey]*Invocation{}
	for n := range found {
		holders[keyOf(found[n])] = &found[n]
	}
	return holders, err
}

// Target returns what the invocation runs, with its key: Service/key/Handler.
func (i Invocation) Target() string {
	if i.Key == "" {
		return i.HandlerName()
	}
	return i.Service + "/" + i.Key + "/" + i.Handler
}

// Headline returns in a line what the invocation waits for.
func (s Stuck) Headline() string {
	switch s.Status {
	case "paused":
		return "is paused: there is no attempt until somebody resumes it"
	case "backing-off":
		times := "1 time"
		if s.Retries != 1 {
			times = fmt.Sprintf("%d times", s.Retries)
		}
		return fmt.Sprintf("has failed %s, and its next attempt is at %s", times, s.NextRetry.Local().Format("15:04:05"))
	}
	return "waits: another invocation holds its object key"
}

// Line is one fact about an invocation that is stuck: a title, such as reason, and what
// there is to say.
type Line struct {
	Title string `json:"title"`
	Text  string `json:"text"`
}

// Lines returns the reason, which object key is held by whom, and the commands that
// help.
func (s Stuck) Lines() (lines []Line) {
	add := func(title, format string, args ...any) {
		lines = append(lines, Line{title, fmt.Sprintf(format, args...)})
	}
	stopped := s.Invocation
	if s.Holder != nil {
		stopped = *s.Holder
	}
	if isStopped(stopped.Status) {
		add("reason", "%s", cmp.Or(stopped.Reason(), "no attempt has failed; somebody paused it"))
	}
	if s.Holder != nil {
		add("key", "%s of %s, held by %s %s (%s)", s.Key, s.Service, stopped.Target(), stopped.ID, stopped.Status)
	}
	if s.Holds {
		add("key", "%s of %s is held; %s", s.Key, s.Service, s.waitWords())
	}
	for _, verb := range verbsFor(stopped.Status) {
		add(verb, "%s", CurlAdmin(s.admin, stopped.ID, verb))
	}
	return lines
}

// waitWords returns what becomes of calls that need the object key.
func (s Stuck) waitWords() string {
	switch {
	case s.Run:
		return "a second run of this workflow is refused"
	case s.Behind == 0:
		return "a later call that needs it waits"
	case s.Behind == 1:
		return "1 call waits for it"
	}
	return fmt.Sprintf("%d calls wait for it", s.Behind)
}

// isStopped reports whether an invocation with that status runs only after a wait, or after
// a resume.
func isStopped(status string) bool { return status == "paused" || status == "backing-off" }

// verbsFor returns what a person can do about an invocation with that status. A resume
// ends a pause, and the wait of a back-off.
func verbsFor(status string) []string {
	if isStopped(status) {
		return []string{"resume", "kill"}
	}
	return []string{"cancel", "kill"}
}

// FollowInterval is the time between two looks of [Admin.FollowStuck].
const FollowInterval = 500 * time.Millisecond

// FollowStuck calls stuck for each invocation that becomes stuck, and again when there is
// something else to say about it; changed reports whether it waits for something else than
// before. It calls free for each invocation that is stuck no longer, with its row of now.
// It returns when ctx is done. It asks a server that is down again.
func (a *Admin) FollowStuck(ctx context.Context, stuck func(s Stuck, changed bool), free func(Invocation)) {
	known := map[string]Stuck{}
	for ; ctx.Err() == nil; web.Pause(ctx, FollowInterval) {
		all, err := a.Stuck(ctx)
		if err != nil {
			continue
		}
		left := maps.Clone(known)
		for _, s := range all {
			before := known[s.ID]
			delete(left, s.ID)
			known[s.ID] = s
			changed := before.awaits() != s.awaits()
			if changed || before.Headline() != s.Headline() || !slices.Equal(before.Lines(), s.Lines()) {
				stuck(s, changed)
			}
		}
		a.reportFree(ctx, known, left, free)
	}
}

// reportFree calls free for the invocations of left, and takes them out of known.
func (a *Admin) reportFree(ctx context.Context, known, left map[string]Stuck, free func(Invocation)) {
	if len(left) == 0 {
		return
	}
	rows, err := a.Invocations(ctx, InvocationFilter{IDs: slices.Collect(maps.Keys(left))})
	if err != nil {
		return
	}
	for _, i := range rows {
		delete(left, i.ID)
		if known[i.ID].isRetried(i) {
			continue
		}
		delete(known, i.ID)
		free(i)
	}
	for id, s := range left { // the server keeps nothing of them
		delete(known, id)
		s.Status = "completed"
		free(s.Invocation)
	}
}

// isRetried reports whether now, the row of an invocation that backed off, only tells that
// the next attempt runs. The number of retries tells nothing: while the server kills an
// invocation, the row has none for a moment.
func (s Stuck) isRetried(now Invocation) bool {
	return s.Status == "backing-off" && (now.Status == "running" || now.Status == "ready")
}

// awaits returns what the invocation waits for. One that was resumed, and failed, is
// paused at another time.
func (s Stuck) awaits() string {
	switch {
	case s.Status == "paused":
		return s.Status + s.Modified.String()
	case s.Holder != nil:
		return s.Status + s.Holder.ID + s.Holder.Status
	}
	return s.Status
}
