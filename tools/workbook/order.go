package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"example.com/workbook/tools/hint"
)

type orderCmd struct {
	N      int    `name:"n" default:"1" help:"How many orders."`
	Rolls  string `placeholder:"12,38,82" help:"What the gateway is to roll for each; after that, chance."`
	Token  string `enum:"tok_ok,tok_declined" default:"tok_ok" help:"Stands for a card: tok_ok, or tok_declined."`
	Amount int64  `default:"2500" help:"In cents; from 100000 on somebody must approve it."`
}

const (
	mostOrders   = 500
	mostCents    = 99_999_999
	approvalFrom = 100_000 // as the workflow has it
)

// Run places orders and follows them to their ends.
func (c orderCmd) Run(p *place) error {
	rolls, err := c.check()
	if err != nil {
		return err
	}
	ctx, stop := untilStopped()
	defer stop()
	shop, view, err := p.shop(ctx)
	if err != nil {
		return err
	}
	if err := view.complete(); err != nil {
		return err
	}
	f := newFollower(shop, view)
	err = f.follow(ctx, c, rolls)
	if ctx.Err() != nil {
		f.leave()
		return nil
	}
	return err
}

// check refuses what no order can be made of, before anything is asked.
func (c orderCmd) check() (rolls []int, err error) {
	switch {
	case c.N < 1 || c.N > mostOrders:
		return nil, hint.New(hint.Usage, "for example: make order N=20", "1 to %d orders, not %d", mostOrders, c.N)
	case c.Amount < 1 || c.Amount > mostCents:
		return nil, hint.New(hint.Usage, "for example: make order AMOUNT=2500", "an order is 1 to %d cents, not %d", mostCents, c.Amount)
	case c.Rolls == "":
		return nil, nil
	}
	for _, word := range strings.Split(c.Rolls, ",") {
		roll, err := strconv.Atoi(strings.TrimSpace(word))
		if err != nil || roll < 0 || roll > 99 {
			return nil, hint.New(hint.Usage, "for example: make order ROLLS=12,38,82", "%q is not a roll of the gateway's: 0 to 99", word)
		}
		rolls = append(rolls, roll)
	}
	return rolls, nil
}

// complete refuses to place what needs a process that is down. The program need
// not be there: Restate keeps the order.
func (v shopView) complete() error {
	for _, u := range v.Units {
		if u.Down != "" && u.Name != "program" {
			return hint.New(hint.Setup, startCommand(u.Name), "nothing was ordered: %s is down", u.Name)
		}
	}
	return nil
}

// number gives the orders their ids.
func (f *follower) number(ctx context.Context, n int, rolls []int) (all []*order, err error) {
	for range n {
		id, err := f.newID(ctx)
		if err != nil {
			return nil, gone(ctx, err)
		}
		all = append(all, newOrder(id, rolls))
	}
	return all, nil
}

// place places an order, with its rolls.
func (f *follower) place(ctx context.Context, o *order, c orderCmd) error {
	body, err := json.Marshal(map[string]any{"customer_id": "c-1", "amount_cents": c.Amount, "token": c.Token})
	if err != nil {
		return err
	}
	if err := f.script(ctx, o); err != nil {
		return hint.New(hint.Setup, "look at the shop's terminal", "order %s was not placed: %w", o.id, err)
	}
	o.placed = time.Now()
	if err := f.send(ctx, o, string(body)); err != nil {
		return err
	}
	f.say(o, o.placed, "placed: %d cents, %s", c.Amount, c.Token)
	if c.Amount >= approvalFrom {
		f.say(o, o.placed, "waits for approval: %s", call{"Order/" + o.id + "/Approve", `{"approved":true}`}.curl(f.view.Ingress))
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.orders = append(f.orders, o)
	return nil
}

// newID is an order's id that this shop has not seen: somebody may have ordered
// with curl.
func (f *follower) newID(ctx context.Context) (string, error) {
	for {
		var n int
		if err := f.shop.do(ctx, "POST", "orders?n=1", &n); err != nil {
			return "", err
		}
		id := fmt.Sprintf("o-%d", n)
		var known []struct{ ID string }
		err := f.admin.Query(ctx, "SELECT id FROM sys_invocation WHERE target_service_name = 'Order' AND target_service_key = '"+id+"' LIMIT 1", &known)
		if err != nil || len(known) == 0 {
			return id, err
		}
	}
}

// send has Restate take the order; it does not wait for its end.
func (f *follower) send(ctx context.Context, o *order, body string) error {
	status, answer, err := f.ask(ctx, "POST", "Order/"+o.id+"/CreateOrder/send", body)
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
func (f *follower) ask(ctx context.Context, method, path, body string) (status int, answer []byte, err error) {
	req, err := http.NewRequestWithContext(ctx, method, "http://"+f.view.Ingress+"/"+path, strings.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	if body != "" {
		req.Header.Set("content-type", "application/json")
	}
	resp, err := f.client.Do(req)
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
