package words

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"example.com/workbook/tools/check/cause"
	"example.com/workbook/tools/check/claim"
	"example.com/workbook/tools/check/record"
	"example.com/workbook/tools/check/script"
	"example.com/workbook/tools/check/world"
	"example.com/workbook/tools/course"
	"example.com/workbook/tools/process"
	"example.com/workbook/tools/ui"
)

var machines = script.Table{
	{Name: "nodes", Args: "[leader]", Do: useNodes, Traits: script.Always(script.Traits{Alone: true}),
		Help: "three nodes of one cluster serve the script, and launched programs get their addresses in RESTATE_INGRESSES: first that of a node that does not lead, or that of the leader. The calls of the script go to a node that runs"},
	{Name: "kill-node", Args: "leader|follower|asked", Do: killNode,
		Help: "kill the node that leads, one that does not lead, or the one from which a launched program waits for an answer"},
	{Name: "kill-node-at", Args: "order|accepted", Do: armNodeKill,
		Help: "kill the node that gets the next order of a launched program. The kill comes before the node has seen the order, or between its acceptance and its answer"},
	{Name: "not-known", Args: "n", Do: armUnknown,
		Help: "answer the next n requests of launched programs as a node does that was started a moment ago: it does not know the service"},
	{Name: "hit", Do: waitNodeFault,
		Help: "wait until the fault of an earlier kill-node-at or not-known has happened"},
	{Name: "silence", Args: "begin|end", Do: silenceNode,
		Help: "let the network lose everything between launched programs and the node whose address they get first, or let the network work again"},
	{Name: "start-node", Do: startNode,
		Help: "start one killed node again"},
	{Name: "asked", Args: "n", Do: waitNodeAsked,
		Help: "wait until launched programs have sent the nodes n more requests"},
	{Name: "interrupt", Args: "name", Do: interruptLaunched,
		Help: "send the launched program a SIGINT, as Ctrl-C does"},
	{Name: "unanswered", Args: "name…", Do: checkUnanswered,
		Help: "wait until a node was silent for three seconds, for each of these calls"},
	{Name: "printed", Args: "name json", Do: checkPrinted,
		Help: "wait until the launched program has exited with code 0, and has printed this JSON last; its objects may have more fields"},
	{Name: "refuses", Args: "name [text]", Do: checkRefuses,
		Help: "wait until the launched program has exited with an error, which has this text"},
	{Name: "gone", Args: "name", Do: checkGone,
		Help: "Restate does not know the call"},
	{Name: "copies", Args: "n", Do: useCopies,
		Help: "n copies of the program serve in place of the one program, with the settings of launched programs"},
	{Name: "kill-copy", Do: killCopy,
		Help: "kill the first copy of the program"},
	{Name: "start-copy", Do: startCopy,
		Help: "start the killed copy again"},
	{Name: "hold-orders", Args: "first last", Do: holdOrders,
		Help: "hold the charges of the orders $K-first to $K-last, before they move money"},
	{Name: "held-orders", Args: "first last", Do: waitHeldOrders,
		Help: "wait until the gateway holds all these charges"},
	{Name: "release-orders", Args: "first last", Do: releaseOrders,
		Help: "let these charges pass"},
	{Name: "each-once", Args: "n", Do: checkEachOnce,
		Help: "each of the orders $K-1 to $K-n was charged once and sent once, and there is no other order"},
	{Name: "lose-disk", Do: loseDisk, Traits: script.Always(script.Traits{Alone: true, KillsServer: true}),
		Help: "kill the server, delete its folder, and start it with an empty one"},
}

func useNodes(s *script.Script, args []string) error {
	if err := s.World.ProgramError(); err != nil {
		return err
	}
	s.AtEnd(func() error {
		if s.Failure != nil {
			s.KeepAttempts()
		}
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		return s.World.LeaveNodes(ctx, s.Subject)
	})
	s.Notef("ran three nodes")
	return s.World.UseNodes(s.Ctx, len(args) > 0)
}

func killNode(s *script.Script, args []string) error {
	s.AddFact(cause.KilledNode)
	s.Notef("killed %s", map[string]string{
		"leader": "the node that leads", "follower": "a node that does not lead", "asked": "the node that the program asks",
	}[args[0]])
	switch args[0] {
	case "leader":
		return s.World.KillLeader(s.Ctx)
	case "follower":
		return s.World.KillFollower(s.Ctx)
	}
	return s.PollLaunched(s.World.KillAsked, claim.ExpectNodeAsked())
}

func armNodeKill(s *script.Script, args []string) error {
	s.AddFact(cause.KilledNode)
	if args[0] == "accepted" {
		s.AddFact(cause.AcceptedUnheard)
	}
	s.NodeFault = s.World.ArmKill(args[0] == "accepted")
	return nil
}

