package script

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"example.com/workbook/tools/check/claim"
	"example.com/workbook/tools/check/record"
	"example.com/workbook/tools/check/watchdog"
	"example.com/workbook/tools/check/world"
	"example.com/workbook/tools/process"
	"example.com/workbook/tools/sandbox"
)

// Send sends the request, and does not wait for the answer.
func (s *Script) Send(name, where, body string) (*world.Call, error) {
	if err := s.World.ProgramError(); err != nil {
		return nil, err
	}
	t, err := world.ParseTarget(where)
	if err != nil {
		return nil, err
	}
	c := &world.Call{Target: t, Where: where, Body: body, Key: s.Subject + "/" + name, Done: make(chan struct{}), SilentOnce: make(chan struct{})}
	if s.World.IsRun(t) { // which Restate runs once for each key, and without such a header
		c.Key = ""
	}
	s.Calls[name] = c
	go c.Send(s.World)
	return c, nil
}

// Await waits for the answer. It gives up as soon as Restate's tables show that no answer
// will come.
func (s *Script) Await(c *world.Call) error {
	ctx, cancel := context.WithTimeout(s.Ctx, world.CallLimit)
	defer cancel()
	look := s.Looks(ctx)
	defer s.noteFaults()
	for {
		select {
		case <-c.Done:
			s.Last = c
			return c.Err
		case l := <-look:
			if err := l(ctx, c); err != nil && ctx.Err() == nil {
				return err
			}
		case <-ctx.Done():
			return record.Fail(claim.ExpectAnswerFrom(c.Target.String()).With(claim.GotNothingWithin(world.CallLimit)))
		}
	}
}

// pollEvery is the least time between two questions of Poll.
const pollEvery = 20 * time.Millisecond

// Poll calls ask until it returns true. It returns want as a failed claim if the time
// limit is over first. The time between two questions is at least twice the time of the
// last question: many scripts ask the same server, and their questions would otherwise
// keep the server from the work that they wait for.
func (s *Script) Poll(ask func() (bool, error), want claim.Claim) error {
	ctx, cancel := context.WithTimeout(s.Ctx, world.CallLimit)
	defer cancel()
	for {
		began := time.Now()
		if ok, err := ask(); ok || err != nil {
			return err
		}
		select {
		case <-time.After(max(pollEvery, 2*time.Since(began))):
		case <-ctx.Done():
			return record.Fail(want.With(claim.GotNothingSeen(world.CallLimit)))
		}
	}
}

// PollLaunched calls ask until it returns true, as Poll does. It returns want as a failed claim
// if the launched programs have ended before, and tells of one that has ended with an error.
func (s *Script) PollLaunched(ask func() (bool, error), want claim.Claim) error {
	return s.Poll(func() (bool, error) {
		ends := !s.IsLaunching() // before ask, which then sees all that a program did
		ok, err := ask()
		if ok || err != nil || !ends {
			return ok, err
		}
		var ended *process.Process
		for _, name := range slices.Sorted(maps.Keys(s.Launched)) {
			if p := s.Launched[name]; ended == nil || ended.Err() == nil {
				ended = p
			}
		}
		if ended == nil {
			return false, errors.New("no launch word comes before this one")
		}
		return false, record.Fail(want.With(claim.GotProgramEnded(world.Exit(ended))))
	}, want)
}

// WaitOutside waits for an event in the outside world that a call or a launched program
// should cause. An answer to the call ends the wait, unless the handler has sent a call one
// way, which may still cause the event.
func (s *Script) WaitOutside(want claim.Claim, wait func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(s.Ctx, world.CallLimit)
	defer cancel()
	reached := make(chan error, 1)
	go func() { reached <- wait(ctx) }()
	look := s.Looks(ctx)
	answered, ended := s.anyAnswer(ctx), s.anyEnd(ctx)
	var last error
	var late <-chan time.Time
	for {
		select {
		case err := <-reached:
			if ctx.Err() != nil {
				return record.Fail(want.With(claim.GotNothingWithin(world.CallLimit)))
			}
			return err
		case l := <-look:
			if err := s.anyOpen(ctx, l); err != nil {
				return err
			}
		case c := <-answered:
			instead := record.Fail(want.With(claim.GotAnsweredInstead(c.Target.String(), c.Status, c.Answer)))
			sent, err := s.hasSent(ctx, c)
			if err != nil || !sent {
				return cmp.Or(err, instead)
			}
			last, late = instead, time.After(watchdog.Patience)
		case <-late:
			return last
		case p := <-ended:
			return record.Fail(want.With(claim.GotProgramEnded(world.Exit(p))))
		}
	}
}

// hasSent reports whether the handler of a call that has ended sent another call one way.
func (s *Script) hasSent(ctx context.Context, c *world.Call) (bool, error) {
	i, err := s.InvocationOf(ctx, c)
	if err != nil || i == nil {
		return false, err
	}
	entries, err := s.World.Journal(ctx, i.ID)
	return slices.ContainsFunc(entries, func(e world.JournalEntry) bool { return e.Type == "Command: OneWayCall" }), err
}

// anyOpen looks at each open call, and returns why one of them will get no answer.
func (s *Script) anyOpen(ctx context.Context, l watchdog.Look) error {
	for _, c := range s.Calls {
		select {
		case <-c.Done:
		default:
			if err := l(ctx, c); err != nil {
				return err
			}
		}
	}
	return nil
}

// anyAnswer returns a channel of the open calls, each as it is answered.
func (s *Script) anyAnswer(ctx context.Context) <-chan *world.Call {
	out := make(chan *world.Call, len(s.Calls))
	for _, c := range s.Calls {
		select {
		case <-c.Done:
			continue
		default:
		}
		go func() {
			select {
			case <-c.Done:
				out <- c
			case <-ctx.Done():
			}
		}()
	}
	return out
}

// anyEnd returns a channel of the launched programs, each as it ends.
func (s *Script) anyEnd(ctx context.Context) <-chan *process.Process {
	out := make(chan *process.Process, len(s.Launched))
	for _, p := range s.Launched {
		if p.HasEnded() {
			continue
		}
		go func() {
			select {
			case <-p.Done():
				out <- p
			case <-ctx.Done():
			}
		}()
	}
	return out
}

// ReadLedger reads the ledger of a subject, once no request of the subject is open. It
// waits because a crash or a cut does not stop a request that the outside world has.
func (s *Script) ReadLedger(subject string) ([]sandbox.Entry, error) {
	if s.Held == "" {
		if err := s.World.Outside.WaitIdle(s.Ctx, subject); err != nil {
			return nil, err
		}
	}
	return s.World.Outside.Ledger(s.Ctx, subject)
}
