// Package sandbox implements the outside world of the shop: the payment gateway, the carrier, the
// warehouse and the mail. The sandbox runs in a process of its own, and keeps a ledger on disk. The
// ledger records every request and every effect, and depends neither on the learner's process nor on
// Restate.
//
// # Requests of the shop
//
// The requests are JSON over HTTP on loopback. If a request has an idempotency key, the header
// Idempotency-Key carries it; a key has 1 to 255 printable characters. Ids match
// [A-Za-z0-9._-]{1,64}. Amounts are int64 cents.
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
// The word on the left is the request's [Kind]. The subject of a request is the order. The subject
// of a price is the sku. The subject of a lookup or a refund is the order of the charge with that
// key, or the key itself if there is no such charge. A refund has the charge's key in its body; the
// sandbox does not read its Idempotency-Key header.
//
// A price is a fixed function of the sku, see [PriceOf]. A sku that begins with "nope" has no
// price, and gets 404. The only tokens are tok_ok and tok_declined.
//
// # Keys
//
// The sandbox keeps a final answer (200, 402, 422) for each kind and key. A request with the same
// key and the same body gets the kept answer, and a request with another body gets 409. An answer
// of 5xx is not kept, since nothing was done; the next charge with this key gets a new roll.
// Without a key, every accepted request is a new effect.
//
// A refund by key returns the money. If the key has no final answer, the refund voids the key, and
// a late charge gets 410, status "void". A second refund does nothing. If the charge was declined,
// there is nothing to refund or to void: the refund gets status "declined". A charge that is
// repeated after its refund gets its kept answer unchanged, and a lookup answers that the charge
// was refunded.
//
// # Rolls
//
// The gateway rolls a number from 0 to 99 for each charge without a kept answer, and fails with 503
// if the roll is below its failure percentage. The n-th roll of a key is [Roll] of the seed, the
// key and n. For a charge without a key, the order takes the place of the key. Other requests do
// not change a roll. If the checker has set rolls, these come first.
//
// # The ledger
//
// The ledger has one JSON line for each fact, see [Entry]. Every request has a line for its arrival,
// and a line for its answer or its drop. An effect has a line of its own, which is on disk before
// the request is answered. A malformed request (4xx, {"error"}) has one line, refused. At its
// start, the sandbox reads the ledger if there is one. So kept answers, voids and the number of
// rolls survive the process, even a SIGKILL. The rules of the checker do not survive.
//
// # Control
//
// The checker controls the sandbox with a [Client], and waits for the sandbox's state with it. A
// hold stops a request before or after it acts, or loses its answer. A request that waits before it
// acts (at a hold, at a barrier, or in its latency) is dropped if its caller goes away. An empty
// kind or subject matches everything. In the place of a subject, a key can be given.
package sandbox
