// Package outside sends requests to the world outside of the shop: to the warehouse for
// prices and stock, to the gateway for money, to the carrier for a shipment, and to the
// mail service for an email. Each call is one HTTP request. The outside world keeps a
// ledger with a line for each request. For example, [Charge] leaves the line
// `charge o-1 2500 cents, key 5f3c…: accepted`.
//
// The first parameter of every function is a context. Inside a step, pass the context of
// the step, restate.RunContext.
//
// The functions that cause an effect have an idempotency key as their second parameter: a
// name for this one effect. For two requests with the same key, the outside world causes
// one effect and gives the same answer twice. With "" the request has no key, and every
// request is a new effect. A key helps only if the other side honors it, as this outside
// world does.
//
// Every error is an [*Error], and of one of two sorts. [IsRefused] reports that the
// answer is final: a second request would be refused too. [IsUnavailable] reports that
// the outcome is unknown: the effect may or may not have happened. Send the request again,
// with the same key.
//
// SANDBOX_URL is the address of the outside world; the default is http://127.0.0.1:9090. A
// call that takes longer than OUTSIDE_TIMEOUT (30s by default) fails as unavailable.
package outside
