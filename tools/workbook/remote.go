package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"

	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/web"
)

// shopView is the shop as the other commands see it.
type shopView struct {
	Version  int        `json:"version"`
	Ingress  string     `json:"ingress"` // host:port
	Admin    string     `json:"admin"`
	Sandbox  string     `json:"sandbox"`
	Database string     `json:"database"`
	Rows     string     `json:"rows"` // the program that reads the database
	Units    []unitView `json:"units"`
}

type unitView struct {
	Name string `json:"name"`
	PID  int    `json:"pid"`
	Addr string `json:"addr"`
	Down string `json:"down,omitempty"` // how it ended; "" while it runs
}

// remote is the shop as another command reaches it.
type remote struct {
	client *http.Client
	pid    int
}

// shop is the one that is open.
func (p *place) shop(ctx context.Context) (*remote, shopView, error) {
	closed := hint.New(hint.Usage, "make shop, in another terminal", "no shop is open")
	text, err := os.ReadFile(filepath.Join(p.root, "work", shopFile))
	if err != nil {
		return nil, shopView{}, closed
	}
	var at address
	if json.Unmarshal(text, &at) != nil {
		return nil, shopView{}, closed
	}
	r := &remote{pid: at.PID, client: &http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			var d net.Dialer
			return d.DialContext(ctx, "unix", at.Socket)
		},
	}}}
	var v shopView
	// A file that a shop has left behind leads nowhere.
	if err := r.do(ctx, "GET", "shop", &v); err != nil {
		return nil, v, closed
	}
	return r, v, nil
}

// noShop refuses a second one: one file names it, for start and make order.
func (p *place) noShop(ctx context.Context) error {
	if r, _, err := p.shop(ctx); err == nil {
		return hint.New(hint.Setup, "order from it, make order; or close it there, with Ctrl-C", "a shop is open already: pid %d", r.pid)
	}
	return nil
}

func (r *remote) do(ctx context.Context, method, path string, into any) error {
	body, err := r.ask(ctx, method, path)
	if err != nil {
		return err
	}
	return json.Unmarshal(body, into)
}

// ask is the shop's answer as it comes.
func (r *remote) ask(ctx context.Context, method, path string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, method, "http://shop/"+path, nil)
	if err != nil {
		return nil, err
	}
	resp, err := r.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode == http.StatusOK {
		return body, err
	}
	var t web.Refused
	if err := json.Unmarshal(body, &t); err != nil {
		return nil, fmt.Errorf("the shop answered with status %d", resp.StatusCode)
	}
	return nil, t.Err()
}

// gone tells that the shop was closed meanwhile from what it has answered.
func gone(ctx context.Context, err error) error {
	var known *hint.Error
	if errors.As(err, &known) || ctx.Err() != nil {
		return err
	}
	return hint.New(hint.Setup, "make shop opens a new one", "the shop was closed, and its orders with it")
}
