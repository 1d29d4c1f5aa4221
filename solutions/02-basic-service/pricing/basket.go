package pricing

import (
	restate "github.com/restatedev/sdk-go"
	//|
	//| "example.com/workbook/lessons/shop/todo"
)

// Skus is the content of a basket.
type Skus struct {
	SKUs []string `json:"skus"`
}

// Basket returns the price of one piece of each SKU, in cents. It asks the warehouse
// for all prices at the same time.
func (Pricing) Basket(ctx restate.Context, b Skus) (map[string]int64, error) {
	//| // TODO 2.3: make a step for each SKU with restate.RunAsync, start them all with
	//| // restate.Wait, and return what collect returns.
	//| return nil, todo.Task("2.3")
	//task 2.3
	steps := make([]restate.RunAsyncFuture[int64], len(b.SKUs))
	all := make([]restate.Future, len(b.SKUs))
	for i, sku := range b.SKUs {
		steps[i] = restate.RunAsync(ctx, func(rc restate.RunContext) (int64, error) {
			return lookUp(rc, sku)
		}, restate.WithName("price "+sku))
		all[i] = steps[i]
	}
	for _, err := range restate.Wait(ctx, all...) {
		if err != nil {
			return nil, err
		}
	}
	return collect(b.SKUs, steps)
	//end
}

// collect returns the results of the steps, by SKU. You do not edit this function.
func collect(skus []string, steps []restate.RunAsyncFuture[int64]) (map[string]int64, error) {
	prices := map[string]int64{}
	for i, step := range steps {
		cents, err := step.Result()
		if err != nil {
			return nil, err
		}
		prices[skus[i]] = cents
	}
	return prices, nil
}
