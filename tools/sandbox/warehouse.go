package sandbox

import "net/http"

func (w *world) handleWarehouse(mux *http.ServeMux) {
	mux.HandleFunc("POST /warehouse/reservations", w.serveKind(Reserve, parseReserve))
	mux.HandleFunc("GET /warehouse/prices/{sku}", w.serveKind(Price, parsePrice))
}

func parseReserve(_ *world, r *http.Request) (*pending, error) {
	var body struct {
		OrderID string `json:"order_id"`
		SKU     string `json:"sku"`
	}
	if err := decodeBody(r, &body); err != nil {
		return &pending{}, err
	}
	e, err := newEntry(r, body.OrderID, body)
	if err == nil && !idPattern.MatchString(body.SKU) {
		return &pending{Entry: e}, badRequest("sku must match [A-Za-z0-9._-]{1,64}")
	}
	e.Item = body.SKU
	return &pending{Entry: e, act: applyReservation}, err
}

func applyReservation(w *world, request Entry) Entry {
	id := w.state.newID("res", request)
	return request.withEffect(id, map[string]string{"reservation_id": id})
}

func parsePrice(_ *world, r *http.Request) (*pending, error) {
	sku := r.PathValue("sku")
	if !idPattern.MatchString(sku) {
		return &pending{}, badRequest("sku must match [A-Za-z0-9._-]{1,64}")
	}
	return &pending{Entry: Entry{Subject: sku}, act: lookUpPrice}, nil
}

// lookUpPrice answers with the price of a sku.
func lookUpPrice(_ *world, request Entry) Entry {
	amount, ok := PriceOf(request.Subject)
	if !ok {
		return request.withAnswer(http.StatusNotFound, problem{"no such sku"})
	}
	request.AmountCents = amount
	return request.withAnswer(200, struct {
		SKU         string `json:"sku"`
		AmountCents int64  `json:"amount_cents"`
	}{request.Subject, amount})
}
