package checkout

import (
	//| "math/rand/v2"
	//|
	restate "github.com/restatedev/sdk-go"

	"example.com/workbook/lessons/shop/outside"
)

// Basket holds the items that a customer is about to buy.
type Basket struct {
	OrderID string   `json:"order_id"`
	SKUs    []string `json:"skus"`
}

// Draw is the lucky draw: for each item, a coin toss decides whether the item wins.
// Draw looks up the price of each winner. The discount is half of that price, in cents.
func (Checkout) Draw(ctx restate.Context, b Basket) (discounts map[string]int64, err error) {
	discounts = map[string]int64{}
	for _, sku := range b.SKUs {
		//| // TODO 1.4: this random number decides which steps follow. Take a number that is
		//| // the same on every attempt.
		//| won := rand.IntN(2) == 0
		//task 1.4
		won := restate.Rand(ctx).IntN(2) == 0
		//end
		if !won {
			continue
		}
		price, err := restate.Run(ctx, func(rc restate.RunContext) (int64, error) {
			return outside.Price(rc, sku)
		}, restate.WithName("price "+sku))
		if err != nil {
			return nil, err
		}
		discounts[sku] = price / 2
	}
	return discounts, nil
}
