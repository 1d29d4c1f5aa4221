// Package pricing knows what things cost: it asks the warehouse.
package pricing

// Pricing is a Restate service. Restate calls it what Go calls the type.
type Pricing struct{}

// TODO 2.1: write Quote, a handler of Pricing, and the types of its question,
// {"sku"}, and of its answer, {"sku","amount_cents"}. It asks the warehouse in a
// step; lookUp, in warehouse.go, is the function for that step.
