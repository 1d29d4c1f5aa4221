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
	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/process"
	"example.com/workbook/tools/sandbox"
	"example.com/workbook/tools/ui"
)

type cli struct {
	Lesson    lessonCmd    `cmd:"" group:"learners" example:"make lesson 1" help:"Make work/NN-…, your own copy of a lesson."`
	Check     checkCmd     `cmd:"" group:"learners" example:"make check 1, or make check ALL=1" help:"Judge a lesson, task by task."`
	Watch     watchCmd     `cmd:"" group:"learners" help:"Judge a lesson whenever you save; h, n, l, c, q are keys."`
	Hint      hintCmd      `cmd:"" group:"learners" example:"make hint 1.2" help:"Show the next hint for a task."`
	Progress  progressCmd  `cmd:"" group:"learners" example:"make progress" help:"List the tasks, and how each fares."`
	Solution  solutionCmd  `cmd:"" group:"learners" example:"make solution 3" help:"Show how your copy of a lesson differs from the reference."`
	Reset     resetCmd     `cmd:"" group:"learners" example:"make reset 3" help:"Move your copy of a lesson away, to begin anew."`
	Catchup   catchupCmd   `cmd:"" group:"learners" example:"make catchup 5" help:"Have the reference stand in for earlier lessons not passed."`
	Save      saveCmd      `cmd:"" group:"learners" example:"make save, or make save /media/usb" help:"Pack work/ into one file."`
	Run       runCmd       `cmd:"" group:"learners" example:"make run 1" help:"Serve a lesson: call it with curl, see its journal."`
	Crash     crashCmd     `cmd:"" group:"learners" example:"make crash 1" help:"Kill a lesson's program where it hurts, see what follows."`
	Shop      shopCmd      `cmd:"" group:"learners" example:"make shop SHOP=mine" help:"Run the whole shop for real, with processes that you can kill."`
	Order     orderCmd     `cmd:"" group:"learners" example:"make order N=20, or ROLLS=12,38,82, TOKEN=tok_declined, AMOUNT=250000" help:"Order from that shop, and see how it goes."`
	Start     startCmd     `cmd:"" group:"learners" example:"go tool workbook start program" help:"Bring back one of that shop's processes that was killed."`
	Record    recordCmd    `cmd:"" group:"learners" example:"make record, or make record NAME=two-charges ORDER=o-3" help:"Save what that shop has done, to be replayed."`
	Replay    replayCmd    `cmd:"" group:"learners" example:"make replay" help:"Show recordings, without a server."`
	Doctor    doctorCmd    `cmd:"" group:"learners" example:"make doctor, or make doctor OFFLINE=1" help:"Is this machine ready for the course?"`
	Offline   offlineCmd   `cmd:"" group:"instructors" example:"make offline, or make offline PLATFORMS=darwin-arm64" help:"Make a folder with all that a room without internet needs."`
	Agenda    agendaCmd    `cmd:"" group:"instructors" example:"make agenda PLAN=half START=09:00" help:"Print a workshop's plan, with clock times (for instructors)."`
	Slides    slidesCmd    `cmd:"" group:"instructors" example:"make slides, or make slides PLAN=half" help:"Make work/slides, a deck for each plan (for instructors)."`
	Class     classCmd     `cmd:"" group:"instructors" example:"make class, or for the room: make class LISTEN=all" help:"Show the room how each learner fares (for instructors)."`
	Hand      handCmd      `cmd:"" group:"learners" example:"make hand, or make hand DOWN=1" help:"Raise your hand in your class; DOWN=1 takes it down."`
	Timings   timingsCmd   `cmd:"" group:"instructors" help:"Compare a class's times with the plan (for instructors)."`
	ClassSend classSendCmd `cmd:"" hidden:""`
}

const description = `The Restate workbook. For example:

  make doctor       is this machine ready? OFFLINE=1: without a network
  make lesson 1     make your copy of lesson 1, in work/01-concepts
  make check 1      judge it
  make hint 1.2     the next hint for task 1.2
  make progress     what is done, and what comes next
  make shop         run the whole shop; SHOP=mine for yours
  make order        order from it: N=20, ROLLS=12,38,82, TOKEN=tok_declined
  make replay       see recordings of it, without a server
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
	ui.HandleSuspend()
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
