package order

// What the other services take and answer. They are found by name, wherever
// they run.

// Charge is what Payment/ProcessPayment takes; the payment's key is pay- and
// the order's id.
type Charge struct {
	OrderID     string `json:"order_id"`
	AmountCents int64  `json:"amount_cents"`
	Token       string `json:"token"`
}

// Refund is what Payment/Refund takes, on the same key.
type Refund struct {
	OrderID     string `json:"order_id"`
	AmountCents int64  `json:"amount_cents"`
}

// Payment is what both answer.
type Payment struct {
	PaymentID string `json:"payment_id"`
}

// Parcel is what Shipping/CreateShipment takes; the shipment's key is ship- and
// the order's id.
type Parcel struct {
	OrderID string `json:"order_id"`
}

// Shipment is what it answers.
type Shipment struct {
	ShipmentID string `json:"shipment_id"`
}

// Receipt is what Receipts/Send takes. It mails it, and answers nothing.
type Receipt struct {
	OrderID     string `json:"order_id"`
	SKU         string `json:"sku"`
	Quantity    int64  `json:"quantity"`
	AmountCents int64  `json:"amount_cents"`
}

func (r Request) receipt(id string) Receipt {
	return Receipt{OrderID: id, SKU: "order", Quantity: 1, AmountCents: r.AmountCents}
}
