package words

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"

	"example.com/workbook/tools/check/cause"
	"example.com/workbook/tools/check/claim"
	"example.com/workbook/tools/check/record"
	"example.com/workbook/tools/check/script"
	"example.com/workbook/tools/check/world"
	"example.com/workbook/tools/course"
	"example.com/workbook/tools/process"
	"example.com/workbook/tools/restate"
)

var versions = script.Table{
	{Name: "beside", Args: "NAME setting…", Do: startBeside, Traits: script.Always(script.Traits{Alone: true}),
		Help: "start the program a second time, with these settings and at an address of its own, and set $NAME to this address. $first is the address of the first program"},
	{Name: "register", Args: "NAME", Do: registerBeside,
		Help: "register the program with that name, so that new calls go to it"},
	{Name: "served", Args: "Service/Handler NAME n", Do: countServed,
		Help: "the program with that name has served n invocations of the handler"},
	{Name: "deployment", Args: "NAME current|old|gone", Do: waitDeployment,
		Help: "wait until new calls go to that program (current), or to another program (old), or until Restate does not know that program (gone). The word fails when no launched program can change that any more"},
	{Name: "asks", Args: "name", Do: waitAsks,
		Help: "wait until the launched program has sent three more requests to Restate"},
	{Name: "relaunch", Args: "name argument…", Do: relaunch,
		Help: "run the program with arguments, and have Restate answer its first request with 503. Run it again, and kill it when Restate has carried out its first request, before the answer arrives. Do both with the second request too, and so on, until the program ends by itself, with exit code 0"},
	{Name: "takes", Args: "name Answer", Do: checkTakes,
		Help: "wait until the call is answered (y), or until Restate cannot replay it (n), and compare that with the learner's answer. The files Answer/y and Answer/n have the explanations"},
	{Name: "store", Args: "Service/key[*n] name json", Do: storeState,
		Help: "set a value in the state of an object, or of n objects, whose keys have the numbers 1 to n in the place of %d"},
	{Name: "stored", Args: "Service/key[*n] name json", Do: checkStored,
		Help: "wait until the state of each of these objects has this value"},
}

// After repeatedRequests requests, it is certain that a program repeats its requests. After
// enoughRequests requests, a program must have done everything for which it does not have to wait.
const (
	repeatedRequests = 3
	enoughRequests   = 15
)

func startBeside(s *script.Script, args []string) error {
	if err := s.World.ProgramError(); err != nil {
		return err
	}
	p, err := s.World.Beside(s.Ctx, args[1:])
	if err != nil {
		return err
	}
	if s.Versions == nil {
		s.AtEnd(func() error {
			ctx, cancel := context.WithTimeout(context.Background(), world.CallLimit)
			defer cancel()
			return s.World.LeaveBeside(ctx)
		})
		s.Versions = map[string]string{"first": s.World.Proxy.URL()}
		s.TestScript.Setenv("first", s.World.Proxy.URL())
	}
	s.Versions[args[0]] = world.ProgramURL(p)
	s.TestScript.Setenv(args[0], world.ProgramURL(p))
	s.Notef("started the program %s beside the first one, with %s", args[0], strings.Join(args[1:], " "))
	return nil
}

func registerBeside(s *script.Script, args []string) error {
	address, err := addressOf(s, args[0])
	if err != nil {
		return err
	}
	s.Notef("registered the program %s", args[0])
	return s.World.Server.Admin().Register(s.Ctx, address)
}

// addressOf returns the address of a program that the script started beside the first one.
func addressOf(s *script.Script, name string) (string, error) {
	address, ok := s.Versions[name]
	if !ok {
		return "", fmt.Errorf("no word beside before this one has the name %q", name)
	}
	return address, nil
}

// findDeployment returns the deployment that Restate has for a program. It is nil if Restate does not
// know the program.
func findDeployment(s *script.Script, name string) (*restate.Deployment, error) {
	address, err := addressOf(s, name)
	if err != nil {
		return nil, err
	}
	all, err := s.World.Server.Admin().Deployments(s.Ctx)
	i := slices.IndexFunc(all, func(d restate.Deployment) bool {
		return strings.TrimSuffix(d.URI, "/") == strings.TrimSuffix(address, "/")
	})
	if err != nil || i < 0 {
		return nil, err
	}
	return &all[i], nil
}

