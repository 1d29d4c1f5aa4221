// Package sandbox implements the outside world of the shop: payment gateway,
// carrier, warehouse and mail, in a process of its own with a ledger on disk. The
// ledger records every request and every effect, independently of the learner's
// process and of Restate.
//
// # Requests of the shop
//
// JSON over HTTP on loopback. Header Idempotency-Key carries the key, where
// there is one: 1 to 255 printable characters. Ids match [A-Za-z0-9._-]{1,64}.
// Amounts are int64 cents.
//
//	reserve  POST /warehouse/reservations  {"order_id","sku"}                  200 {"reservation_id"}
//	price    GET  /warehouse/prices/{sku}                                      200 {"sku","amount_cents"} | 404
//	charge   POST /gateway/charges         {"order_id","amount_cents","token"} 200 {"charge_id","status":"charged","amount_cents","roll","fails_below"?}
//	                                                                           402 {"status":"declined","reason","roll"}
//	                                                                           410 {"status":"void","reason"}
//	                                                                           503 {"status":"unavailable","reason","roll","fails_below"}
//	lookup   GET  /gateway/charges/{key}                                       200 {"key","status","charge_id","amount_cents"} | 404
//	refund   POST /gateway/refunds         {"key"}                             200 {"key","status","charge_id","amount_cents"}
//	ship     POST /carrier/shipments       {"order_id","address"?}             200 {"tracking_id"}
//	mail     POST /mail/messages           {"order_id","kind","charge_id"?,"text"?} 200 {"message_id"}
//
// The word on the left is the request's [Kind]. Its subject is the order. For a
// price it is the sku, and for a lookup or a refund it is the order that the key
// came with, or the key itself if no charge came with it. The key of a refund is
// the charge's key in the body; its Idempotency-Key header is not read.
//
// A price is a fixed function of the sku, see [PriceOf]. A sku that begins with
// "nope" has no price: 404. The only tokens are tok_ok and tok_declined.
//
// # Keys
//
// A final answer (200, 402, 422) is kept under kind and key, and returned again
// for the same body; another body gets 409. A 5xx is not kept: nothing was done,
// and the same key gets a new roll. Without a key every accepted request is a new
// effect.
//
// A refund by key returns the money. If the key was never finally answered, the
// refund voids the key, and a late charge gets 410, status "void". A second refund
// does nothing. If the charge was declined there is nothing to refund or to void:
// status "declined". A charge that is repeated after its refund gets its kept
// answer, unchanged; a lookup returns that it was refunded.
//
// # Rolls
//
// The gateway rolls a number from 0 to 99 for each charge without a kept answer,
// and fails with 503 when the roll is below its failure percentage. Roll n of a
// key is [Roll] of seed, key and n, or of the order if there is no key, whatever
// else runs. Scripted rolls come first.
//
// # The ledger
//
// One JSON line for each fact, see [Entry]. Every request has a line when it
// arrives and one when it is answered or dropped. An effect has a line of its own,
// which is on disk before anything is answered. A malformed request (4xx,
// {"error"}) has one line, refused. A ledger that exists is read back: kept
// answers, voids and roll counts survive the process, even a SIGKILL; rules do
// not.
//
// # Control
//
// The checker controls the sandbox and waits for it through [Client]. A hold stops
// a request before or after it acts, or loses its answer. A request that waits
// before it acts (held, at a barrier or in its latency) is dropped when its caller
// goes away. An empty kind or subject matches everything, and a key can be given
// as a subject.
package sandbox
