package sandbox

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"example.com/workbook/tools/hint"
)

// Main runs the sandbox as a program. When it is ready, it prints the line `listening URL` to
// standard output. It serves until SIGTERM or SIGINT. Main returns the exit code: 0, 2 if it was
// called wrongly, and 3 for every other error.
func Main(args []string) int {
	c, err := parseFlags(args)
	if errors.Is(err, flag.ErrHelp) {
		return 0
	}
	if err == nil {
		ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
		defer stop()
		err = Serve(ctx, c)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "sandbox: "+hint.Text(err))
	}
	return hint.ExitCode(err)
}

func parseFlags(args []string) (Config, error) {
	c := Config{Ready: func(url string) { fmt.Println("listening", url) }}
	f := flag.NewFlagSet("sandbox", flag.ContinueOnError)
	f.StringVar(&c.Listen, "listen", "127.0.0.1:0", "loopback `address`")
	f.StringVar(&c.Ledger, "ledger", "", "ledger `file`, made or read back")
	f.Uint64Var(&c.Seed, "seed", 1, "seed of the gateway's rolls")
	f.DurationVar(&c.Latency, "latency", 0, "how long a charge takes")
	f.IntVar(&c.FailPercent, "fail", 0, "`percent` of rolls that fail")
	if err := f.Parse(args); err != nil {
		return c, toUsageError(err)
	}
	if f.NArg() > 0 {
		return c, hint.New(hint.Usage, "sandbox -help", "unexpected argument %q", f.Arg(0))
	}
	return c, nil
}

func toUsageError(err error) error {
	if errors.Is(err, flag.ErrHelp) {
		return err
	}
	return hint.New(hint.Usage, "sandbox -help", "%w", err)
}