func armUnknown(s *script.Script, args []string) error {
	n, err := strconv.Atoi(args[0])
	if err != nil {
		return err
	}
	s.AddFact(cause.NotKnown)
	s.Notef("answered %s of the program with 404, as a node does that was started a moment ago", course.Count(n, "request"))
	s.NodeFault = s.World.ArmUnknown(n)
	return nil
}

// waitNodeFault waits until the armed fault has happened. A launched program that ends before
// that has not sent the request.
func waitNodeFault(s *script.Script, _ []string) error {
	if s.NodeFault == nil {
		return fmt.Errorf("no fault of a node comes before this word")
	}
	err := s.PollLaunched(func() (bool, error) {
		select {
		case err := <-s.NodeFault.Happened:
			return true, err
		default:
			return false, nil
		}
	}, claim.ExpectNodeAsked())
	switch {
	case err != nil:
		return err
	case s.Facts[cause.AcceptedUnheard]:
		s.Notef("killed the node that had accepted the order, before it answered")
	case s.Facts[cause.KilledNode]:
		s.Notef("killed the node that the program sent the order to")
	}
	return nil
}

func silenceNode(s *script.Script, args []string) error {
	if args[0] == "end" {
		s.World.EndSilence()
		return nil
	}
	s.AddFact(cause.Silenced)
	s.Notef("let the network lose everything between the program and one node")
	s.World.SilenceFirst()
	return nil
}

func startNode(s *script.Script, _ []string) error {
	s.Notef("started a node again")
	return s.World.StartNode(s.Ctx)
}

func waitNodeAsked(s *script.Script, args []string) error {
	n, err := strconv.Atoi(args[0])
	if err != nil {
		return err
	}
	before := s.World.NodesAsked()
	return s.PollLaunched(func() (bool, error) { return s.World.NodesAsked() >= before+n, nil }, claim.ExpectNodeAsked())
}

func interruptLaunched(s *script.Script, args []string) error {
	p, err := launchedProgram(s, args[0])
	if err != nil {
		return err
	}
	s.AddFact(cause.Interrupted)
	s.Notef("sent the program a SIGINT, as Ctrl-C does")
	return syscall.Kill(-p.Pid(), syscall.SIGINT)
}

func checkUnanswered(s *script.Script, args []string) error {
	for _, name := range args {
		c, err := begunCall(s, name)
		if err != nil {
			return err
		}
		select {
		case <-c.SilentOnce:
		case <-c.Done:
			return fmt.Errorf("%s was answered with %s by a node without a majority", c.Target, c.Text())
		case <-s.Ctx.Done():
			return s.Ctx.Err()
		}
	}
	s.Notef("waited, and no node answered: %s", strings.Join(args, ", "))
	return nil
}

// exitLimit is how long a launched program may take to end. The first answer after the death of
// a leader comes after one to six seconds.
const exitLimit = world.CallLimit

// awaitExit waits for the end of a launched program, from which something is wanted.
func awaitExit(s *script.Script, name string, want claim.Claim) (*process.Process, error) {
	p, err := launchedProgram(s, name)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(s.Ctx, exitLimit)
	defer cancel()
	select {
	case <-p.Done():
		return p, nil
	case <-ctx.Done():
		return nil, record.Fail(want.With(claim.GotStillRuns(exitLimit)))
	}
}

func checkPrinted(s *script.Script, args []string) error {
	want := claim.ExpectPrinted(args[0], args[1])
	p, err := awaitExit(s, args[0], want)
	if err != nil {
		return err
	}
	if p.Err() != nil {
		return record.Fail(want.With(claim.GotExited(world.Exit(p))))
	}
	last := ui.LastLine(p.Output())
	ok, err := script.Holds([]byte(last), []byte(args[1]))
	if err != nil || !ok {
		return record.Fail(want.With(claim.GotLine(args[0], last)))
	}
	return nil
}

func checkRefuses(s *script.Script, args []string) error {
	text := optionalArg(args, 1)
	want := claim.ExpectLaunchRefusal(args[0], text)
	p, err := awaitExit(s, args[0], want)
	if err != nil {
		return err
	}
	if p.Err() != nil && strings.Contains(p.Output(), text) {
		delete(s.Launched, args[0]) // later words expect no error of the others
		return nil
	}
	return record.Fail(want.With(claim.GotExited(world.Exit(p))))
}

func checkGone(s *script.Script, args []string) error {
	c, err := begunCall(s, args[0])
	if err != nil {
		return err
	}
	all, err := s.World.AllInvocations(s.Ctx)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(all, c.Matches) {
		return fmt.Errorf("%s is still known to Restate", c.Target)
	}
	s.Notef("asked Restate for %s: Restate does not know that call", c.Target)
	return nil
}

func loseDisk(s *script.Script, _ []string) error {
	s.Notef("killed the server, and deleted its folder")
	return s.World.LoseDisk(s.Ctx)
}
