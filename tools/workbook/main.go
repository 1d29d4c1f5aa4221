// Command workbook is the one tool of the course: it scaffolds lessons, checks
// them, runs them, crashes them and hints. The Makefile's goals are aliases of
// its verbs.
//
// It exits 0 when all is well; 1 when a check fails; 2 when it was called
// wrongly, and then it has touched nothing; 3 when this machine or the workbook
// itself is at fault.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"example.com/workbook/tools/class"
	"example.com/workbook/tools/course"
	"example.com/workbook/tools/gotool"
	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/process"
	"example.com/workbook/tools/replays"
	"example.com/workbook/tools/sandbox"
	"example.com/workbook/tools/ui"
)

type cli struct {
	Lesson    lessonCmd    `cmd:"" group:"learners" example:"make lesson 1" help:"Make work/NN-…, your own copy of a lesson."`
	Check     checkCmd     `cmd:"" group:"learners" example:"make check 1, or make check ALL=1" help:"Check a lesson, task by task."`
	Watch     watchCmd     `cmd:"" group:"learners" help:"Check a lesson whenever you save; keys: h, n, l, c, q."`
	Hint      hintCmd      `cmd:"" group:"learners" example:"make hint 1.2" help:"Show the next hint for a task."`
	Progress  progressCmd  `cmd:"" group:"learners" example:"make progress" help:"List the tasks and their results."`
	Solution  solutionCmd  `cmd:"" group:"learners" example:"make solution 3" help:"Compare your copy of a lesson with the reference solution."`
	Reset     resetCmd     `cmd:"" group:"learners" example:"make reset 3" help:"Move your copy of a lesson away, to begin again."`
	Catchup   catchupCmd   `cmd:"" group:"learners" example:"make catchup 5" help:"Use reference solutions for earlier lessons not passed."`
	Save      saveCmd      `cmd:"" group:"learners" example:"make save, or make save /media/usb" help:"Pack work/ into one file."`
	Run       runCmd       `cmd:"" group:"learners" example:"make run 1" help:"Serve a lesson: call it with curl and see the journal."`
	Crash     crashCmd     `cmd:"" group:"learners" example:"make crash 1" help:"Kill a lesson's program in the middle and see the result."`
	Shop      shopCmd      `cmd:"" group:"learners" example:"make shop SHOP=mine" help:"Run the whole shop, with processes that you can kill."`
	Order     orderCmd     `cmd:"" group:"learners" example:"make order N=20, or ROLLS=12,38,82, TOKEN=tok_declined, AMOUNT=250000" help:"Place orders in the shop and follow them."`
	Deploy    deployCmd    `cmd:"" group:"learners" example:"make deploy" help:"Deploy version 2 of the open shop's program next to version 1."`
	Start     startCmd     `cmd:"" group:"learners" example:"go tool workbook start program" help:"Start a killed process of the shop again."`
	Record    recordCmd    `cmd:"" group:"learners" example:"make record, or make record NAME=two-charges ORDER=o-3" help:"Save what the shop has done as a recording."`
	Replay    replayCmd    `cmd:"" group:"learners" example:"make replay" help:"Show recordings without a server."`
	Replays   replaysCmd   `cmd:"" group:"learners" example:"go tool workbook replays http://127.0.0.1:9070 ./cmd/shop" help:"Tell whether a new build can go on with the invocations in flight."`
	Doctor    doctorCmd    `cmd:"" group:"learners" example:"make doctor, or make doctor OFFLINE=1" help:"Check whether this machine is ready for the course."`
	Offline   offlineCmd   `cmd:"" group:"instructors" example:"make offline, or make offline PLATFORMS=darwin-arm64" help:"Make a folder for a room without internet."`
	Agenda    agendaCmd    `cmd:"" group:"instructors" example:"make agenda PLAN=half START=09:00" help:"Print a workshop's plan with clock times (instructors)."`
	Slides    slidesCmd    `cmd:"" group:"instructors" example:"make slides, or make slides PLAN=half" help:"Make slides for each plan (instructors)."`
	Class     classCmd     `cmd:"" group:"instructors" example:"make class, or for the room: make class LISTEN=all" help:"Show the results of a class (instructors)."`
	Hand      handCmd      `cmd:"" group:"learners" example:"make hand, or make hand DOWN=1" help:"Raise your hand in your class, or take it down: DOWN=1."`
	Timings   timingsCmd   `cmd:"" group:"instructors" help:"Compare a class's times with the plan (instructors)."`
	ClassSend classSendCmd `cmd:"" hidden:""`
}

const description = `The Restate workbook. For example:

  make doctor       check this machine; OFFLINE=1: without a network
  make lesson 1     make your copy of lesson 1 in work/01-concepts
  make check 1      check your copy
  make hint 1.2     print the next hint for task 1.2
  make progress     show what is done and what comes next
  make shop         run the whole shop; SHOP=mine: with your services
  make order        place an order: N=20, ROLLS=12,38,82, TOKEN=tok_declined
  make replay       show recordings of the shop, without a server
  make start NAME   start a process of the shop again`

// place is where the tool works: the workbook's root and the folder that it
// was called from.
type place struct {
	root, dir string
	class     *class.Reporter // reports to the learner's class, if there is one
}

func main() {
	if len(os.Args) > 1 && os.Args[1] == "sandbox" {
		os.Exit(sandbox.Main(os.Args[2:]))
	}
	replays.Main()
	ui.HandleSuspend()
	gotool.UseOwnSettings()
	os.Exit(run(os.Args[1:]))
}

// run runs the verb and returns the exit code. Ctrl-C, SIGTERM and the end of the terminal
// end a verb by its context. A second signal changes nothing: the terminal sends its
// signals to this process, and go and make pass them on once more.
func run(args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	var k lazyKeeper
	defer k.close()
	err := runVerb(ctx, &k, args)
	if errors.Is(err, context.Canceled) {
		err = hint.New(hint.Setup, "", "interrupted")
	}
	if err != nil && !errors.As(err, new(hint.Exit)) {
		fmt.Fprintln(os.Stderr, hint.Text(err))
	}
	return hint.ExitCode(err)
}

// lazyKeeper is the keeper of this run. kong starts it for a verb whose Run takes one.
type lazyKeeper struct{ keeper *process.Keeper }

func (l *lazyKeeper) start() (*process.Keeper, error) {
	var err error
	l.keeper, err = process.NewKeeper()
	return l.keeper, err
}

// close waits until the keeper has removed all that the verb has left behind.
func (l *lazyKeeper) close() {
	if l.keeper != nil {
		l.keeper.Close()
	}
}

func runVerb(ctx context.Context, k *lazyKeeper, args []string) error {
	parser, err := newParser(kong.BindTo(ctx, (*context.Context)(nil)), kong.BindSingletonProvider(k.start))
	if err != nil {
		return err
	}
	verb, err := parser.Parse(splitSettings(args))
	if err != nil {
		return hint.New(hint.Usage, exampleFor(parser, args), "%s", lowerFirst(err.Error()))
	}
	if err := checkUnread(verb, args); err != nil {
		return err
	}
	dir, err := os.Getwd()
	if err != nil {
		return err
	}
	root, err := course.Root(dir)
	if err != nil {
		return err
	}
	return verb.Run(&place{root: root, dir: dir, class: class.NewReporter(root)})
}
