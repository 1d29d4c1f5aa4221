package sandbox

import "net/http"

func (w *world) warehouse(mux *http.ServeMux) {
	mux.HandleFunc("POST /warehouse/reservations", w.take(Reserve, parseReserve))
	mux.HandleFunc("GET /warehouse/prices/{sku}", w.take(Price, parsePrice))
}

func parseReserve(_ *world, r *http.Request) (*ask, error) {
	var body struct {
		OrderID string `json:"order_id"`
		SKU     string `json:"sku"`
	}
	if err := decode(r, &body); err != nil {
		return &ask{}, err
	}
	e, err := keyed(r, body.OrderID, body)
	if err == nil && !idPattern.MatchString(body.SKU) {
		return &ask{Entry: e}, bad("sku must match [A-Za-z0-9._-]{1,64}")
	}
	e.Item = body.SKU
	return &ask{Entry: e, act: reserve}, err
}

func reserve(w *world, ask Entry) Entry {
	id := w.state.newID("res", ask)
	return ask.effect(id, map[string]string{"reservation_id": id})
}

func parsePrice(_ *world, r *http.Request) (*ask, error) {
	sku := r.PathValue("sku")
	if !idPattern.MatchString(sku) {
		return &ask{}, bad("sku must match [A-Za-z0-9._-]{1,64}")
	}
	return &ask{Entry: Entry{Subject: sku}, act: price}, nil
}

// price is what one sku costs.
func price(_ *world, ask Entry) Entry {
	amount, ok := PriceOf(ask.Subject)
	if !ok {
		return ask.answer(http.StatusNotFound, problem{"no such sku"})
	}
	ask.AmountCents = amount
	return ask.answer(200, struct {
		SKU         string `json:"sku"`
		AmountCents int64  `json:"amount_cents"`
	}{ask.Subject, amount})
}
