// Package text has code that only the lesson's page shows: the client of a real gateway.
package text

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	restate "github.com/restatedev/sdk-go"
)

// gateway is a client of a payment gateway.
type gateway struct {
	url, secret string
	client      *http.Client
}

//snip charge

// charge sends one request. Call it in a step, with a key that every attempt sends again.
func (g gateway) charge(ctx context.Context, key string, body []byte) (answer answer, err error) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, g.url, bytes.NewReader(body))
	if err != nil {
		return answer, err
	}
	req.Header.Set("Authorization", "Bearer "+g.secret)
	req.Header.Set("Idempotency-Key", key)
	resp, err := g.client.Do(req)
	if err != nil {
		return answer, err // a timeout or a broken connection: the outcome is unknown
	}
	defer resp.Body.Close()
	err = json.NewDecoder(resp.Body).Decode(&answer)
	return answer, sorted(resp.StatusCode, answer.Code, err)
}

//snip end

// answer is what the gateway's body says.
type answer struct {
	ChargeID string `json:"charge_id"`
	Code     string `json:"code"` // of an error
}

//snip sorted

// sorted returns nil if the charge was accepted, a terminal error if it was refused, and
// any other error if the outcome is unknown.
func sorted(status int, code string, unreadable error) error {
	switch {
	case (status == 200 || status == 201) && unreadable == nil:
		return nil
	case status == 402:
		return refuse(402, "the card was declined: %s", code)
	case status == 400, status == 404, status == 422, status == 409 && code != "key_in_progress":
		return refuse(422, "the gateway refused: %s", code)
	}
	// 408, 425, 429, a 409 in progress, every 5xx, and an answer that cannot be read. Also
	// 401 and 403: your own credentials are wrong, and no customer should lose an order.
	return fmt.Errorf("the gateway answered %d %s", status, code)
}

//snip end

func refuse(code restate.Code, format string, args ...any) error {
	return restate.ToTerminalError(fmt.Errorf(format, args...), restate.WithErrorCode(code))
}
