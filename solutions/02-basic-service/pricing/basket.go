package pricing

import (
	restate "github.com/restatedev/sdk-go"
	//|
	//| "example.com/workbook/lessons/shop/todo"
)

// Skus are what is in somebody's basket.
type Skus struct {
	SKUs []string `json:"skus"`
}

// Basket says what one piece of each sku costs, in cents. All prices are asked
// for at once.
func (Pricing) Basket(ctx restate.Context, b Skus) (map[string]int64, error) {
	//| // TODO 2.3: a step for each sku, all of them under way together; then collect what
	//| // they answered.
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

// collect is what the steps have answered, by sku. Nothing to edit here.
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
