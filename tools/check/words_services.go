package check

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.com/workbook/tools/sandbox"
)

// price sets a variable to what a sku costs, or so many of it:
// price TOTAL pen-$K 3.
func price(s *Script, args []string) error {
	if len(args) < 2 || len(args) > 3 {
		return fmt.Errorf("usage: price NAME sku [times]")
	}
	times := int64(1)
	if len(args) == 3 {
		var err error
		if times, err = strconv.ParseInt(args[2], 10, 64); err != nil {
			return err
		}
	}
	cents, ok := sandbox.PriceOf(args[1])
	if !ok {
		return fmt.Errorf("%s has no price", args[1])
	}
	s.ts.Setenv(args[0], strconv.FormatInt(times*cents, 10))
	return nil
}

// invocationsWord counts the invocations of a handler that the script caused.
func invocationsWord(s *Script, args []string) error {
	if len(args) != 2 {
		return fmt.Errorf("usage: invocations service/handler n|>=n")
	}
	of, err := s.of(args[0])
	if err != nil {
		return err
	}
	return compare(args[1], len(of), "invocation", "of "+args[0])
}

// completed waits until the script's invocations of a handler have ended well:
// a one-way call has no answer to wait for.
func completed(s *Script, args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("usage: completed service/handler")
	}
	want := args[0] + " to be run and to end well"
	begun := time.Now()
	return s.poll(func() (bool, error) {
		of, err := s.of(args[0])
		if err != nil {
			return false, err
		}
		if len(of) == 0 && time.Since(begun) > patience {
			return false, uncalled(want)
		}
		if err := s.fellDown(want); err != nil {
			return false, err
		}
		for _, i := range of {
			if err := s.hopeless(i, want, ""); err != nil {
				return false, err
			}
			if i.Outcome == "failure" {
				return false, wrongf(want, "it ended with %s", i.Refusal)
			}
		}
		return len(of) > 0 && !slices.ContainsFunc(of, func(i invocation) bool { return i.Status != "completed" }), nil
	}, want)
}

// meeting is a barrier of the script's: who is to come, who is there.
type meeting struct {
	kind  string
	all   []string
	there []string
	since time.Time // when the last of those there came
}

// patience is how long one request may wait for others that are to come at the
// same time. Those that do come within milliseconds.
const patience = 3 * time.Second

// waitsApart: some requests are at the barrier and the others do not come.
func (s *Script) waitsApart(ctx context.Context) error {
	m := s.meeting
	if m == nil {
		return nil
	}
	there, err := s.atBarrier(ctx, m)
	if err != nil {
		return err
	}
	if len(there) != len(m.there) {
		m.there, m.since = there, time.Now()
	}
	if len(there) == 0 || time.Since(m.since) < patience {
		return nil
	}
	why := "each result is waited for before the next request is made: make all steps first, then restate.Wait for them"
	if s.stepsBegun(ctx) >= len(m.all) {
		why = "RunAsync begins nothing, it is begun when it is waited for: Result waits for this one alone, restate.Wait for all it is given"
	}
	missing := slices.DeleteFunc(slices.Clone(m.all), func(id string) bool { return slices.Contains(there, id) })
	return &wrong{
		expected: fmt.Sprintf("%d requests of %s under way at once", len(m.all), m.kind),
		got:      fmt.Sprintf("%s waits for its answer, and nobody asks for %s meanwhile", strings.Join(there, ", "), strings.Join(missing, ", ")),
		likely:   why,
	}
}

// stepsBegun are the steps that the script's attempts have announced.
func (s *Script) stepsBegun(ctx context.Context) (n int) {
	for _, a := range s.ownAttempts(ctx) {
		n = max(n, len(a.Steps))
	}
	return n
}

func (s *Script) atBarrier(ctx context.Context, m *meeting) (there []string, err error) {
	for _, id := range m.all {
		open, err := s.world.outside.Open(ctx, id)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(open, func(o sandbox.OpenRequest) bool { return string(o.Kind) == m.kind && o.Held != "" }) {
			there = append(there, id)
		}
	}
	return there, nil
}

