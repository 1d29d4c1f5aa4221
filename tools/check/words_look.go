package check

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.com/workbook/tools/course"
	"example.com/workbook/tools/proxy"
)

// invocation is a row of Restate's sys_invocation table.
type invocation struct {
	ID        string `json:"id"`
	Service   string `json:"target_service_name"`
	Handler   string `json:"target_handler_name"`
	Key       string `json:"target_service_key"`
	Name      string `json:"idempotency_key"`
	Parent    string `json:"invoked_by_id"`
	Status    string `json:"status"`
	Retries   int    `json:"retry_count"`
	Failure   string `json:"last_failure"`
	Code      string `json:"last_failure_error_code"`
	Scheduled string `json:"scheduled_start_at"`
	Created   string `json:"created_at"`
	Outcome   string `json:"completion_result"` // success or failure, once completed
	Refusal   string `json:"completion_failure"`
}

// scheduled_at is there for scheduled_start_at, which server 1.7.12 leaves empty
// unless both are asked for.
const invocationColumns = `id, target_service_name, target_handler_name, target_service_key, idempotency_key,
	invoked_by_id, status, retry_count, last_failure, last_failure_error_code, scheduled_start_at, scheduled_at, created_at,
	completion_result, completion_failure`

// invocations are those that the script's calls began, and what those began.
func (s *Script) invocations(ctx context.Context) ([]invocation, error) {
	all, err := s.world.every(ctx)
	if err != nil {
		return nil, err
	}
	mine := map[string]bool{}
	for grew := true; grew; {
		grew = false
		for _, i := range all {
			if !mine[i.ID] && (s.called(i) || mine[i.Parent]) {
				mine[i.ID], grew = true, true
			}
		}
	}
	return slices.DeleteFunc(all, func(i invocation) bool { return !mine[i.ID] }), nil
}

// called: i is one of the script's calls that are looked at.
func (s *Script) called(i invocation) bool {
	if s.only != nil {
		return s.only.is(i)
	}
	return strings.HasPrefix(i.Name, s.subject+"/") || s.ran(i)
}

func (s *Script) invocationOf(ctx context.Context, c *call) (*invocation, error) {
	all, err := s.world.every(ctx)
	i := slices.IndexFunc(all, c.is)
	if err != nil || i < 0 {
		return nil, err
	}
	return &all[i], nil
}

// ran: i is the run of a workflow that the script has called. It has no
// idempotency key to be told by.
func (s *Script) ran(i invocation) bool {
	for _, c := range s.calls {
		if c.key == "" && c.is(i) {
			return true
		}
	}
	return false
}

// tooMany is the number of retries after which an attempt that fails is taken for
// one that always will.
func (s *Script) tooMany() int {
	if s.only != nil {
		return 1 // such a call is to be answered at once
	}
	return failsAlike + s.failing
}

// failsAlike is that number where the script makes nothing fail.
const failsAlike = 6

// atAll is that number where the script has every request fail: more than any
// step that has a bound is tried.
const atAll = 14

// expectFailures says that the script has n requests fail, below 0 all.
func (s *Script) expectFailures(n int) {
	if n < 0 {
		n = atAll - failsAlike
	}
	s.failing = max(s.failing, n)
}

// look says why the answer to c can't come any more, as far as Restate's tables
// know.
type look func(ctx context.Context, c *call) error

// lookEvery is how often that is asked, and soon how early where a request is
// held: what waits behind it would wait on.
const (
	lookEvery = 200 * time.Millisecond
	soon      = 50 * time.Millisecond
)

// looks are those of a wait, until ctx ends. Between the regular ones, which some
// claims count, come some as soon as one is worth its price: when an attempt has
// failed as those do that will never go well.
func (s *Script) looks(ctx context.Context) <-chan look {
	due := make(chan look)
	enough := s.tooMany()
	doomed := s.world.doomed.next(enough)
	var early <-chan time.Time
	if s.held != "" {
		early = time.After(soon)
	}
	go func() {
		regular := time.NewTicker(lookEvery)
		defer regular.Stop()
		for {
			next := s.lost
			select {
			case <-regular.C:
				next = s.stuck
			case <-doomed:
				doomed = s.world.doomed.next(enough)
			case <-early:
			case <-ctx.Done():
				return
			}
			select {
			case due <- next:
			case <-ctx.Done():
				return
			}
		}
	}()
	return due
}

