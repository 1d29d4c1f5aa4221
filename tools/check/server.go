package check

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"

	"example.com/workbook/tools/check/setting"
	"example.com/workbook/tools/proxy"
	"example.com/workbook/tools/restate"
)

// serverPolicy is what setting.Server, and the server's own 70 attempts, come to.
var serverPolicy = restate.RetryPolicy{InitialInterval: "10ms", MaxAttempts: 70}

func (w *world) startServer() error {
	dir := os.Getenv(setting.SharedServer)
	if w.shared = dir != ""; w.shared {
		w.server = restate.Attach(dir)
		return nil
	}
	return w.startOwnServer()
}

func (w *world) startOwnServer() error {
	ctx := context.Background()
	binary, err := restate.Find(ctx, os.Stderr)
	if err != nil {
		return err
	}
	w.server, err = restate.Start(ctx, w.keeper, binary, setting.Server())
	return err
}

// needOwnServer goes over to a server of this check's own, if one of the scripts
// kills it.
func (w *world) needOwnServer(ctx context.Context, scripts []string) error {
	if !w.shared || !slices.ContainsFunc(scripts, func(f string) bool { return countCrashes(f).outage }) {
		return nil
	}
	w.vacate()
	w.serving.Lock()
	defer w.serving.Unlock()
	w.server.Stop()
	w.shared = false
	if err := w.startOwnServer(); err != nil {
		return err
	}
	return w.register(ctx)
}

// vacate leaves a server that is shared as it was found. What is refused was not
// there: an invocation that ends with the one that called it, a program that was
// never registered.
func (w *world) vacate() {
	if !w.shared {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), callLimit)
	defer cancel()
	all, _ := w.every(ctx)
	var side sync.WaitGroup
	for _, i := range all {
		end := w.server.Admin().Kill
		if i.Status == "completed" {
			end = w.server.Admin().Purge
		}
		side.Go(func() { end(ctx, i.ID) })
	}
	side.Wait()
	for _, p := range []*proxy.Proxy{w.proxy, w.restProxy} {
		if p != nil {
			w.server.Admin().DeleteDeployment(ctx, p.URL())
		}
	}
}

// outage kills the server (SIGKILL) and starts it again in the same folder. What
// was stored is still there; what was under way is not, on either side.
func (w *world) outage(ctx context.Context) error {
	w.serving.Lock()
	defer w.serving.Unlock()
	for _, p := range []*proxy.Proxy{w.proxy, w.restProxy} {
		if p != nil {
			p.ServerDies()
		}
	}
	w.killedServer.Add(1)
	return w.server.Restart(ctx)
}

// do makes the request until it is answered. A client whose server dies asks
// again, and gets the answer to its first request: that is what the idempotency
// key is for.
func (c *call) do(w *world) {
	defer close(c.done)
	for again := false; ; again = true {
		w.serving.RLock() // not while the server is away
		outages := w.killedServer.Load()
		w.serving.RUnlock()
		c.err = c.ask(w.server, again)
		if c.err == nil || w.killedServer.Load() == outages {
			return
		}
	}
}

// ask makes the request once. A workflow's run takes no idempotency key, and is
// not begun a second time: what came of the first is asked for.
func (c *call) ask(server *restate.Server, again bool) error {
	if again && c.key == "" {
		known, err := c.attach(server)
		if known || err != nil {
			return err
		}
	}
	req, err := http.NewRequest("POST", server.IngressURL()+"/"+c.where, strings.NewReader(c.body))
	if err != nil {
		return err
	}
	if c.body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	if c.key != "" {
		req.Header.Set("Idempotency-Key", c.key)
	}
	return c.take(server.Ingress().Do(req))
}

// attach waits for the outcome of a workflow's run. One that the server had not
// taken yet is not known.
func (c *call) attach(server *restate.Server) (known bool, err error) {
	url := server.IngressURL() + "/restate/workflow/" + c.target.service + "/" + url.PathEscape(c.target.key) + "/attach"
	err = c.take(server.Ingress().Get(url))
	return c.status != http.StatusNotFound, err
}

func (c *call) take(resp *http.Response, err error) error {
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	c.status = resp.StatusCode
	c.answer, err = io.ReadAll(resp.Body)
	return err
}
