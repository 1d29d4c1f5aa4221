package words

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"example.com/workbook/tools/check/cause"
	"example.com/workbook/tools/check/claim"
	"example.com/workbook/tools/check/record"
	"example.com/workbook/tools/check/script"
	"example.com/workbook/tools/check/world"
	"example.com/workbook/tools/course"
	"example.com/workbook/tools/proxy"
)

// sweepCall runs one flow as it is, to learn what messages it consists of, and
// then one fresh flow for each of them, side by side, in which that message is
// lost: sweep cut Order/$K/CreateOrder '{…}'. Each flow must bear out the
// claims, the script's file of that name.
//
// armCut ends the stream just before each message of each invocation. kill stops a
// flow before each step's result, and when all stand there kills the program,
// once for all; outage kills the server.
func sweepCall(s *script.Script, args []string) error {
	if err := s.World.ProgramError(); err != nil {
		return err
	}
	sw := &sweep{Script: s, target: args[1], body: args[2], claims: s.TestScript.ReadFile(script.ClaimsFile)}
	whole := sw.flow(nil)
	if err := whole.callAndClaim(); err != nil {
		return sw.takeFailure(whole, err)
	}
	places, err := whole.places(args[0] != "cut")
	if err != nil {
		return err
	}
	switch args[0] {
	case "kill":
		return sw.kill(places, "crash", "the program", sw.World.Crash)
	case "outage":
		return sw.kill(places, "outage", "the server", sw.World.KillServer)
	}
	return sw.cut(places)
}

// sweep is one sweep command of a script.
type sweep struct {
	*script.Script
	target, body, claims string
}

// flow is a script of its own within the sweep: a call, a fault perhaps, and
// claims.
type flow struct {
	*script.Script
	sweep *sweep
	fault *world.Fault
}

// flow makes a fresh one; its key is the script's and a number.
func (sw *sweep) flow(f *world.Fault) *flow {
	rec := &record.Record{Script: sw.Record.Script, Task: sw.Task, Pass: sw.Pass, Subject: fmt.Sprintf("%s-%03d", sw.Subject, sw.Flows), Where: sw.Where}
	sw.Flows++
	s := script.New(sw.Ctx, sw.Shared, rec)
	if f != nil {
		f.Subject = rec.Subject
		s.Armed = []*world.Fault{f}
	}
	return &flow{Script: s, sweep: sw, fault: f}
}

// replaceKey replaces the key of the script by the flow's own key.
func (f *flow) replaceKey(text string) string {
	return strings.ReplaceAll(text, f.sweep.Subject, f.Subject)
}

// callAndClaim makes the call, and holds the claims against what comes of it.
func (f *flow) callAndClaim() error {
	if f.fault != nil {
		f.World.Arm(f.fault)
	}
	c, err := f.Send("call", f.replaceKey(f.sweep.target), f.replaceKey(f.sweep.body))
	if err != nil {
		return err
	}
	if err := f.Await(c); err != nil {
		return err
	}
	if err := f.claim(); err != nil {
		return err
	}
	if err := f.waitAllEnded(); err != nil {
		return err
	}
	return f.RequirePlaced()
}

// waitAllEnded waits until all that the flow has begun is over.
func (f *flow) waitAllEnded() error {
	want := claim.ExpectRest()
	return f.Poll(func() (bool, error) {
		all, err := f.Invocations(f.Ctx)
		if err != nil {
			return false, err
		}
		for _, i := range all {
			if err := f.CheckInvocation(f.Ctx, i, want, ""); err != nil {
				return false, err
			}
		}
		return !slices.ContainsFunc(all, func(i world.Invocation) bool { return i.Status != "completed" }), nil
	}, want)
}

// claim runs the words of the claims.
func (f *flow) claim() error {
	for line := range strings.Lines(f.sweep.claims) {
		args, err := script.SplitWords(line, f.Subject)
		if err != nil {
			return err
		}
		if len(args) == 0 {
			continue
		}
		w, err := f.Shared.Words.Find(args[0], args[1:])
		if err != nil {
			return fmt.Errorf("claims: %w", err)
		}
		if err := w.Do(f.Script, args[1:]); err != nil {
			return err
		}
	}
	return nil
}

