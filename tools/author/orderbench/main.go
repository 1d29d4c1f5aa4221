// Command orderbench measures the reference shop: how many orders a second it serves, compared with
// plain Go and with a handler that does nothing; how much CPU time an order takes; and how long the
// shop needs after a crash. It does so with one node of restate-server and a SQLite file; the part
// machines also has three nodes, two copies of the program, and PostgreSQL. `go tool author bench`
// builds and runs orderbench, which is a program of its own because it links SQLite, PostgreSQL's
// driver and the SDK.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"

	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/restate"
	"example.com/workbook/tools/sandbox"
)

// parts are the measurements, in the order in which they are printed.
var parts = []struct {
	name string
	run  func(context.Context, *bench) error
}{
	{"rates", measureRates},
	{"growth", measureGrowth},
	{"crash", measureCrash},
	{"specified", measureSpecified},
	{"machines", measureMachines},
}

// bench has the settings of one run of the program.
type bench struct {
	root   string // the workbook's folder
	binary string // the path of restate-server
	runs   int
	scale  int // the number of orders is divided by scale, for a quick look
}

// scaleDown returns n divided by the scale, and at least 1.
func (b *bench) scaleDown(n int) int { return max(n/b.scale, 1) }

// durability describes the settings of every measurement. No setting gives up durability for speed.
const durability = "SQLite WAL synchronous=FULL · PostgreSQL synchronous_commit=on · restate-server 1 partition, log synced (its default) · gateway's ledger synced"

func main() {
	if code, ok := runChild(os.Args[1:]); ok {
		os.Exit(code)
	}
	err := run(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, hint.Text(err))
	}
	os.Exit(hint.ExitCode(err))
}

// runChild runs this binary as one of the processes beside the shop, if args name one of them.
func runChild(args []string) (code int, ok bool) {
	if len(args) == 0 {
		return 0, false
	}
	switch args[0] {
	case "sandbox":
		return sandbox.Main(args[1:]), true
	case "floor":
		return serveFloor(), true
	}
	return 0, false
}

func run(args []string) error {
	ctx := context.Background()
	b := &bench{}
	var only string
	f := flag.NewFlagSet("orderbench", flag.ContinueOnError)
	f.StringVar(&b.root, "root", ".", "the workbook's `folder`")
	f.IntVar(&b.runs, "runs", 3, "the number of measurements per rate; the median is printed")
	f.IntVar(&b.scale, "scale", 1, "divide the `number` of orders, for a quick look")
	f.StringVar(&only, "only", "", "`parts` to measure: rates,growth,crash,specified,machines")
	if err := f.Parse(args); err != nil || b.runs < 1 || b.scale < 1 {
		return hint.New(hint.Usage, "for example: orderbench -runs 3 -only rates,crash", "cannot measure that")
	}
	var err error
	if b.binary, err = restate.Find(ctx, os.Stderr); err != nil {
		return err
	}
	fmt.Printf("orders: %s, %d processors, restate-server %s; medians of %d runs\n%s\n",
		runtime.Version(), runtime.NumCPU(), restate.Version, b.runs, durability)
	for _, p := range parts {
		if only != "" && !slices.Contains(strings.Split(only, ","), p.name) {
			continue
		}
		if err := b.runLimited(ctx, p.run); err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
	}
	return nil
}

// runLimited runs a part with a time limit. A part takes two or three minutes.
func (b *bench) runLimited(ctx context.Context, part func(context.Context, *bench) error) error {
	ctx, cancel := context.WithTimeout(ctx, 15*time.Minute)
	defer cancel()
	return part(ctx, b)
}
