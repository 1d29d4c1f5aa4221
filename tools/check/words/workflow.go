package words

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"example.com/workbook/tools/check/cause"
	"example.com/workbook/tools/check/claim"
	"example.com/workbook/tools/check/record"
	"example.com/workbook/tools/check/script"
	"example.com/workbook/tools/check/watchdog"
	"example.com/workbook/tools/check/world"
	"example.com/workbook/tools/course"
	"example.com/workbook/tools/proxy"
)

// waitForPromise waits until a call of the script waits for a durable promise.
func waitForPromise(s *script.Script, args []string) error {
	c, err := begunCall(s, args[0])
	if err != nil {
		return err
	}
	want := claim.ExpectPromise(c.Target.String())
	id, looked := "", time.Time{}
	return s.Poll(func() (bool, error) {
		if c.Answered() {
			return false, record.Fail(want.With(claim.GotAnsweredAtOnce(c.Status, c.Answer)))
		}
		// Until the program has sent the command, the tables can only show why it will not.
		if id != "" && !slices.Contains(s.World.Proxy.Sent(id), proxy.Promise) && time.Since(looked) < watchdog.LookEvery {
			return false, nil
		}
		i, err := s.InvocationOf(s.Ctx, c)
		if err != nil || i == nil {
			return false, err
		}
		id, looked = i.ID, time.Now()
		if err := s.CheckInvocation(s.Ctx, *i, want, c.Key); err != nil {
			return false, err
		}
		entries, err := s.World.Journal(s.Ctx, i.ID)
		if slices.ContainsFunc(entries, func(e world.JournalEntry) bool { return e.Type == "Command: GetPromise" }) {
			return checkTimer(c.Target.String(), entries, args[1:])
		}
		if err == nil {
			err = watchdog.CheckPolling(entries, want)
		}
		if err == nil {
			err = s.CheckLongSleep(*i, entries, want)
		}
		if err == nil {
			err = s.CheckIdle(s.Ctx, *i, entries, want)
		}
		if idle, ok := s.Unchanged[i.ID]; ok && time.Since(idle.Since) > watchdog.Patience {
			err = record.Fail(want.With(claim.GotNoPromise()))
		}
		return false, err
	}, want)
}

// checkTimer requires that the timers in a call's journal have at least a time to go, if
// args has a time. A call without a timer may wait for ever.
func checkTimer(call string, entries []world.JournalEntry, args []string) (bool, error) {
	if len(args) == 0 {
		return true, nil
	}
	least, err := time.ParseDuration(args[0])
	if err != nil {
		return false, err
	}
	for _, e := range entries {
		if ahead := time.Until(e.WakeTime()); e.Type == "Command: Sleep" && ahead < least {
			return false, record.Fail(claim.ExpectLongWait(call, least).With(claim.GotTime(ahead)))
		}
	}
	return true, nil
}

// purgeCall deletes a call that has ended from Restate, as the end of its retention
// does.
func purgeCall(s *script.Script, args []string) error {
	c, err := begunCall(s, args[0])
	if err != nil {
		return err
	}
	var i *world.Invocation
	err = s.Poll(func() (ended bool, err error) {
		i, err = s.InvocationOf(s.Ctx, c)
		return i != nil && i.Status == "completed", err
	}, claim.ExpectCallEnd(c.Target.String()))
	if err != nil {
		return err
	}
	s.Notef("deleted %s from Restate, as the end of its retention does", c.Target)
	s.AddFact(cause.Purged)
	if err := s.World.Server.Admin().Purge(s.Ctx, i.ID); err != nil {
		return err
	}
	return s.Poll(func() (bool, error) {
		i, err := s.InvocationOf(s.Ctx, c)
		return i == nil, err
	}, claim.ExpectForgotten(c.Target.String()))
}

// checkRefused calls a handler with each line of a file, an object key and a body:
// refused Payment/%/ProcessPayment bodies. Each call must fail with a status of the
// 400s, at its first attempt.
func checkRefused(s *script.Script, args []string) error {
	if !strings.Contains(args[0], "%") {
		return fmt.Errorf("%q has no %% for the key", args[0])
	}
	lines := strings.Split(strings.TrimSpace(strings.ReplaceAll(s.TestScript.ReadFile(args[1]), "$K", s.Subject)), "\n")
	var calls []*world.Call
	for i, line := range lines {
		key, body, _ := strings.Cut(line, " ")
		c, err := s.Send(fmt.Sprintf("line-%d", i+1), strings.Replace(args[0], "%", key, 1), body)
		if err != nil {
			return err
		}
		calls = append(calls, c)
	}
	s.Notef("called %s %s with invalid input", strings.Replace(args[0], "%", "…", 1), course.Count(len(lines), "time"))
	for i, c := range calls {
		want := claim.ExpectRefusal(lines[i])
		s.Only = c // the verdict leaves out the other calls
		if err := s.Await(c); err != nil {
			if w, ok := err.(*record.ClaimError); ok {
				w.Claim = want.With(w.Claim.Got)
			}
			return err
		}
		if c.Status < 400 || c.Status > 499 {
			return record.Fail(want.With(claim.GotAnswer(c.Status, c.Answer)))
		}
	}
	s.Only = nil
	begun, err := s.Invocations(s.Ctx)
	if err != nil {
		return err
	}
	if tries := len(s.World.AttemptsOf(begun)); tries > len(begun) {
		return record.Fail(claim.ExpectAllAttempts(len(begun)).With(claim.GotTriedAgain(tries)))
	}
	return nil
}
