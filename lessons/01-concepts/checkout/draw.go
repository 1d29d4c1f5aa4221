package checkout

import (
	"math/rand/v2"

	restate "github.com/restatedev/sdk-go"

	"example.com/workbook/lessons/shop/outside"
)

// Basket is what a customer is about to buy.
type Basket struct {
	OrderID string   `json:"order_id"`
	SKUs    []string `json:"skus"`
}

// Draw is the lucky draw: each item has an even chance to win. The price of
// each item that won is looked up, and half of it is the discount, in cents.
func (Checkout) Draw(ctx restate.Context, b Basket) (discounts map[string]int64, err error) {
	discounts = map[string]int64{}
	for _, sku := range b.SKUs {
		// TODO 1.4: the number decides which steps follow, so a replay must see the
		// same number again.
		won := rand.IntN(2) == 0
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
