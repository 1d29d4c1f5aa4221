// Command workbook is the one tool of the course: it scaffolds lessons, checks
// them, runs them, crashes them and hints. The Makefile's goals are aliases of
// its verbs.
//
// It exits 0 when all is well; 1 when a check says no; 2 when it was called
// wrongly, and then it has touched nothing; 3 when this machine or the workbook
// itself is at fault.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"example.com/workbook/tools/class"
	"example.com/workbook/tools/course"
	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/process"
	"example.com/workbook/tools/sandbox"
	"example.com/workbook/tools/shop/client"
	"example.com/workbook/tools/ui"
)

type cli struct {
	Lesson    lessonCmd    `cmd:"" help:"Make work/NN-…, your own copy of a lesson."`
	Check     checkCmd     `cmd:"" help:"Judge a lesson, task by task."`
	Watch     watchCmd     `cmd:"" help:"Judge a lesson whenever you save; h, n, l, c, q are keys."`
	Hint      hintCmd      `cmd:"" help:"Show the next hint for a task."`
	Progress  progressCmd  `cmd:"" help:"List the tasks, and how each fares."`
	Solution  solutionCmd  `cmd:"" help:"Show how your copy of a lesson differs from the reference."`
	Reset     resetCmd     `cmd:"" help:"Move your copy of a lesson away, to begin anew."`
	Catchup   catchupCmd   `cmd:"" help:"Have the reference stand in for earlier lessons not passed."`
	Save      saveCmd      `cmd:"" help:"Pack work/ into one file."`
	Run       runCmd       `cmd:"" help:"Serve a lesson: call it with curl, see its journal."`
	Crash     crashCmd     `cmd:"" help:"Kill a lesson's program where it hurts, see what follows."`
	Shop      shopCmd      `cmd:"" help:"Run the whole shop for real, with processes that you can kill."`
	Order     orderCmd     `cmd:"" help:"Order from that shop, and see how it goes."`
	Start     startCmd     `cmd:"" help:"Bring back one of that shop's processes that was killed."`
	Record    recordCmd    `cmd:"" help:"Save what that shop has done, to be replayed."`
	Replay    replayCmd    `cmd:"" help:"Show recordings, without a server."`
	Doctor    doctorCmd    `cmd:"" help:"Is this machine ready for the course?"`
	Offline   offlineCmd   `cmd:"" help:"Make a folder with all that a room without internet needs."`
	Agenda    agendaCmd    `cmd:"" help:"Print a workshop's plan, with clock times (for instructors)."`
	Slides    slidesCmd    `cmd:"" help:"Make work/slides, a deck for each plan (for instructors)."`
	Class     classCmd     `cmd:"" help:"Show the room how each learner fares (for instructors)."`
	Hand      handCmd      `cmd:"" help:"Raise your hand in your class; DOWN=1 takes it down."`
	Timings   timingsCmd   `cmd:"" help:"Compare a class's times with the plan (for instructors)."`
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
  make start NAME   bring back what you killed of it`

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

// run runs the verb and returns the exit code. Every verb ends by its context,
// with Ctrl-C, SIGTERM or the terminal. A second signal changes nothing: go and
// make pass on those that the terminal sends to us too.
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

// lazyKeeper is the keeper of this run. kong starts it for the verbs that take one.
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
	var c cli
	parser, err := kong.New(&c,
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.BindSingletonProvider(k.start),
		kong.Name("workbook"),
		kong.Description(description),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true}))
	if err != nil {
		return err
	}
	verb, err := parser.Parse(words(args))
	if err != nil {
		return hint.New(hint.Usage, usageFor(args), "%s", lower(err.Error()))
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

// settings are what make users write as NAME=value.
var settings = []string{"N", "PORT", "SHOP", "DELAY", "SEED", "ROLLS", "TOKEN", "AMOUNT", "SHORT", "RUNS", "ALL", "OFFLINE", "PLATFORMS", "YES", "NAME", "TITLE", "ORDER", "PLAN", "START", "CLASS", "LISTEN", "NEW", "DOWN"}

// words takes PORT=18080, as make users write it, for --port=18080, and N=3 for
// a lesson's 3. One without a value was not said.
func words(args []string) []string {
	var plain []string
	for _, a := range args {
		name, value, _ := strings.Cut(a, "=")
		switch {
		case a != "" && (name == a || !slices.Contains(settings, name)):
			plain = append(plain, a)
		case value == "":
		case name == "N" && args[0] != "order":
			plain = append(plain, value)
		default:
			plain = append(plain, "--"+strings.ToLower(name)+"="+value)
		}
	}
	return plain
}

func lower(s string) string {
	if s == "" {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}

// usageFor is an example of the verb that was typed wrong.
func usageFor(args []string) string {
	examples := map[string]string{
		"lesson":   "make lesson 1",
		"check":    "make check 1, or make check ALL=1",
		"hint":     "make hint 1.2",
		"solution": "make solution 3",
		"progress": "make progress",
		"reset":    "make reset 3",
		"catchup":  "make catchup 5",
		"save":     "make save, or make save /media/usb",
		"run":      "make run 1",
		"crash":    "make crash 1",
		"shop":     "make shop SHOP=mine",
		"order":    "make order N=20, or ROLLS=12,38,82, TOKEN=tok_declined, AMOUNT=250000",
		"start":    client.StartCommand("program"),
		"record":   "make record, or make record NAME=two-charges ORDER=o-3",
		"replay":   "make replay",
		"agenda":   "make agenda PLAN=half START=09:00",
		"slides":   "make slides, or make slides PLAN=half",
		"class":    "make class, or for the room: make class LISTEN=all",
		"hand":     "make hand, or make hand DOWN=1",
		"doctor":   "make doctor, or make doctor OFFLINE=1",
		"offline":  "make offline, or make offline PLATFORMS=darwin-arm64",
	}
	if len(args) > 0 && examples[args[0]] != "" {
		return "for example: " + examples[args[0]]
	}
	return "go tool workbook --help lists the verbs"
}
