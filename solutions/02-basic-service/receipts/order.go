package receipts

import (
	"fmt"

	"example.com/workbook/lessons/shop/outside"
)

// Order is what Compose is asked to write a receipt for.
type Order struct {
	OrderID      string `json:"order_id"`
	SKU          string `json:"sku"`
	Quantity     int64  `json:"quantity"`
	Mail         bool   `json:"mail"`          // mail the receipt to the customer,
	DelaySeconds int64  `json:"delay_seconds"` // so many seconds from now
}

// Receipt says what an order costs.
type Receipt struct {
	OrderID     string `json:"order_id"`
	SKU         string `json:"sku"`
	Quantity    int64  `json:"quantity"`
	AmountCents int64  `json:"amount_cents"` // for all the pieces together
}

func (r Receipt) message() outside.Message {
	text := fmt.Sprintf("%d x %s: %d cents", r.Quantity, r.SKU, r.AmountCents)
	return outside.Message{OrderID: r.OrderID, Kind: "receipt", Text: text}
}