// tooOften is how many calls of one handler by one invocation are taken for a
// loop that does not end.
const tooOften = 20

// callsOnAndOn: an invocation calls the same handler again and again.
func callsOnAndOn(all []invocation, expected string) error {
	n := map[string]int{}
	for _, i := range all {
		if i.Parent == "" {
			continue
		}
		id := i.Parent + " " + i.Service + "/" + i.Handler
		if n[id]++; n[id] < tooOften || i.Outcome != "failure" {
			continue
		}
		return wrongf(expected, "it calls %s/%s again and again, %d times so far, and each time the answer is %s", i.Service, i.Handler, n[id], i.Refusal)
	}
	return nil
}

// tooLong is a sleep that nobody waits for to end.
const tooLong = time.Minute

// sleepsOn: an invocation sleeps for so long that no answer to c will come, and
// has nothing else to wait for.
func (s *Script) sleepsOn(ctx context.Context, c *call, all []invocation, expected string) error {
	for _, i := range all {
		if i.Status != "running" && i.Status != "suspended" {
			continue
		}
		entries, err := s.journal(ctx, i.ID)
		if err != nil {
			return err
		}
		if c.is(i) { // another may be about to be told what it waits for
			if err := s.waitsForNobody(c, i, entries, expected); err != nil {
				return err
			}
		}
		if err := sleepsAgain(entries, expected); err != nil {
			return err
		}
		if err := s.deaf(i, entries, expected); err != nil {
			return err
		}
		if err := s.idles(ctx, i, entries, expected); err != nil {
			return err
		}
		if err := s.sleepsLong(i, entries, expected); err != nil {
			return err
		}
	}
	return nil
}

// onItsWay is how long one message of an attempt may follow another: a timer that
// stands alone in the journal may have a promise behind it.
const onItsWay = time.Second

// sleepsLong: an invocation has begun to sleep, for longer than anybody waits.
func (s *Script) sleepsLong(i invocation, entries []entry, expected string) error {
	ahead := time.Until(wakesAt(entries))
	if ahead < tooLong || s.stillFor(i.ID+" asleep", fmt.Sprint(len(entries), " entries")) < onItsWay {
		return nil
	}
	w := &wrong{
		expected: expected,
		got:      fmt.Sprintf("none: %s/%s sleeps, for %v more", i.Service, i.Handler, ahead.Round(time.Second)),
		likely:   "who sleeps does not answer: Send with restate.WithDelay leaves the waiting to Restate",
	}
	if s.world.isWorkflow(i.Service) {
		w.likely = "who sleeps hears nothing meanwhile: restate.WaitFirst waits for a promise and for a timer, whichever comes first"
	}
	return w
}

// entry is a row of Restate's sys_journal table.
type entry struct {
	Type string `json:"entry_type"`
	JSON string `json:"entry_lite_json"`
}

func (s *Script) journal(ctx context.Context, id string) (entries []entry, err error) {
	s.world.serving.RLock()
	defer s.world.serving.RUnlock()
	err = s.world.server.Admin().Query(ctx,
		`SELECT entry_type, entry_lite_json FROM sys_journal WHERE id = '`+id+`' ORDER BY "index"`, &entries)
	return entries, err
}

