package checkout

import "example.com/workbook/lessons/shop/outside"

// Order is a customer's order for one thing.
type Order struct {
	ID          string `json:"order_id"`
	SKU         string `json:"sku"`
	AmountCents int64  `json:"amount_cents"`
	Token       string `json:"token"` // stands for the customer's card
}

// Receipt is what the customer gets back.
type Receipt struct {
	OrderID  string `json:"order_id"`
	ChargeID string `json:"charge_id"`
}

// purchase returns what outside.Charge takes.
func (o Order) purchase() outside.Purchase {
	return outside.Purchase{OrderID: o.ID, AmountCents: o.AmountCents, Token: o.Token}
}

// receipt returns what outside.Mail takes: an email about this charge.
func (o Order) receipt(chargeID string) outside.Message {
	return outside.Message{OrderID: o.ID, Kind: "receipt", ChargeID: chargeID}
}
