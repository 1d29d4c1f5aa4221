// Package sandbox is the outside world of the shop: payment gateway, carrier,
// warehouse and mail, in a process of its own with a ledger on disk. What the
// ledger says was done, was done; neither the learner's process nor Restate
// can bend it.
//
// # What the shop asks
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
// The word at the left is the request's [Kind]. Its subject is the order; for
// a price it is the sku; for a lookup or a refund the order that the key came
// with, or the key itself where no charge ever came with it. A refund's key is
// the charge's, in the body; its Idempotency-Key header is not read.
//
// A price is a fixed function of the sku, see [PriceOf]; a sku that begins with
// "nope" has none: 404. Tokens are tok_ok and tok_declined, nothing else.
//
// # Keys
//
// A final answer (200, 402, 422) is kept under kind and key, and given again
// to the same body; another body gets 409. A 5xx is not kept: nothing was done
// and the same key rolls anew. Without a key every accepted request is a new
// effect.
//
// A refund by key gives the money back; where the key was never finally
// answered it voids the key, and a charge that comes late gets 410, status
// "void". Twice is once. Where the charge was declined there is nothing to give
// back and nothing to void: status "declined". A charge asked again after its
// refund gets its kept answer, as it was; lookup says that it was refunded.
//
// # Rolls
//
// The gateway throws 0 to 99 for each charge that it does not answer from
// memory, and fails with 503 when the roll is below its failure percentage.
// Roll n of a key is [Roll] of seed, key and n, or of the order where there is
// no key, whatever else runs. Scripted rolls come first.
//
// # The ledger
//
// One JSON line a fact, see [Entry]. Every request has a line when it arrives
// and one when it is answered or dropped; what was done has a line of its own,
// the effect, which is on the disk before anything is answered. A bad request
// (4xx, {"error"}) leaves one refused line. A ledger that exists is read back:
// kept answers, voids and roll counts outlive the process, even a SIGKILL;
// holds and scripts don't.
//
// # Control
//
// The checker scripts the world and waits for it through [Client]. A hold stops
// a request before it acts or after it acted, or lets its answer get lost; a request that waits before it
// acts (held, at a barrier or in its latency) is dropped when its caller goes
// away. Wherever a kind or a subject is asked for, "" is any, and a key will do
// for the subject.
package sandbox
