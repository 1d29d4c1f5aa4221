package main

import (
	"context"

	"example.com/workbook/tools/shop/client"
)

type recordCmd struct {
	Name  string `placeholder:"two-charges" help:"The recording's name; without it: the time of day."`
	Title string `help:"The recording's title on the page."`
	Order string `placeholder:"o-3" help:"Save only this order; without it: all orders."`
}

// Run saves what the shop that is open has done so far.
func (c recordCmd) Run(ctx context.Context, p *place) error {
	return client.Recording{Name: c.Name, Title: c.Title, Order: c.Order}.Save(ctx, p.root)
}
