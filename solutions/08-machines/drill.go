package main

import (
	"context"
	"fmt"
	"strconv"
	"sync"

	"example.com/workbook/lessons/shop/env"
	"example.com/workbook/solutions/08-machines/client"
)

// clients is how many clients place orders at the same time.
const clients = 8

// drill places the orders ID-1 to ID-N, and prints how many were answered. The first error ends
// the drill.
func drill(ctx context.Context, id, number string) error {
	n, err := strconv.Atoi(number)
	if err != nil {
		return err
	}
	settings := env.ReadClient()
	ctx, cancel := context.WithTimeout(ctx, settings.Place)
	defer cancel()
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	orders := make(chan string)
	var all sync.WaitGroup
	for range clients {
		all.Go(func() {
			c := &client.Client{Nodes: settings.Nodes, Limit: settings.Try, Pause: pause}
			for order := range orders {
				if _, err := c.Place(ctx, order, []byte(`{"customer_id":"ann","amount_cents":2500,"token":"tok_ok"}`)); err != nil {
					fail(fmt.Errorf("%s: %w", order, err))
				}
			}
		})
	}
	for i := 1; i <= n && ctx.Err() == nil; i++ {
		orders <- fmt.Sprintf("%s-%d", id, i)
	}
	close(orders)
	all.Wait()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	fmt.Printf(`{"answered":%d}`+"\n", n)
	return nil
}
