package pricing

import (
	restate "github.com/restatedev/sdk-go"

	"example.com/workbook/lessons/shop/todo"
)

// Skus is the content of a basket.
type Skus struct {
	SKUs []string `json:"skus"`
}

// Basket returns the price of one piece of each SKU, in cents. It asks the warehouse
// for all prices at the same time.
func (Pricing) Basket(ctx restate.Context, b Skus) (map[string]int64, error) {
	// TODO 2.3: make a step for each SKU with restate.RunAsync, start them all with
	// restate.Wait, and return what collect returns.
	return nil, todo.Task("2.3")
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
