// Package pricing has the service that knows prices: it asks the warehouse.
package pricing

//task 2.1
import restate "github.com/restatedev/sdk-go"

//end

// Pricing is a Restate service. Its name in Restate is the name of this type.
type Pricing struct{}

//| // TODO 2.1: write the handler Quote, a method of Pricing, with a type for its input,
//| // {"sku":"book"}, and one for its answer, {"sku":"book","amount_cents":2500}. Call
//| // lookUp, in warehouse.go, in a step.

//task 2.1

// Item is the input of Quote.
type Item struct {
	SKU string `json:"sku"`
}

// Price is the answer of Quote.
type Price struct {
	SKU         string `json:"sku"`
	AmountCents int64  `json:"amount_cents"`
}

// Quote returns the price of one piece.
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
