package receipts

import (
	"fmt"

	"example.com/workbook/lessons/shop/outside"
)

// Order is the input of Compose.
type Order struct {
	OrderID      string `json:"order_id"`
	SKU          string `json:"sku"`
	Quantity     int64  `json:"quantity"`
	Mail         bool   `json:"mail"`          // whether to email the receipt
	DelaySeconds int64  `json:"delay_seconds"` // how long to wait before the email
}

// Receipt is the answer of Compose, and the input of Send.
type Receipt struct {
	OrderID     string `json:"order_id"`
	SKU         string `json:"sku"`
	Quantity    int64  `json:"quantity"`
	AmountCents int64  `json:"amount_cents"` // for all pieces together
}

// message returns what outside.Mail takes.
func (r Receipt) message() outside.Message {
	text := fmt.Sprintf("%d x %s: %d cents", r.Quantity, r.SKU, r.AmountCents)
	return outside.Message{OrderID: r.OrderID, Kind: "receipt", Text: text}
}
