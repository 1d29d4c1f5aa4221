package cart

// Wanted is what Add is asked to put into the cart.
type Wanted struct {
	SKU      string `json:"sku"`
	Quantity int64  `json:"quantity"` // 1 when it is left out
}

// Contents is what is in a cart. The zero value is an empty one.
type Contents struct {
	Items       map[string]int64 `json:"items"` // how many of each sku
	AmountCents int64            `json:"amount_cents"`
}

// with is the contents and what is wanted besides, at a price.
func (c Contents) with(w Wanted, p Price) Contents {
	quantity := max(w.Quantity, 1)
	items := map[string]int64{w.SKU: quantity}
	for sku, n := range c.Items {
		items[sku] += n
	}
	return Contents{Items: items, AmountCents: c.AmountCents + quantity*p.AmountCents}
}

// Item and Price are what Pricing/Quote takes and answers.
type Item struct {
	SKU string `json:"sku"`
}

type Price struct {
	SKU         string `json:"sku"`
	AmountCents int64  `json:"amount_cents"`
}
