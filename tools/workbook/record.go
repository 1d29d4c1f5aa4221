package main

import (
	"context"

	"example.com/workbook/tools/shop/client"
)

type recordCmd struct {
	Name  string `placeholder:"two-charges" help:"Of the recording; the time if not said."`
	Title string `help:"What it is called on the page."`
	Order string `placeholder:"o-3" help:"One order alone; all of them if not said."`
}

// Run saves what the shop that is open has done so far.
func (c recordCmd) Run(ctx context.Context, p *place) error {
	return client.Recording{Name: c.Name, Title: c.Title, Order: c.Order}.Save(ctx, p.root)
}