// waitsForNobody: the call that the script waits for waits for a promise itself,
// and for no timer that goes off soon. Seen several times in a row, since what
// resolves it, or a cancel, may be on its way.
func (s *Script) waitsForNobody(c *call, i invocation, entries []entry, expected string) error {
	open, until := 0, "there is no timer"
	for _, e := range entries {
		switch e.Type {
		case "Command: GetPromise":
			open++
		case "Notification: GetPromise":
			open--
		case "Command: Sleep":
			ahead := time.Until(e.wakesAt())
			if ahead < tooLong {
				return nil
			}
			until = fmt.Sprintf("the timer has %v to go", ahead.Round(time.Minute))
		}
	}
	looks := 5
	if s.saw[cancelled] {
		looks = 15
	}
	if s.waits == nil {
		s.waits = map[string]int{}
	}
	// Of two promises one may stay open while the handler goes on.
	if s.waits[i.ID]++; open <= 0 || isOpen(entries, "Run", "Call") {
		delete(s.waits, i.ID)
	}
	if s.waits[i.ID] < looks {
		return nil
	}
	w := &wrong{
		expected: expected,
		got:      fmt.Sprintf("none: %s/%s waits for a promise that nobody resolves, and %s", i.Service, i.Handler, until),
		likely:   "a wait for a person needs an end: restate.After makes a timer, and restate.WaitFirst waits for either",
	}
	switch {
	case s.saw[cancelled]:
		w.likely = waitsOnWhy
	case c.key != "": // it is not the run, which may wait for people
		w.likely = "who asks for the status wants it now: read the row, or the state, and wait for nothing"
	case strings.HasPrefix(until, "the timer"):
		w.likely = "the order waits longer than it should: o.ApprovalLimit is how long"
	}
	return w
}

// wakesAt is when the sleep ends that is the last entry in a journal, where the
// journal has nothing else that could wake it.
func wakesAt(entries []entry) time.Time {
	if len(entries) == 0 {
		return time.Time{}
	}
	for _, e := range entries {
		if strings.Contains(e.Type, "Promise") || strings.Contains(e.Type, "Attach") {
			return time.Time{}
		}
	}
	return entries[len(entries)-1].wakesAt()
}

// wakesAt is when the sleep ends that the entry has begun.
func (e entry) wakesAt() time.Time {
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

const nobodyCalled = "nobody has called it"

// uncalled: nobody has called a handler that should run, or wait, by now.
func uncalled(want string) error { return wrongf(want, nobodyCalled) }

const tinyDelay = "it was sent without a delay, or with a tiny one: time.Duration(3600) is 3600 nanoseconds"

// notScheduled says why a call that should wait does not.
func (s *Script) notScheduled(want string, i invocation) error {
	w := &wrong{expected: want, got: "it was not kept waiting, and is " + i.Status}
	var by []struct {
		Type string `json:"entry_type"`
	}
	err := s.world.server.Admin().Query(s.ctx,
		`SELECT entry_type FROM sys_journal WHERE id = '`+i.Parent+`' AND entry_lite_json LIKE '%"invocation_id":"`+i.ID+`"%'`, &by)
	if err != nil {
		return err
	}
	for _, e := range by {
		switch e.Type {
		case "Command: Call":
			w.likely = "Request calls now and waits for the answer; Send does neither, and takes restate.WithDelay"
		case "Command: OneWayCall":
			w.likely = tinyDelay
		}
	}
	return w
}

// mismatch is what Restate says of a journal that the code does not agree with,
// without the words that are the same each time.
func mismatch(failure string) string {
	var said []string
	for _, line := range strings.Split(failure, "\n")[1:] {
		line = strings.TrimPrefix(strings.TrimSpace(line), "- ")
		line = strings.TrimPrefix(line, "The mismatch happened while ")
		line, _, _ = strings.Cut(line, ". This usually")
		if line == "" || line == "Difference:" || strings.HasPrefix(line, "This ") {
			continue
		}
		said = append(said, line)
		if strings.HasPrefix(line, "'await'") {
			break // what follows are numbers of the SDK's own
		}
	}
	text := strings.Join(said, ", ")
	if len(text) > 200 {
		text = text[:200] + "…"
	}
	if text == "" {
		text, _, _ = strings.Cut(failure, "\n")
	}
	return text
}

// delayLikely is why a delay is not the one that was asked for.
func delayLikely(ahead time.Duration) string {
	if ahead < time.Second {
		return tinyDelay
	}
	return "a time.Duration is a number times its unit: so many seconds are time.Duration(n) * time.Second"
}
