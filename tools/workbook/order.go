package main

import (
	"context"
	"strconv"
	"strings"

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

// place places an order and says so.
func (f *follower) place(ctx context.Context, o *order, c orderCmd) error {
	if err := f.placer.place(ctx, o, c); err != nil {
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
