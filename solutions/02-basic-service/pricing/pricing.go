// Package pricing knows what things cost: it asks the warehouse.
package pricing

//task 2.1
import restate "github.com/restatedev/sdk-go"

//end

// Pricing is a Restate service. Restate calls it what Go calls the type.
type Pricing struct{}

//| // TODO 2.1: write Quote, a handler of Pricing, and the types of its question,
//| // {"sku"}, and of its answer, {"sku","amount_cents"}. It asks the warehouse in a
//| // step; lookUp, in warehouse.go, is the function for that step.

//task 2.1

// Item is what has a price.
type Item struct {
	SKU string `json:"sku"`
}

// Price is what an item costs.
type Price struct {
	SKU         string `json:"sku"`
	AmountCents int64  `json:"amount_cents"`
}

// Quote says what one piece of an item costs.
func (Pricing) Quote(ctx restate.Context, i Item) (Price, error) {
	cents, err := restate.Run(ctx, func(rc restate.RunContext) (int64, error) {
		return lookUp(rc, i.SKU)
	}, restate.WithName("price"))
	if err != nil {
		return Price{}, err
	}
	return Price{SKU: i.SKU, AmountCents: cents}, nil
}

//end