// stuck is the whole look.
func (s *Script) stuck(ctx context.Context, c *call) error {
	all, err := s.invocations(ctx)
	if err != nil {
		return err
	}
	expected := "an answer from " + c.target.String()
	if err := s.lostAmong(all, c, expected); err != nil {
		return err
	}
	if err := callsOnAndOn(all, expected); err != nil {
		return err
	}
	if err := s.sleepsOn(ctx, c, all, expected); err != nil {
		return err
	}
	if err := waitsForOwnKey(all, expected); err != nil {
		return err
	}
	return s.waitsApart(ctx)
}

// lost is the part of it that one look is enough for.
func (s *Script) lost(ctx context.Context, c *call) error {
	all, err := s.invocations(ctx)
	if err != nil {
		return err
	}
	return s.lostAmong(all, c, "an answer from "+c.target.String())
}

func (s *Script) lostAmong(all []invocation, c *call, expected string) error {
	if err := s.fellDown(expected); err != nil {
		return err
	}
	for _, i := range all {
		if err := s.hopeless(i, expected, c.key); err != nil {
			return err
		}
	}
	return nil
}

// hopeless says why an invocation will not end; name is the waiting call's.
func (s *Script) hopeless(i invocation, expected, call string) error {
	name := i.Service + "/" + i.Handler
	failure := firstLine(i.Failure)
	switch {
	case i.Code == "RT0016":
		return wrongf(expected, "%s cannot be replayed (RT0016): %s", name, mismatch(i.Failure))
	case i.Status == "paused":
		return wrongf(expected, "%s is paused after its last attempt failed: %s", name, failure)
	case i.Status == "backing-off" && i.Retries >= s.tooMany() && !s.mayHear(i):
		return wrongf(expected, "%s failed %s and "+stillRetried+": %s", name, course.Count(i.Retries, "time"), failure)
	case i.Status == "pending" && call != "" && i.Name == call && s.held != "":
		return wrongf(expected, "%s waits for its turn: another handler has the key", name)
	}
	return nil
}

// mayHear: the script has cancelled i, which fails, and ends at the next attempt
// perhaps.
func (s *Script) mayHear(i invocation) bool {
	for _, c := range s.calls {
		if c.cancelled && c.is(i) {
			entries, err := s.journal(s.ctx, i.ID)
			return err != nil || s.hears(i, isSignalled(entries))
		}
	}
	return false
}

// hears: what an invocation has failed at before the cancel was in its journal does
// not count. From then on it has as many attempts as any other.
func (s *Script) hears(i invocation, signalled bool) bool {
	if !signalled {
		return true
	}
	if s.heardAt == nil {
		s.heardAt = map[string]int{}
	}
	if _, ok := s.heardAt[i.ID]; !ok {
		s.heardAt[i.ID] = i.Retries
	}
	return i.Retries < s.heardAt[i.ID]+s.tooMany()
}

// stillRetried is in what a claim got whose invocation fails on and on.
const stillRetried = "is still retried"

// deafFor is how many looks in a row see a cancelled invocation stand still.
const deafFor = 5

// deaf: an invocation was cancelled while the outside world keeps its program
// waiting, and is in no step and in no wait, where it would hear of it.
func (s *Script) deaf(i invocation, entries []entry, expected string) error {
	signalled := isSignalled(entries)
	at := "deaf " + i.ID
	if !signalled || s.held == "" || !s.saw[cancelled] || i.Status != "running" || isOpen(entries, heardIn...) {
		delete(s.waits, at)
		return nil
	}
	if s.waits == nil {
		s.waits = map[string]int{}
	}
	if s.waits[at]++; s.waits[at] < deafFor {
		return nil
	}
	_, kind, _ := strings.Cut(s.stands, " ")
	return &wrong{
		expected: expected,
		got:      fmt.Sprintf("none: %s/%s was cancelled, and stands outside of any step", i.Service, i.Handler),
		likely:   kind + " is asked outside of any step: a handler hears that it was cancelled in a step or a wait. put the request into a restate.Run",
	}
}

// heardIn are the journal's entries that a handler waits in.
var heardIn = []string{"Run", "Call", "Sleep", "GetPromise", "AttachInvocation"}

// pending: a call that was begun has not started, since its key is taken.
func pending(s *Script, args []string) error {
	if len(args) != 1 || s.calls[args[0]] == nil {
		return fmt.Errorf("usage: pending name")
	}
	c := s.calls[args[0]]
	want := c.target.String() + " to wait for its turn"
	return s.poll(func() (bool, error) {
		i, err := s.invocationOf(s.ctx, c)
		if err != nil || i == nil {
			return false, err
		}
		if i.Status == "pending" {
			return true, nil
		}
		if i.Status == "ready" || i.Status == "scheduled" {
			return false, nil
		}
		return false, wrongf(want, "it is %s", i.Status)
	}, want)
}

