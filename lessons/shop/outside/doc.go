// Package outside asks the world beyond the shop for things: the warehouse for
// prices and stock, the gateway for money, the carrier for a shipment, the mail
// for a message. Each call is one request over HTTP, and each function bears the
// word that the outside world's ledger has for it: [Charge] leaves the line
// `charge o-1 2500 cents, key 5f3c…: accepted`.
//
// Every function takes a context first; inside a step that is the step's own,
// restate.RunContext. Those that do something take an idempotency key next: a
// name for *this one effect*. Asked twice with the same key, the outside world
// does it once and answers the same both times; with "" no key is sent, and
// every request is a new effect. What a key can't do is work where the other
// end does not honour it. This one does.
//
// An error is always an [*Error], of one of two sorts. [IsRefused]: the answer
// is no, and stays no. [IsUnavailable]: there was no answer that settles it, so
// it may or may not have been done; ask again, with the same key.
//
// The address is in SANDBOX_URL, else http://127.0.0.1:9090. A call that takes
// longer than OUTSIDE_TIMEOUT, else 30s, ends as unavailable.
package outside
