package sandbox

import "net/http"

func (w *world) carrier(mux *http.ServeMux) {
	mux.HandleFunc("POST /carrier/shipments", w.take(Ship, parseShip))
}

func parseShip(_ *world, r *http.Request) (*ask, error) {
	var body struct {
		OrderID string `json:"order_id"`
		Address string `json:"address,omitempty"`
	}
	if err := decode(r, &body); err != nil {
		return &ask{}, err
	}
	e, err := keyed(r, body.OrderID, body)
	e.Item = body.Address
	return &ask{Entry: e, act: ship}, err
}

func ship(w *world, ask Entry) Entry {
	id := w.state.newID("trk", ask)
	return ask.effect(id, map[string]string{"tracking_id": id})
}
