package world

import (
	"context"
	"errors"
	"os/exec"

	"example.com/workbook/tools/cluster"
)

// UseCopies lets n copies of the program serve in place of the one program, with more settings
// in their environment, until LeaveCopies. Restate knows them by the address of that program.
func (w *World) UseCopies(ctx context.Context, n int, settings []string) error {
	w.Park()
	w.Proxy.Disconnect()
	var err error
	w.copies, err = cluster.StartCopiesBehind(ctx, w.keeper, w.Proxy, n, func(_ int, addr string) *exec.Cmd {
		return self("program", nil, append(append(w.env(addr), settings...), "SHOP_FAILPOINT=")...)
	})
	return err
}

// Copies returns the copies that serve, nil if there are none.
func (w *World) Copies() *cluster.Copies { return w.copies }

// LeaveCopies ends the copies, and lets the one program serve again.
func (w *World) LeaveCopies() error {
	var err error
	if w.copies != nil {
		err = w.copies.Stop()
		w.copies = nil
	}
	return errors.Join(err, w.Unpark())
}
