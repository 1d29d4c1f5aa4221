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

// sweepCall runs one flow without a fault, to learn which messages the program sends.
// Then it runs one new flow for each of them, all at the same time, in which that
// message is lost: sweep cut Order/$K/CreateOrder '{…}'. The claims, the script's file
// of that name, must hold for each flow.
//
// cut ends the stream right before each message of each invocation. kill stops each
// flow before the result of another step, and kills the program once when all flows
// have stopped; outage kills the server.
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

// flow is one script within the sweep: a call, the claims, and perhaps a fault.
type flow struct {
	*script.Script
	sweep *sweep
	fault *world.Fault
}

// flow returns a new flow. Its key is the script's key and a number.
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

// callAndClaim makes the call, and checks the claims.
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

// waitAllEnded waits until every invocation of the flow has ended.
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

// places returns the messages that the program sent in a flow without a fault: all
// messages of each invocation, or only the results of its steps.
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
		return nil, fmt.Errorf("the program sent no message through the proxy")
	}
	return all, nil
}

// flowsAtOnce is how many flows of a sweep run at the same time.
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
		sw.Notef("called it %s more, and each time cut the connection before another message", course.Count(len(places), "time"))
		sw.Notes = append(sw.Notes, fmt.Sprintf("the check cut the connection before each of the %s of all invocations: the results were right each time", course.Count(len(places), "message")))
	}
	return err
}

// kill stops each flow at its place. When all have stopped, it kills the process that
// all of them need.
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
		sw.Notef("called it %s more, and each time killed %s at the end of another step", course.Count(len(places), "time"), whom)
		sw.Notes = append(sw.Notes, fmt.Sprintf("the check killed %s at the end of each of %s, before the journal had the result: the results were right each time", whom, course.Count(len(places), "step")))
	}
	return err
}

// all runs the flows at the same time. It returns the error of the first one, in order,
// that fails.
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

// takeFailure copies what the failed flow did and saw into the script's record.
func (sw *sweep) takeFailure(f *flow, err error) error {
	sw.Notef("called %s", f.replaceKey(sw.target))
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
