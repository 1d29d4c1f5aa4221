// Package pricing has the service that knows prices: it asks the warehouse.
package pricing

// Pricing is a Restate service. Its name in Restate is the name of this type.
type Pricing struct{}

// TODO 2.1: write the handler Quote, a method of Pricing, with a type for its input,
// {"sku":"book"}, and one for its answer, {"sku":"book","amount_cents":2500}. Call
// lookUp, in warehouse.go, in a step.
