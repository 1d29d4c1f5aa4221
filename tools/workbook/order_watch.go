package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"

	"example.com/workbook/tools/hint"
)

// watchRows hands each new status to whom it is for.
func (f *follower) watchRows(ctx context.Context, orders []*order) error {
	var ids []string
	byID := map[string]*order{}
	for _, o := range orders {
		ids = append(ids, o.id)
		byID[o.id] = o
	}
	cmd, out, err := followRows(ctx, f.view.Rows, f.view.Database, ids...)
	if err != nil {
		return err
	}
	lines := json.NewDecoder(out)
	for {
		var s status
		if err := lines.Decode(&s); err != nil {
			return noRows(cmd.Wait(), err)
		}
		if s.Table != "orders" {
			continue
		}
		select {
		case byID[s.OrderID].statuses <- s:
		default: // nobody follows it any more
		}
	}
}

// followRows starts the program that tells of each status that a row gets, of all
// orders if none is named.
func followRows(ctx context.Context, program, database string, ids ...string) (*exec.Cmd, io.Reader, error) {
	cmd := exec.CommandContext(ctx, program, append([]string{"-follow", database}, ids...)...)
	cmd.Stderr = os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // Ctrl-C is ours to hear
	// It ends when this does, in whatever way.
	if _, err := cmd.StdinPipe(); err != nil {
		return nil, nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, nil, err
	}
	return cmd, out, cmd.Start()
}

func noRows(exit, read error) error {
	if errors.Is(read, io.EOF) && exit != nil {
		read = exit
	}
	return hint.New(hint.Setup, "is the shop still open?", "the shop's rows cannot be read: %w", read)
}

// watchStatus shows what the order's row gets to.
func (f *follower) watchStatus(ctx context.Context, o *order) {
	for {
		select {
		case s := <-o.statuses:
			f.lookAtCharges(ctx, o, false) // what led to it
			o.mu.Lock()
			f.status(o, s)
			o.mu.Unlock()
			f.lookAtCharges(ctx, o, false) // what had to wait for it
		case <-ctx.Done():
			return
		}
	}
}

func (f *follower) status(o *order, s status) {
	o.status, o.changed = s.Status, s.At
	text := s.Status
	if s.Status == "FAILED" {
		text = fmt.Sprintf("FAILED %d: %s", s.Code, s.Reason)
	}
	f.say(o, s.At, "%s", text)
	if s.Status == "FAILED" || s.Status == "COMPLETED" {
		close(o.final)
	}
}

// watchUnits tells of processes that go down and come back.
func (f *follower) watchUnits(ctx context.Context) error {
	before := f.view
	f.changes(shopView{Units: f.view.Units}, before)
	for {
		var now shopView
		if err := f.shop.do(ctx, "GET", fmt.Sprintf("shop?after=%d", before.Version), &now); err != nil {
			return gone(ctx, err)
		}
		f.changes(before, now)
		before = now
	}
}

func (f *follower) changes(before, now shopView) {
	for i, u := range now.Units {
		was := before.Units[i]
		f.mu.Lock()
		f.down[u.Name] = u.Down != ""
		f.mu.Unlock()
		switch {
		case u.Down != "" && (was.Down == "" || before.Version == 0):
			f.tell("%s is down (%s): what needs it waits. bring it back: %s", u.Name, u.Down, startCommand(u.Name))
		case u.PID != was.PID:
			f.tell("%s is back: pid %d", u.Name, u.PID)
		}
	}
}
