package world

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"

	"example.com/workbook/tools/check/claim"
	"example.com/workbook/tools/check/record"
	"example.com/workbook/tools/check/setting"
	"example.com/workbook/tools/proxy"
	"example.com/workbook/tools/restate"
)

// ServerPolicy is the default retry policy of the server of a check: the intervals of
// setting.Server, and else the defaults of restate-server.
var ServerPolicy = restate.RetryPolicy{InitialInterval: "10ms", Factor: 2, MaxInterval: "50ms", MaxAttempts: 70, OnMaxAttempts: "Pause"}

func (w *World) startServer() error {
	dir := os.Getenv(setting.SharedServer)
	if w.shared = dir != ""; w.shared {
		w.Server = restate.Attach(dir)
		return nil
	}
	return w.startOwnServer()
}

func (w *World) startOwnServer() error {
	ctx := context.Background()
	binary, err := restate.Find(ctx, os.Stderr)
	if err != nil {
		return err
	}
	w.Server, err = restate.Start(ctx, w.keeper, binary, setting.Server())
	return err
}

// NeedOwnServer changes from a shared server to a new one, for scripts that kill it.
func (w *World) NeedOwnServer(ctx context.Context) error {
	if !w.shared {
		return nil
	}
	w.leaveSharedServer()
	w.serving.Lock()
	defer w.serving.Unlock()
	w.Server.Stop()
	w.shared = false
	if err := w.startOwnServer(); err != nil {
		return err
	}
	return w.Register(ctx)
}

// leaveSharedServer removes everything that the check has left on a shared server. It
// ignores errors: an invocation may have ended with its caller, and a program may never
// have been registered.
func (w *World) leaveSharedServer() {
	if !w.shared {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), CallLimit)
	defer cancel()
	all, _ := w.AllInvocations(ctx)
	var side sync.WaitGroup
	for _, i := range all {
		end := w.Server.Admin().Kill
		if i.Status == "completed" {
			end = w.Server.Admin().Purge
		}
		side.Go(func() { end(ctx, i.ID) })
	}
	side.Wait()
	for _, p := range []*proxy.Proxy{w.Proxy, w.RestProxy} {
		if p != nil {
			w.Server.Admin().DeleteDeployment(ctx, p.URL())
		}
	}
	for _, p := range w.beside {
		w.Server.Admin().DeleteDeployment(ctx, ProgramURL(p))
	}
}

// KillServer kills the server (SIGKILL) and starts it again in the same folder. Stored
// data is still there. Open requests and attempts are lost.
func (w *World) KillServer(ctx context.Context) error {
	w.serving.Lock()
	defer w.serving.Unlock()
	for _, p := range []*proxy.Proxy{w.Proxy, w.RestProxy} {
		if p != nil {
			p.MarkServerKilled()
		}
	}
	w.killedServer.Add(1)
	return w.Server.Restart(ctx)
}

// LoseDisk kills the server, deletes all that it has stored, and starts it again.
func (w *World) LoseDisk(ctx context.Context) error {
	w.serving.Lock()
	defer w.serving.Unlock()
	err := w.Server.Kill()
	if err == nil {
		err = os.RemoveAll(w.Server.Dir())
	}
	if err == nil {
		err = os.MkdirAll(filepath.Join(w.Server.Dir(), "tmp"), 0o700)
	}
	if err == nil {
		err = w.Server.Restart(ctx)
	}
	if err != nil {
		return err
	}
	return w.Register(ctx)
}

// Register registers the program, and the services beside it, with Restate. A
// program that Restate refuses makes the checks fail: see ProgramError.
func (w *World) Register(ctx context.Context) error {
	admin := w.Server.Admin()
	if w.Rest != nil {
		if err := admin.Register(ctx, w.RestProxy.URL()); err != nil {
			return err
		}
	}
	if w.ProgramError() != nil {
		return nil
	}
	err := admin.Register(ctx, w.Proxy.URL())
	var refused *restate.StatusError
	if errors.As(err, &refused) {
		w.fault = record.Fail(claim.ExpectRegistration().With(claim.GotRefused(refused.Message)))
		return nil
	}
	return err
}

// AlwaysReplay makes every attempt suspend at each wait, so that each step is
// replayed. It uses the admin API, because an option in the program's code would override
// an environment variable.
func (w *World) AlwaysReplay() error {
	ctx, cancel := context.WithTimeout(context.Background(), CallLimit)
	defer cancel()
	names, err := w.Server.Admin().Services(ctx)
	if err != nil {
		return err
	}
	for _, name := range names {
		err := w.Server.Admin().Patch(ctx, name, map[string]any{"inactivity_timeout": "0s"})
		if err != nil {
			return err
		}
	}
	return nil
}
