package payment

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	restate "github.com/restatedev/sdk-go"

	"example.com/workbook/lessons/shop/outside"
)

// askGateway sends one request to the gateway to charge the card. The idempotency key is
// id. If the request fails, askGateway writes a row to payment_failures. It returns the
// number of these rows, for this payment, in failures. Nothing to edit here.
func (p Payment) askGateway(ctx context.Context, id string, r Request) (charge outside.ChargeState, failures int, err error) {
	say(id, "Starting payment transaction processing...")
	say(id, "Simulating payment gateway call (%s delay)", delay())
	charge, err = outside.Charge(ctx, id, outside.Purchase{OrderID: r.OrderID, AmountCents: r.AmountCents, Token: r.Token})
	var no *outside.Error
	switch {
	case err == nil:
		say(id, "✅ Payment attempt SUCCEEDED (random=%d >= %d)", charge.Roll, charge.FailsBelow)
	case outside.IsRefused(err):
		say(id, "Payment attempt REFUSED (%v)", err)
	case errors.As(err, &no) && no.Roll >= 0:
		say(id, "❌ Payment attempt FAILED (random=%d < %d) - Restate will retry", no.Roll, no.FailsBelow)
	default:
		say(id, "❌ Payment attempt FAILED (%v) - Restate will retry", err)
	}
	if outside.IsUnavailable(err) {
		// If this row cannot be written, the failure is not counted, and err is returned
		// all the same.
		failures, _ = p.DB.NoteFailure(context.WithoutCancel(ctx), id, roll(no), err.Error())
	}
	return charge, failures, err
}

func roll(e *outside.Error) int {
	if e == nil {
		return -1
	}
	return e.Roll
}

// The options that backOff() returns tell restate.Run how long to wait before the step is
// tried again: p.FirstRetry at first, then twice as long each time, and at most ten times
// p.FirstRetry. Nothing to edit here.
func (p Payment) backOff() []restate.RunOption {
	return []restate.RunOption{
		restate.WithInitialRetryInterval(p.FirstRetry),
		restate.WithRetryIntervalFactor(2),
		restate.WithMaxRetryInterval(10 * p.FirstRetry),
	}
}

// say prints a line about a payment.
func say(id, format string, args ...any) {
	fmt.Printf("[Payment Object %s] %s\n", id, fmt.Sprintf(format, args...))
}

// delay returns, in words, how long the gateway takes for a request.
func delay() string {
	d, err := time.ParseDuration(cmp.Or(os.Getenv("GATEWAY_DELAY"), "0s"))
	if err == nil && d%time.Second == 0 {
		return fmt.Sprintf("%d second", d/time.Second)
	}
	return strings.TrimSpace(os.Getenv("GATEWAY_DELAY"))
}