func countServed(s *script.Script, args []string) error {
	n, err := claim.ParseCount(args[2])
	if err != nil {
		return err
	}
	d, err := findDeployment(s, args[1])
	if err != nil {
		return err
	}
	served := 0
	if d != nil {
		pinned, err := s.World.Server.Admin().PinnedTo(s.Ctx, d.ID)
		if err != nil {
			return err
		}
		invocations, err := s.InvocationsOf(s.Ctx, args[0])
		if err != nil {
			return err
		}
		for _, i := range invocations {
			if slices.Contains(pinned, i.ID) {
				served++
			}
		}
	}
	if !n.Holds(served) {
		return record.Fail(claim.ExpectServed(args[0], args[1], n).With(claim.GotCount(served)))
	}
	return nil
}

func waitDeployment(s *script.Script, args []string) error {
	want := claim.ExpectDeployment(args[0], args[1])
	before := s.World.Gate().Answered()
	return s.Poll(func() (bool, error) {
		// The check reads this before it asks Restate. So if no more change can come, then Restate's answer
		// already has the last change.
		isSettled := !s.IsLaunching() || s.World.Gate().Answered() >= before+enoughRequests
		d, err := findDeployment(s, args[0])
		if err != nil {
			return false, err
		}
		state := "old"
		switch {
		case d == nil:
			state = "gone"
		case d.Current:
			state = "current"
		}
		if state != args[1] && isSettled {
			if err := checkLaunched(s); err != nil {
				return false, err
			}
			if s.World.Gate().HasAdded() {
				s.AddFact(cause.Registered)
			}
			return false, record.Fail(want.With(claim.GotDeployment(state)))
		}
		return state == args[1], nil
	}, want)
}

// checkLaunched returns an error if a program that the script launched has failed.
func checkLaunched(s *script.Script) error {
	for _, name := range slices.Sorted(maps.Keys(s.Launched)) {
		if p := s.Launched[name]; p.HasEnded() && p.Err() != nil {
			return record.Fail(claim.ExpectLaunchWell(name).With(claim.GotExited(world.Exit(p))))
		}
	}
	return nil
}

// checkRegistered returns an error if Restate does not know a program of the script any more.
func checkRegistered(s *script.Script) error {
	for _, name := range slices.Sorted(maps.Keys(s.Versions)) {
		d, err := findDeployment(s, name)
		if err != nil {
			return err
		}
		if d == nil {
			return record.Fail(claim.ExpectDeployment(name, "old").With(claim.GotDeployment("gone")))
		}
	}
	return nil
}

func waitAsks(s *script.Script, args []string) error {
	p, err := launchedProgram(s, args[0])
	if err != nil {
		return err
	}
	want := claim.ExpectAsking(args[0])
	before := s.World.Gate().Answered()
	return s.Poll(func() (bool, error) {
		if err := checkLaunched(s); err != nil {
			return false, err
		}
		if p.HasEnded() {
			if err := checkRegistered(s); err != nil {
				return false, err
			}
			return false, record.Fail(want.With(claim.GotExited(world.Exit(p))))
		}
		return s.World.Gate().Answered() >= before+repeatedRequests, nil
	}, want)
}

// maxRequests is more than any correct program sends.
const maxRequests = 30

func relaunch(s *script.Script, args []string) error {
	s.AddFact(cause.Relaunched)
	s.Notef("ran %s again and again: Restate answered each of its requests once with 503, and it was killed after each", s.WithoutAddresses(args[1:]))
	for n := 1; n <= maxRequests; n++ {
		p, refused, err := launchOnce(s, s.World.LaunchRefused, n, args)
		if err != nil {
			return err
		}
		if p.Err() == nil {
			if refused {
				s.AddFact(cause.Refused)
			}
			return nil
		}
		if !refused {
			return record.Fail(claim.ExpectLaunchWell(args[0]).With(claim.GotExited(world.Exit(p))))
		}
		p, killed, err := launchOnce(s, s.World.LaunchUntil, n, args)
		switch {
		case err != nil:
			return err
		case killed:
		case p.Err() != nil:
			return record.Fail(claim.ExpectLaunchWell(args[0]).With(claim.GotExited(world.Exit(p))))
		default:
			return nil
		}
	}
	return record.Fail(claim.ExpectLaunchEnd(args[0]).With(claim.GotStillRuns(0)))
}

// launchOnce runs the program with arguments, by LaunchRefused or by LaunchUntil, and returns an error if
// the program does not end.
func launchOnce(s *script.Script, launch func(context.Context, int, []string) (*process.Process, bool, error), n int, args []string) (*process.Process, bool, error) {
	ctx, cancel := context.WithTimeout(s.Ctx, world.CallLimit)
	defer cancel()
	p, met, err := launch(ctx, n, args[1:])
	if ctx.Err() != nil {
		err = record.Fail(claim.ExpectLaunchEnd(args[0]).With(claim.GotStillRuns(world.CallLimit)))
	}
	return p, met, err
}

