package outside

import "context"

// Message is an email to the customer of an order.
type Message struct {
	OrderID  string `json:"order_id"`
	Kind     string `json:"kind"`                // for example receipt
	ChargeID string `json:"charge_id,omitempty"` // the charge that the email is about
	Text     string `json:"text,omitempty"`
}

// Mail sends an email.
func Mail(ctx context.Context, key string, m Message) (messageID string, err error) {
	var answer struct {
		MessageID string `json:"message_id"`
	}
	err = post(ctx, "/mail/messages", key, m, &answer)
	return answer.MessageID, err
}