// places returns the messages that a flow which nothing happened to has sent: all of
// each invocation, or only its steps' results.
func (f *flow) places(results bool) ([]*world.Fault, error) {
	begun, err := f.Invocations(f.Ctx)
	if err != nil {
		return nil, err
	}
	var all []*world.Fault
	for _, i := range begun {
		where := world.Target{Service: i.Service, Handler: i.Handler}
		for k, typ := range f.World.Proxy.Sent(i.ID) {
			if !results || typ == proxy.Result {
				all = append(all, &world.Fault{Target: where, Type: typ, K: k + 1})
			}
		}
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("the flow has sent no message through the proxy")
	}
	return all, nil
}

// flowsAtOnce is how many flows of a sweep run side by side.
const flowsAtOnce = 40

func (sw *sweep) cut(places []*world.Fault) error {
	var flows []*flow
	for _, p := range places {
		p.Verb = "cut"
		flows = append(flows, sw.flow(p))
	}
	gate := make(chan struct{}, flowsAtOnce)
	err := sw.all(flows, func(f *flow) error {
		gate <- struct{}{}
		defer func() { <-gate }()
		return f.callAndClaim()
	})
	if err == nil {
		sw.Notef("cut the stream at %s, each time in a flow of its own", course.Count(len(places), "place"))
		sw.Notes = append(sw.Notes, fmt.Sprintf("cut at %s, before each message of each invocation: the same every time", course.Count(len(places), "place")))
	}
	return err
}

// kill stops each flow at its place, and kills what all of them need when all are
// there.
func (sw *sweep) kill(places []*world.Fault, verb, whom string, kill func(context.Context) error) error {
	there := &world.Assembly{Missing: len(places), All: make(chan struct{}), Killed: make(chan struct{})}
	var flows []*flow
	for _, p := range places {
		p.Verb, p.Assembly = verb, there
		flows = append(flows, sw.flow(p))
	}
	done := make(chan error, 1)
	go func() { done <- sw.all(flows, (*flow).callAndClaim) }()
	select {
	case <-there.All:
	case err := <-done: // one of them never came to its place
		close(there.Killed)
		return err
	}
	err := kill(sw.Ctx)
	close(there.Killed)
	if flowErr := <-done; err == nil {
		err = flowErr
	}
	if err == nil {
		if verb == "crash" {
			sw.AddFact(cause.KilledProgram)
		}
		sw.Notef("killed %s at %s at once, each in a flow of its own", whom, course.Count(len(places), "step"))
		sw.Notes = append(sw.Notes, fmt.Sprintf("%s killed at %s, each after its effect and before its note: the same every time", whom, course.Count(len(places), "step")))
	}
	return err
}

// all runs the flows side by side. The first in order that fails is to blame.
func (sw *sweep) all(flows []*flow, run func(*flow) error) error {
	errs := make([]error, len(flows))
	var side sync.WaitGroup
	for i, f := range flows {
		side.Go(func() { errs[i] = run(f) })
	}
	side.Wait()
	for i, err := range errs {
		if err != nil {
			return sw.takeFailure(flows[i], err)
		}
	}
	return nil
}

// takeFailure makes the script's record that of the flow that failed.
func (sw *sweep) takeFailure(f *flow, err error) error {
	if f.fault != nil {
		sw.Notef("%s", f.fault.Describe())
		if f.fault.Verb == "crash" {
			sw.AddFact(cause.KilledProgram)
		}
	}
	sw.Subject, sw.Key, sw.Calls, sw.Last = f.Subject, f.Key, f.Calls, f.Last
	return err
}

// sweepTraits returns what the sweep does to the program and the server.
func sweepTraits(args []string) script.Traits {
	switch args[0] {
	case "kill":
		return script.Traits{Alone: true, Standby: true}
	case "outage":
		return script.Traits{Alone: true, KillsServer: true}
	}
	return script.Traits{}
}
