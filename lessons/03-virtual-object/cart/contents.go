package cart

// Wanted is the input of Add: the item to put into the cart.
type Wanted struct {
	SKU      string `json:"sku"`
	Quantity int64  `json:"quantity"` // 0 means 1
}

// Contents is the contents of a cart. The zero value is an empty cart.
type Contents struct {
	Items       map[string]int64 `json:"items"` // quantity by sku
	AmountCents int64            `json:"amount_cents"`
}

// with returns the contents with the wanted item added, at the given price.
func (c Contents) with(w Wanted, p Price) Contents {
	quantity := max(w.Quantity, 1)
	items := map[string]int64{w.SKU: quantity}
	for sku, n := range c.Items {
		items[sku] += n
	}
	return Contents{Items: items, AmountCents: c.AmountCents + quantity*p.AmountCents}
}

// Item and Price are the input and the answer of Pricing/Quote.
type Item struct {
	SKU string `json:"sku"`
}

type Price struct {
	SKU         string `json:"sku"`
	AmountCents int64  `json:"amount_cents"`
}
