package outside

import "context"

// Message is a mail to the customer of an order.
type Message struct {
	OrderID  string `json:"order_id"`
	Kind     string `json:"kind"`                // such as receipt
	ChargeID string `json:"charge_id,omitempty"` // the charge that it is about
	Text     string `json:"text,omitempty"`
}

// Mail sends a message.
func Mail(ctx context.Context, key string, m Message) (messageID string, err error) {
	var answer struct {
		MessageID string `json:"message_id"`
	}
	err = post(ctx, "/mail/messages", key, m, &answer)
	return answer.MessageID, err
}
