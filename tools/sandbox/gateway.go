package sandbox

import "net/http"

func (w *world) handleGateway(mux *http.ServeMux) {
	mux.HandleFunc("POST /gateway/charges", w.serveKind(Charge, parseCharge))
	mux.HandleFunc("GET /gateway/charges/{key}", w.serveKind(Lookup, parseLookup))
	mux.HandleFunc("POST /gateway/refunds", w.serveKind(Refund, parseRefund))
}

// chargeReply is the gateway's answer to a charge.
type chargeReply struct {
	ChargeID    string `json:"charge_id,omitempty"`
	Status      string `json:"status"`
	AmountCents int64  `json:"amount_cents,omitempty"`
	Reason      string `json:"reason,omitempty"`
	Roll        *int   `json:"roll,omitempty"`
	FailsBelow  int    `json:"fails_below,omitempty"` // the gateway fails if the roll is below this number
}

// chargeState is what the gateway knows about a key.
type chargeState struct {
	Key         string `json:"key"`
	Status      string `json:"status"`
	ChargeID    string `json:"charge_id,omitempty"`
	AmountCents int64  `json:"amount_cents,omitempty"`
}

func parseCharge(_ *world, r *http.Request) (*pending, error) {
	var body struct {
		OrderID     string `json:"order_id"`
		AmountCents int64  `json:"amount_cents"`
		Token       string `json:"token"`
	}
	if err := decodeBody(r, &body); err != nil {
		return &pending{}, err
	}
	e, err := newEntry(r, body.OrderID, body)
	switch {
	case err != nil:
	case body.AmountCents <= 0:
		err = badRequest("amount_cents must be above 0")
	case body.Token != "tok_ok" && body.Token != "tok_declined":
		err = badRequest("unknown token")
	default:
		e.AmountCents, e.Token = body.AmountCents, body.Token
	}
	return &pending{Entry: e, act: applyCharge}, err
}

func applyCharge(w *world, request Entry) Entry {
	if _, void := w.state.kept[slot{Void, request.Key}]; void {
		out := request.withAnswer(http.StatusGone, chargeReply{Status: "void", Reason: "the key was voided"})
		out.Detail = "void"
		return out
	}
	roll := w.nextRoll(request)
	request.Roll = &roll
	below := w.script.percentFor(request, w.config.FailPercent)
	switch {
	case roll < below:
		return request.withAnswer(http.StatusServiceUnavailable, chargeReply{Status: "unavailable", Reason: "the gateway failed", Roll: &roll, FailsBelow: below})
	case request.Token == "tok_declined":
		out := request.withAnswer(http.StatusPaymentRequired, chargeReply{Status: "declined", Reason: "the card was declined", Roll: &roll})
		out.Detail = "declined"
		return out
	}
	id := w.state.newID("ch", request)
	return request.withEffect(id, chargeReply{ChargeID: id, Status: "charged", AmountCents: request.AmountCents, Roll: &roll, FailsBelow: below})
}

// nextRoll returns the roll for a charge.
func (w *world) nextRoll(request Entry) int {
	if n, ok := w.script.takeRoll(request); ok {
		return n
	}
	return Roll(w.config.Seed, request.rollKey(), w.state.rollCounts[request.rollKey()]+1)
}

func parseLookup(w *world, r *http.Request) (*pending, error) {
	var e Entry
	err := checkKey(&e, r.PathValue("key"), true)
	e.Subject = w.orderOf(e.Key)
	return &pending{Entry: e, act: lookUpCharge}, err
}

func lookUpCharge(w *world, request Entry) Entry {
	known, ok := w.chargeOf(request.Key)
	if !ok {
		out := request.withAnswer(http.StatusNotFound, problem{"no request with this key has a final answer yet"})
		out.Detail = "never answered"
		return out
	}
	return request.withAnswer(200, known)
}

func parseRefund(w *world, r *http.Request) (*pending, error) {
	var body struct {
		Key string `json:"key"`
	}
	if err := decodeBody(r, &body); err != nil {
		return &pending{}, err
	}
	e := Entry{Body: mustJSON(body)}
	err := checkKey(&e, body.Key, true)
	e.Subject = w.orderOf(e.Key)
	return &pending{Entry: e, act: applyRefund}, err
}

// applyRefund returns the money of a charge. If the key has no final answer yet, applyRefund voids
// the key. A second refund does nothing: the answer to a refund is kept like every other answer,
// and applyRefund finds out whether the key is void.
func applyRefund(w *world, request Entry) Entry {
	if void, ok := w.state.kept[slot{Void, request.Key}]; ok {
		return w.repeatAnswer(request, void)
	}
	known, ok := w.chargeOf(request.Key)
	switch {
	case !ok:
		request.Kind = Void
		return request.withEffect(w.state.newID("vo", request), chargeState{Key: request.Key, Status: "void"})
	case known.Status == "declined":
		return request.withAnswer(200, known)
	}
	request.AmountCents, known.Status = known.AmountCents, "refunded"
	return request.withEffect(w.state.newID("re", request), known)
}

// chargeOf returns the state of a key's charge. It returns false if the key has no final answer.
func (w *world) chargeOf(key string) (chargeState, bool) {
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
