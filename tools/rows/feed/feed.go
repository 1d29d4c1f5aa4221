// Package feed runs the rows command and reads what it prints: a line of JSON
// for each status that a row of the shop's database gets. It links no SQLite.
package feed

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// Change is a status that a row got, or a failure that was written down.
type Change struct {
	Table   string    `json:"table"`
	ID      string    `json:"id"`
	OrderID string    `json:"order_id"`
	Status  string    `json:"status"`
	At      time.Time `json:"at"`
	Code    int       `json:"code"` // why the row is FAILED
	Reason  string    `json:"reason"`
	Roll    *int      `json:"roll"` // of a payment failure
}

// Feed is a rows command that follows a database.
type Feed struct {
	cmd *exec.Cmd
	out io.Reader
}

// Start runs program, the binary of ./tools/rows, until ctx is done. It reports
// the orders with these ids, or all orders when none is named.
func Start(ctx context.Context, program, database string, ids ...string) (*Feed, error) {
	cmd := exec.CommandContext(ctx, program, append([]string{"-follow", database}, ids...)...)
	cmd.Stderr = os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // Ctrl-C is for our own process
	// The command ends when this pipe closes, which our death does too.
	if _, err := cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	return &Feed{cmd, out}, cmd.Start()
}

// Each calls do for each change, in order. It returns how the command failed, or io.EOF
// at its end.
func (f *Feed) Each(do func(Change)) error {
	lines := json.NewDecoder(f.out)
	for {
		var c Change
		if err := lines.Decode(&c); err != nil {
			exit := f.cmd.Wait()
			if errors.Is(err, io.EOF) && exit != nil {
				return exit
			}
			return err
		}
		do(c)
	}
}
