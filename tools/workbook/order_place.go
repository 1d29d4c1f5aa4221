package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/restate"
	"example.com/workbook/tools/sandbox"
)

// placer places orders.
type placer struct {
	number  func(context.Context) (int, error) // of the next order
	admin   *restate.Admin
	outside *sandbox.Client
	client  *http.Client // of the ingress
	ingress string       // host:port
}

// named gives n orders their ids.
func (p placer) named(ctx context.Context, n int, rolls []int) (all []*order, err error) {
	for range n {
		id, err := p.newID(ctx)
		if err != nil {
			return nil, err
		}
		all = append(all, newOrder(id, rolls))
	}
	return all, nil
}

// newID is an order's id that this shop has not seen: somebody may have ordered
// with curl.
func (p placer) newID(ctx context.Context) (string, error) {
	for {
		n, err := p.number(ctx)
		if err != nil {
			return "", err
		}
		id := fmt.Sprintf("o-%d", n)
		var known []struct{ ID string }
		err = p.admin.Query(ctx, "SELECT id FROM sys_invocation WHERE target_service_name = 'Order' AND target_service_key = '"+id+"' LIMIT 1", &known)
		if err != nil || len(known) == 0 {
			return id, err
		}
	}
}

// place has the gateway told what to roll for an order, and Restate take it.
func (p placer) place(ctx context.Context, o *order, c orderCmd) error {
	body, err := json.Marshal(map[string]any{"customer_id": "c-1", "amount_cents": c.Amount, "token": c.Token})
	if err != nil {
		return err
	}
	if err := p.script(ctx, o); err != nil {
		return hint.New(hint.Setup, "look at the shop's terminal", "order %s was not placed: %w", o.id, err)
	}
	o.placed = time.Now()
	return p.send(ctx, o, string(body))
}

// script has the gateway roll what the order was given, from where it is.
func (p placer) script(ctx context.Context, o *order, thrown ...int) error {
	if len(o.rolls) <= len(thrown) {
		return nil
	}
	if err := p.outside.Rolls(ctx, o.id, o.rolls[len(thrown):]...); err != nil {
		return fmt.Errorf("the gateway was not told what to roll: %w", err)
	}
	return nil
}

// send has Restate take the order; it does not wait for its end.
func (p placer) send(ctx context.Context, o *order, body string) error {
	status, answer, err := p.ask(ctx, "POST", "Order/"+o.id+"/CreateOrder/send", body)
	if err != nil {
		return hint.New(hint.Setup, "look at the shop's terminal", "order %s was not placed: %w", o.id, err)
	}
	if status >= 300 {
		return hint.New(hint.Setup, "look at the shop's terminal", "restate did not take order %s: status %d, %s", o.id, status, message(answer))
	}
	var taken struct {
		InvocationID string `json:"invocationId"`
	}
	err = json.Unmarshal(answer, &taken)
	o.invocation = taken.InvocationID
	return err
}

// ask is a request to the ingress.
func (p placer) ask(ctx context.Context, method, path, body string) (status int, answer []byte, err error) {
	req, err := http.NewRequestWithContext(ctx, method, "http://"+p.ingress+"/"+path, strings.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	if body != "" {
		req.Header.Set("content-type", "application/json")
	}
	resp, err := p.client.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer resp.Body.Close()
	answer, err = io.ReadAll(resp.Body)
	return resp.StatusCode, answer, err
}

// message is the text of an error of the ingress's.
func message(answer []byte) string {
	var m struct{ Message string }
	if json.Unmarshal(answer, &m) == nil && m.Message != "" {
		return m.Message
	}
	return strings.TrimSpace(string(answer))
}