// scheduled: a one-way call waits for its time, so many seconds after it was
// made.
func scheduled(s *Script, args []string) error {
	if len(args) != 2 {
		return fmt.Errorf("usage: scheduled service/handler seconds")
	}
	seconds, err := strconv.Atoi(args[1])
	if err != nil {
		return err
	}
	want := fmt.Sprintf("one %s, scheduled %d s ahead", args[0], seconds)
	var seen []invocation
	begun := time.Now()
	err = s.poll(func() (bool, error) {
		seen, err = s.of(args[0])
		if err == nil && len(seen) == 0 && time.Since(begun) > patience {
			err = uncalled(want)
		}
		return len(seen) > 0, err
	}, want)
	if err != nil {
		return err
	}
	if len(seen) != 1 {
		return wrongf(want, "%d of them", len(seen))
	}
	if seen[0].Status != "scheduled" {
		return s.notScheduled(want, seen[0])
	}
	ahead, err := between(seen[0].Created, seen[0].Scheduled)
	if err != nil {
		return err
	}
	if off := ahead - time.Duration(seconds)*time.Second; off.Abs() > time.Minute {
		return &wrong{expected: want, got: fmt.Sprintf("scheduled %v ahead", ahead.Round(time.Second)), likely: delayLikely(ahead)}
	}
	return nil
}

func between(from, to string) (time.Duration, error) {
	a, err := time.Parse(time.RFC3339, from)
	if err != nil {
		return 0, err
	}
	b, err := time.Parse(time.RFC3339, to)
	return b.Sub(a), err
}

// of are the script's invocations of one service/handler.
func (s *Script) of(name string) ([]invocation, error) {
	all, err := s.invocations(s.ctx)
	return slices.DeleteFunc(all, func(i invocation) bool { return i.Service+"/"+i.Handler != name }), err
}

// poll asks until the answer is yes; a time limit can only turn it red.
func (s *Script) poll(ask func() (bool, error), want string) error {
	ctx, cancel := context.WithTimeout(s.ctx, callLimit)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		if ok, err := ask(); ok || err != nil {
			return err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return wrongf(want, "nothing of the kind within %v", callLimit)
		}
	}
}

// attempts counts how often a handler was run, over all the invocations that
// the script caused.
func attempts(s *Script, args []string) error {
	if len(args) != 2 {
		return fmt.Errorf("usage: attempts service/handler n|>=n")
	}
	of, err := s.of(args[0])
	if err != nil {
		return err
	}
	got := len(s.world.attemptsOf(of))
	return compare(args[1], got, "attempt", "of "+args[0])
}

// compare checks a count against n or >=n.
func compare(want string, got int, noun, of string) error {
	atLeast := strings.HasPrefix(want, ">=")
	n, err := strconv.Atoi(strings.TrimPrefix(want, ">="))
	if err != nil {
		return fmt.Errorf("%q is neither n nor >=n", want)
	}
	if got == n || atLeast && got > n {
		return nil
	}
	expected := fmt.Sprintf("%s %s", course.Count(n, noun), of)
	if atLeast {
		expected = "at least " + expected
	}
	return wrongf(expected, "%d", got)
}

// ownAttempts are the attempts of the script's own invocations.
func (s *Script) ownAttempts(ctx context.Context) []proxy.Attempt {
	if s.world.server == nil {
		return nil
	}
	all, err := s.invocations(ctx)
	if err != nil {
		return nil
	}
	return s.world.attemptsOf(all)
}

// attemptLines are attempts as a verdict shows them.
func attemptLines(list []proxy.Attempt) []string {
	var lines []string
	for _, a := range list {
		line := a.Line()
		if len(handlers(list)) > 1 {
			line = a.Service + "/" + a.Handler + " " + line
		}
		lines = append(lines, line)
	}
	return lines
}

func handlers(list []proxy.Attempt) map[string]bool {
	names := map[string]bool{}
	for _, a := range list {
		names[a.Service+"/"+a.Handler] = true
	}
	return names
}

func (w *world) attemptsOf(of []invocation) []proxy.Attempt {
	ids := map[string]bool{}
	for _, i := range of {
		ids[i.ID] = true
	}
	mine := func(a *proxy.Attempt) bool { return ids[a.Invocation] }
	list := w.proxy.Attempts(mine)
	if w.restProxy != nil {
		list = append(list, w.restProxy.Attempts(mine)...)
	}
	return list
}
