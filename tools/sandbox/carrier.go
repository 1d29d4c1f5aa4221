package sandbox

import "net/http"

func (w *world) handleCarrier(mux *http.ServeMux) {
	mux.HandleFunc("POST /carrier/shipments", w.serveKind(Ship, parseShip))
}

func parseShip(_ *world, r *http.Request) (*pending, error) {
	var body struct {
		OrderID string `json:"order_id"`
		Address string `json:"address,omitempty"`
	}
	if err := decodeBody(r, &body); err != nil {
		return &pending{}, err
	}
	e, err := newEntry(r, body.OrderID, body)
	e.Item = body.Address
	return &pending{Entry: e, act: applyShipment}, err
}

func applyShipment(w *world, request Entry) Entry {
	id := w.state.newID("trk", request)
	return request.withEffect(id, map[string]string{"tracking_id": id})
}
