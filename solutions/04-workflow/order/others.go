package order

// The types in this file are the inputs and outputs of the other services. A call
// finds a service by its name, even if the service runs in another program.

// Charge is the input of Payment/ProcessPayment. The payment's object key is pay-
// and the order's id.
type Charge struct {
	OrderID     string `json:"order_id"`
	AmountCents int64  `json:"amount_cents"`
	Token       string `json:"token"`
}

// Refund is the input of Payment/Refund, which has the same object key.
type Refund struct {
	OrderID     string `json:"order_id"`
	AmountCents int64  `json:"amount_cents"`
}

// Payment is the output of both.
type Payment struct {
	PaymentID string `json:"payment_id"`
}

// Parcel is the input of Shipping/CreateShipment. The shipment's object key is ship-
// and the order's id.
type Parcel struct {
	OrderID string `json:"order_id"`
}

// Shipment is the output of Shipping/CreateShipment.
type Shipment struct {
	ShipmentID string `json:"shipment_id"`
}

// Receipt is the input of Receipts/Send, which sends the customer an email and has
// no output.
type Receipt struct {
	OrderID     string `json:"order_id"`
	SKU         string `json:"sku"`
	Quantity    int64  `json:"quantity"`
	AmountCents int64  `json:"amount_cents"`
}

// receipt returns the input of Receipts/Send for this order.
func (r Request) receipt(id string) Receipt {
	return Receipt{OrderID: id, SKU: "order", Quantity: 1, AmountCents: r.AmountCents}
}
