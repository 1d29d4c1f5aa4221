package main

import (
	"context"

	"example.com/workbook/tools/shop/client"
)

type orderCmd struct {
	N      int    `name:"n" default:"1" help:"How many orders."`
	Rolls  string `placeholder:"12,38,82" help:"The gateway's first rolls for each order; later rolls are random."`
	Token  string `enum:"tok_ok,tok_declined" default:"tok_ok" help:"The card's token: tok_ok or tok_declined."`
	Amount int64  `default:"2500" help:"The amount in cents; from 100000 on a person must approve."`
}

// Run places orders and follows them to their ends.
func (c orderCmd) Run(ctx context.Context, p *place) error {
	order, err := c.order()
	if err != nil {
		return err
	}
	shop, view, err := client.Dial(ctx, p.root)
	if err != nil {
		return err
	}
	if err := view.CheckTakesOrders(); err != nil {
		return err
	}
	return client.Follow(ctx, shop, view, order)
}

func (c orderCmd) order() (client.Order, error) {
	order := client.Order{Count: c.N, Token: c.Token, Amount: c.Amount}
	if err := order.Check(); err != nil {
		return order, err
	}
	var err error
	order.Rolls, err = client.ParseRolls(c.Rolls)
	return order, err
}
