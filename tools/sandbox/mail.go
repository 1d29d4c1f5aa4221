package sandbox

import "net/http"

func (w *world) handleMail(mux *http.ServeMux) {
	mux.HandleFunc("POST /mail/messages", w.serveKind(Mail, parseMail))
}

func parseMail(_ *world, r *http.Request) (*pending, error) {
	var body struct {
		OrderID  string `json:"order_id"`
		Kind     string `json:"kind"`
		ChargeID string `json:"charge_id,omitempty"`
		Text     string `json:"text,omitempty"`
	}
	if err := decodeBody(r, &body); err != nil {
		return &pending{}, err
	}
	e, err := newEntry(r, body.OrderID, body)
	switch {
	case err != nil:
	case !idPattern.MatchString(body.Kind):
		err = badRequest("kind must match [A-Za-z0-9._-]{1,64}")
	case body.ChargeID != "" && !idPattern.MatchString(body.ChargeID):
		err = badRequest("charge_id must match [A-Za-z0-9._-]{1,64}")
	default:
		e.Item, e.ChargeID = body.Kind, body.ChargeID
	}
	return &pending{Entry: e, act: sendMail}, err
}

func sendMail(w *world, request Entry) Entry {
	id := w.state.newID("msg", request)
	return request.withEffect(id, map[string]string{"message_id": id})
}
