package sandbox

import "net/http"

func (w *world) gateway(mux *http.ServeMux) {
	mux.HandleFunc("POST /gateway/charges", w.take(Charge, parseCharge))
	mux.HandleFunc("GET /gateway/charges/{key}", w.take(Lookup, parseLookup))
	mux.HandleFunc("POST /gateway/refunds", w.take(Refund, parseRefund))
}

// chargeReply is the gateway's answer to a charge.
type chargeReply struct {
	ChargeID    string `json:"charge_id,omitempty"`
	Status      string `json:"status"`
	AmountCents int64  `json:"amount_cents,omitempty"`
	Reason      string `json:"reason,omitempty"`
	Roll        *int   `json:"roll,omitempty"`
	FailsBelow  int    `json:"fails_below,omitempty"` // the rolls that the gateway fails at
}

// chargeState is what the gateway knows of a key.
type chargeState struct {
	Key         string `json:"key"`
	Status      string `json:"status"`
	ChargeID    string `json:"charge_id,omitempty"`
	AmountCents int64  `json:"amount_cents,omitempty"`
}

func parseCharge(_ *world, r *http.Request) (*ask, error) {
	var body struct {
		OrderID     string `json:"order_id"`
		AmountCents int64  `json:"amount_cents"`
		Token       string `json:"token"`
	}
	if err := decode(r, &body); err != nil {
		return &ask{}, err
	}
	e, err := keyed(r, body.OrderID, body)
	switch {
	case err != nil:
	case body.AmountCents <= 0:
		err = bad("amount_cents must be above 0")
	case body.Token != "tok_ok" && body.Token != "tok_declined":
		err = bad("unknown token")
	default:
		e.AmountCents, e.Token = body.AmountCents, body.Token
	}
	return &ask{Entry: e, act: charge}, err
}

func charge(w *world, ask Entry) Entry {
	if _, void := w.state.kept[slot{Void, ask.Key}]; void {
		out := ask.answer(http.StatusGone, chargeReply{Status: "void", Reason: "the key was voided"})
		out.Detail = "void"
		return out
	}
	roll := w.roll(ask)
	ask.Roll = &roll
	below := w.script.percent(ask, w.config.FailPercent)
	switch {
	case roll < below:
		return ask.answer(http.StatusServiceUnavailable, chargeReply{Status: "unavailable", Reason: "the gateway failed", Roll: &roll, FailsBelow: below})
	case ask.Token == "tok_declined":
		out := ask.answer(http.StatusPaymentRequired, chargeReply{Status: "declined", Reason: "the card was declined", Roll: &roll})
		out.Detail = "declined"
		return out
	}
	id := w.state.newID("ch", ask)
	return ask.effect(id, chargeReply{ChargeID: id, Status: "charged", AmountCents: ask.AmountCents, Roll: &roll, FailsBelow: below})
}

// roll throws the next roll for a charge.
func (w *world) roll(ask Entry) int {
	if n, ok := w.script.roll(ask); ok {
		return n
	}
	return Roll(w.config.Seed, ask.roller(), w.state.rolls[ask.roller()]+1)
}

func parseLookup(w *world, r *http.Request) (*ask, error) {
	var e Entry
	err := checkKey(&e, r.PathValue("key"), true)
	e.Subject = w.orderOf(e.Key)
	return &ask{Entry: e, act: lookup}, err
}

func lookup(w *world, ask Entry) Entry {
	known, ok := w.charged(ask.Key)
	if !ok {
		out := ask.answer(http.StatusNotFound, problem{"this key was never finally answered"})
		out.Detail = "never answered"
		return out
	}
	return ask.answer(200, known)
}

func parseRefund(w *world, r *http.Request) (*ask, error) {
	var body struct {
		Key string `json:"key"`
	}
	if err := decode(r, &body); err != nil {
		return &ask{}, err
	}
	e := Entry{Body: mustJSON(body)}
	err := checkKey(&e, body.Key, true)
	e.Subject = w.orderOf(e.Key)
	return &ask{Entry: e, act: refund}, err
}

// refund gives a charge back, or voids a key that was never finally answered.
// That a second one does nothing follows from the kept answer for a refund, and
// here for a void.
func refund(w *world, ask Entry) Entry {
	if void, ok := w.state.kept[slot{Void, ask.Key}]; ok {
		return w.again(ask, void)
	}
	known, ok := w.charged(ask.Key)
	switch {
	case !ok:
		ask.Kind = Void
		return ask.effect(w.state.newID("vo", ask), chargeState{Key: ask.Key, Status: "void"})
	case known.Status == "declined":
		return ask.answer(200, known)
	}
	ask.AmountCents, known.Status = known.AmountCents, "refunded"
	return ask.effect(w.state.newID("re", ask), known)
}

// charged is what became of a key; false when it was never finally answered.
func (w *world) charged(key string) (chargeState, bool) {
	kept := w.state.kept
	c, asked := kept[slot{Charge, key}]
	known := chargeState{Key: key, ChargeID: c.ID, AmountCents: c.AmountCents}
	_, refunded := kept[slot{Refund, key}]
	_, void := kept[slot{Void, key}]
	switch {
	case void:
		known.Status = "void"
	case !asked:
		return known, false
	case refunded:
		known.Status = "refunded"
	case c.Status == 200:
		known.Status = "charged"
	default:
		known.Status = "declined"
	}
	return known, true
}

func (w *world) orderOf(key string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.state.subjectOf(key)
}