// checkTakes waits until a call is answered or cannot be replayed, and compares that with
// the learner's answer.
func checkTakes(s *script.Script, args []string) error {
	c, err := begunCall(s, args[0])
	if err != nil {
		return err
	}
	given, ok := s.Shared.Answers[args[1]]
	if !ok {
		return fmt.Errorf("the lesson has no answer named %q", args[1])
	}
	happened := ""
	err = s.Poll(func() (bool, error) {
		if c.Answered() {
			if c.Status != http.StatusOK {
				return false, fmt.Errorf("%s was answered with %s", c.Target, c.Text())
			}
			happened = "y"
			return true, nil
		}
		i, err := s.InvocationOf(s.Ctx, c)
		if err == nil && i != nil && i.LastFailureCode == "RT0016" {
			happened = "n"
		}
		return happened != "", err
	}, claim.ExpectAnswerFrom(c.Target.String()))
	if err != nil {
		return err
	}
	got := strings.ToLower(strings.TrimSpace(fmt.Sprint(given)))
	if got == happened {
		return nil
	}
	s.HideLedger() // the ledger has the other orders of the script too, and explains nothing
	if got != "y" && got != "n" {
		return record.Fail(claim.ExpectLetter(args[1]).With(claim.GotNoLetter(got)))
	}
	reason := s.TestScript.ReadFile(filepath.Join(args[1], got))
	return &record.ClaimError{Claim: claim.ExpectRightLetter(args[1]).With(claim.GotLetter(got)), Reason: strings.TrimSpace(reason)}
}

// objects returns the service and the keys of the objects in a target such as Service/key*n.
func objects(target string) (service string, keys []string, err error) {
	target, n, err := splitTimes(target)
	if err != nil {
		return "", nil, err
	}
	service, key, ok := strings.Cut(target, "/")
	if !ok {
		return "", nil, fmt.Errorf("%q is not service/key", target)
	}
	for i := range n {
		keys = append(keys, strings.ReplaceAll(key, "%d", fmt.Sprint(i+1)))
	}
	return service, keys, nil
}

// writersAtOnce is how many requests the word store sends at the same time.
const writersAtOnce = 16

func storeState(s *script.Script, args []string) error {
	service, keys, err := objects(args[0])
	if err != nil {
		return err
	}
	s.Notef("stored %s in %s of %s", args[2], course.Count(len(keys), "object"), service)
	todo := make(chan string, len(keys))
	for _, key := range keys {
		todo <- key
	}
	close(todo)
	failed := make(chan error, len(keys))
	var writers sync.WaitGroup
	for range writersAtOnce {
		writers.Go(func() {
			for key := range todo {
				failed <- s.World.Server.Admin().SetState(s.Ctx, service, key, map[string][]byte{args[1]: []byte(args[2])})
			}
		})
	}
	writers.Wait()
	close(failed)
	for err := range failed {
		if err != nil {
			return err
		}
	}
	return waitStored(s, args, false)
}

func checkStored(s *script.Script, args []string) error { return waitStored(s, args, s.AllAnswered()) }

// waitStored waits until objects have a value in their state. It does not wait if isSettled is true: then
// no call of the script can change the value any more.
func waitStored(s *script.Script, args []string, isSettled bool) error {
	service, keys, err := objects(args[0])
	if err != nil {
		return err
	}
	want := claim.ExpectStored(args[0], args[2], len(keys))
	var n int
	var other string
	err = s.Poll(func() (bool, error) {
		values, err := s.World.Server.Admin().StateOf(s.Ctx, service, args[1])
		if err != nil {
			return false, err
		}
		n, other = 0, "nothing"
		for _, key := range keys {
			if value, ok := values[key]; ok && isSameJSON(value, args[2]) {
				n++
			} else if ok {
				other = value
			}
		}
		return n == len(keys) || isSettled, nil
	}, want)
	if err == nil && n < len(keys) {
		return record.Fail(want.With(claim.GotStored(n, other)))
	}
	return err
}

// isSameJSON reports whether two texts are equal: as JSON values if both are JSON, and otherwise byte by
// byte.
func isSameJSON(a, b string) bool {
	var one, two any
	if json.Unmarshal([]byte(a), &one) != nil || json.Unmarshal([]byte(b), &two) != nil {
		return a == b
	}
	return reflect.DeepEqual(one, two)
}
