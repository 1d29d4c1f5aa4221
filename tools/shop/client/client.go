// Package client reaches the open shop from other commands: it finds the shop, places
// orders in it, and follows them to their ends.
package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/web"
)

// Address is where the open shop listens to other commands. The shop writes it
// to the file that [AddressFile] names.
type Address struct {
	PID    int    `json:"pid"`
	Socket string `json:"socket"`
}

// AddressFile returns the path of the file with the open shop's address.
func AddressFile(root string) string { return filepath.Join(root, "work", ".shop.json") }

// View is the shop as it is at one moment.
type View struct {
	Version  int      `json:"version"` // how often a unit went down or came up
	Ingress  []string `json:"ingress"` // host:port of each node
	Admin    []string `json:"admin"`
	Sandbox  string   `json:"sandbox"`
	Database string   `json:"database"`
	Rows     string   `json:"rows"` // the program that reads the database
	Units    []Unit   `json:"units"`

	Versions []Version `json:"versions"` // of the program, the oldest first
}

// Version is one version of the shop's program.
type Version struct {
	N          int    `json:"n"`
	Deployment string `json:"deployment"` // its id, known where there are two versions
}

// Unit is one of the shop's processes.
type Unit struct {
	Name string `json:"name"`
	PID  int    `json:"pid"`
	Addr string `json:"addr"`
	Down string `json:"down,omitempty"` // how it ended; "" while it runs
	Note string `json:"note,omitempty"` // what to say of it besides, once it is started again
}

// UnitNames are the names of the processes of a shop with one server, in the order of their
// start.
var UnitNames = []string{"restate", "sandbox", "program"}

// ManyNames are the names of the processes of a shop with three nodes.
var ManyNames = []string{"node-1", "node-2", "node-3", "postgres", "sandbox", "copy-1", "copy-2"}

// NodeName returns the name of a node's process, counted from 0.
func NodeName(i int) string { return fmt.Sprintf("node-%d", i+1) }

// isNode reports whether a process is one of three nodes of restate-server.
func isNode(name string) bool { return strings.HasPrefix(name, "node-") }

// isCopy reports whether a process is one of two copies of the program.
func isCopy(name string) bool { return strings.HasPrefix(name, "copy-") }

// SecondUnit is the name of the process of version 2, once there is one.
const SecondUnit = "program-2"

// StartCommand returns the command that starts one of the shop's processes.
func StartCommand(name string) string { return "go tool workbook start " + name }

// CheckTakesOrders returns an error when a process that is down keeps an order from being
// placed. The program and the database need not be there: Restate keeps the order. Of three
// nodes, two have to be.
func (v View) CheckTakesOrders() error {
	var nodes []Unit
	for _, u := range v.Units {
		switch {
		case u.Down == "":
		case u.Name == "restate", u.Name == "sandbox":
			return hint.New(hint.Setup, StartCommand(u.Name), "nothing was ordered: %s is down", u.Name)
		case isNode(u.Name):
			nodes = append(nodes, u)
		}
	}
	if 2*len(nodes) > len(v.Ingress) {
		return hint.New(hint.Setup, StartCommand(nodes[0].Name), "nothing was ordered: %d of %d nodes are down, and the others have no majority", len(nodes), len(v.Ingress))
	}
	return nil
}

// Failed is an attempt that ended in an error.
type Failed struct {
	At   time.Time      // when it ended
	Next *time.Duration // after which it asked to be tried again; nil leaves that to Restate
}

// Shop is the open shop.
type Shop struct {
	client *http.Client
	pid    int
}

// Dial finds the shop that is open in the workbook at root.
func Dial(ctx context.Context, root string) (*Shop, View, error) {
	closed := hint.New(hint.Usage, "make shop, in another terminal", "no shop is open")
	text, err := os.ReadFile(AddressFile(root))
	if err != nil {
		return nil, View{}, closed
	}
	var at Address
	if json.Unmarshal(text, &at) != nil {
		return nil, View{}, closed
	}
	s := &Shop{pid: at.PID, client: &http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			var d net.Dialer
			return d.DialContext(ctx, "unix", at.Socket)
		},
	}}}
	var v View
	// A file that a shop has left behind leads nowhere.
	if err := s.decode(ctx, "GET", "shop", &v); err != nil {
		if errors.Is(err, syscall.ENOENT) && syscall.Kill(at.PID, 0) == nil {
			// Some systems remove old files from the folder for temporary files.
			return nil, v, hint.New(hint.Setup, "close the shop with Ctrl-C, if one is open, then: make shop; another folder: export TMPDIR=/a/folder/of/yours",
				"no shop answers: something has removed %s", at.Socket)
		}
		return nil, v, closed
	}
	return s, v, nil
}

// CheckNoneOpen returns an error when a shop is open already. There can be one
// only, since one file names it.
func CheckNoneOpen(ctx context.Context, root string) error {
	if s, _, err := Dial(ctx, root); err == nil {
		return hint.New(hint.Setup, "order from it, make order; or close it there, with Ctrl-C", "a shop is open already: pid %d", s.pid)
	}
	return nil
}

// ViewAfter waits until a unit has gone down or come up since version.
func (s *Shop) ViewAfter(ctx context.Context, version int) (v View, err error) {
	err = s.decode(ctx, "GET", fmt.Sprintf("shop?after=%d", version), &v)
	return v, closedError(ctx, err)
}

// NextNumber returns the number of the next order.
func (s *Shop) NextNumber(ctx context.Context) (n int, err error) {
	err = s.decode(ctx, "POST", "orders", &n)
	return n, closedError(ctx, err)
}

// Start asks the shop to start a unit that is down.
func (s *Shop) Start(ctx context.Context, name string) (u Unit, err error) {
	err = s.decode(ctx, "POST", "start/"+name, &u)
	return u, closedError(ctx, err)
}

// Deploy asks the shop to deploy version 2 of its program, and returns what the shop says
// about it, in lines.
func (s *Shop) Deploy(ctx context.Context) (said []string, err error) {
	err = s.decode(ctx, "POST", "deploy", &said)
	return said, closedError(ctx, err)
}

// recording returns what the shop has done so far, for one order or, where order is
// "", for all.
func (s *Shop) recording(ctx context.Context, title, order string) ([]byte, error) {
	q := url.Values{"title": {title}, "order": {order}}
	text, err := s.request(ctx, "GET", "recording?"+q.Encode())
	return text, closedError(ctx, err)
}

// failedAttempts returns the failed attempts on an object key, in order.
func (s *Shop) failedAttempts(ctx context.Context, key string) (all []Failed, err error) {
	err = s.decode(ctx, "GET", "failed?"+url.Values{"key": {key}}.Encode(), &all)
	return all, err
}

// decode requests a path, and decodes the answer.
func (s *Shop) decode(ctx context.Context, method, path string, into any) error {
	body, err := s.request(ctx, method, path)
	if err != nil {
		return err
	}
	return json.Unmarshal(body, into)
}

// request returns the shop's answer as it comes.
func (s *Shop) request(ctx context.Context, method, path string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, method, "http://shop/"+path, nil)
	if err != nil {
		return nil, err
	}
	resp, err := s.client.Do(req)
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

// closedError returns an error of the connection as what it means, that the shop
// was closed. Other errors, and nil, stay as they are.
func closedError(ctx context.Context, err error) error {
	var known *hint.Error
	if err == nil || errors.As(err, &known) || ctx.Err() != nil {
		return err
	}
	return hint.New(hint.Setup, "make shop opens a new one", "the shop was closed, and its orders with it")
}
