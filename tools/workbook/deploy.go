package main

import (
	"context"
	"fmt"
	"strings"

	"example.com/workbook/tools/shop/client"
)

type deployCmd struct{}

// Run makes the open shop deploy version 2 of its program next to version 1.
func (c deployCmd) Run(ctx context.Context, p *place) error {
	shop, _, err := client.Dial(ctx, p.root)
	if err != nil {
		return err
	}
	said, err := shop.Deploy(ctx)
	if err != nil {
		return err
	}
	fmt.Println(strings.Join(said, "\n"))
	return nil
}
