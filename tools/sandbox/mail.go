package sandbox

import "net/http"

func (w *world) mail(mux *http.ServeMux) {
	mux.HandleFunc("POST /mail/messages", w.take(Mail, parseMail))
}

func parseMail(_ *world, r *http.Request) (*ask, error) {
	var body struct {
		OrderID  string `json:"order_id"`
		Kind     string `json:"kind"`
		ChargeID string `json:"charge_id,omitempty"`
		Text     string `json:"text,omitempty"`
	}
	if err := decode(r, &body); err != nil {
		return &ask{}, err
	}
	e, err := keyed(r, body.OrderID, body)
	switch {
	case err != nil:
	case !idPattern.MatchString(body.Kind):
		err = bad("kind must match [A-Za-z0-9._-]{1,64}")
	case body.ChargeID != "" && !idPattern.MatchString(body.ChargeID):
		err = bad("charge_id must match [A-Za-z0-9._-]{1,64}")
	default:
		e.Item, e.ChargeID = body.Kind, body.ChargeID
	}
	return &ask{Entry: e, act: mail}, err
}

func mail(w *world, ask Entry) Entry {
	id := w.state.newID("msg", ask)
	return ask.effect(id, map[string]string{"message_id": id})
}
