package check

import (
	"cmp"
	"context"
	"os"

	"example.com/workbook/tools/proxy"
	"example.com/workbook/tools/restate"
)

// SharedServer and SharedKey are variables of the environment, for whoever runs
// many checks one after another: a check uses the server that runs in the one's
// folder, and ends each script's key with the other's text, so that no two
// checks meet.
const (
	SharedServer = "CHECK_SERVER"
	SharedKey    = "CHECK_KEY"
)

// ServerOptions are those of a server that checks run on. The first retry comes
// soon, for a check waits for it; the number of attempts stays the server's own.
func ServerOptions() restate.Options {
	return restate.Options{Env: []string{
		"RESTATE_DEFAULT_RETRY_POLICY__INITIAL_INTERVAL=10ms",
		"RESTATE_DEFAULT_RETRY_POLICY__MAX_INTERVAL=50ms",
	}}
}

// serverPolicy is what ServerOptions, and the server's own 70 attempts, come to.
var serverPolicy = restate.RetryPolicy{InitialInterval: "10ms", MaxAttempts: 70}

func (w *world) startServer() error {
	if dir := os.Getenv(SharedServer); dir != "" {
		w.server = restate.Attach(dir)
		return nil
	}
	ctx := context.Background()
	binary, err := restate.Find(ctx, os.Stderr)
	if err != nil {
		return err
	}
	w.server, err = restate.Start(ctx, w.keeper, binary, ServerOptions())
	return err
}

// vacate leaves a server that is shared as it was found.
func (w *world) vacate() error {
	if os.Getenv(SharedServer) == "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), callLimit)
	defer cancel()
	all, err := w.every(ctx)
	for _, i := range all {
		end := w.server.Admin().Kill
		if i.Status == "completed" {
			end = w.server.Admin().Purge
		}
		err = cmp.Or(err, end(ctx, i.ID))
	}
	for _, p := range []*proxy.Proxy{w.proxy, w.restProxy} {
		if p != nil {
			err = cmp.Or(err, w.server.Admin().DeleteDeployment(ctx, p.URL()))
		}
	}
	return err
}
