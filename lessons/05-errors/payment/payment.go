// Package payment charges cards, once for each order.
package payment

import (
	"net/http"
	"time"

	restate "github.com/restatedev/sdk-go"

	"example.com/workbook/lessons/shop/store"
	"example.com/workbook/lessons/shop/todo"
)

// Payment is a virtual object. The object key is pay- followed by the order's id.
type Payment struct {
	DB         store.Store
	FirstRetry time.Duration // the wait before the second try of the charge
}

// ProcessPayment charges the card of an order once, no matter how many times it is
// called.
func (p Payment) ProcessPayment(ctx restate.ObjectContext, r Request) (Result, error) {
	id := restate.Key(ctx)
	if err := r.check(id); err != nil {
		return Result{}, err
	}
	result, err := p.known(ctx, id, r)
	if err != nil {
		return Result{}, err
	}
	if result.AmountCents != r.AmountCents {
		return Result{}, refuse(http.StatusConflict, "payment %s is for another amount", id)
	}
	if result.Status != store.Processing {
		return result.answer() // an earlier call has finished the payment
	}
	// TODO 5.2: call askGateway (gateway.go) in a step named charge, with the options of
	// p.backOff(). If the gateway refuses, make the error terminal: 402 for a decline, 422
	// for any other refusal. Return every other error unchanged. After the step, make the
	// result with completed or failed (result.go), and pass it to finish.
	// TODO 5.3: askGateway counts the failed requests. After ten of them, end the step with
	// a terminal error, code 502.
	// TODO 5.4: after that 502, nobody knows whether the card was charged. In a second step,
	// look the key up, and void it if it was not charged. If the call was cancelled (409),
	// return that error.
	return Result{}, todo.Task("5.2")
}

// known returns the payment's current result: from the object's state if there is one,
// otherwise from its row. If there is no row, known writes one that says PROCESSING.
func (p Payment) known(ctx restate.ObjectContext, id string, r Request) (Result, error) {
	known, err := restate.Get[*Result](ctx, "payment")
	if err != nil {
		return Result{}, err
	}
	if known != nil {
		return *known, nil
	}
	// TODO 5.6: PutPayment overwrites a row that exists already, even a COMPLETED one.
	err = restate.RunVoid(ctx, func(rc restate.RunContext) error {
		return p.DB.PutPayment(rc, r.row(id))
	}, restate.WithName("processing"))
	return resultOf(r.row(id)), err
}

// finish writes the payment's row and state, and returns the answer for the caller.
func (p Payment) finish(ctx restate.ObjectContext, r Result) (Result, error) {
	restate.Set(ctx, "payment", r)
	// TODO 5.6: if the call is cancelled in this step, the state says COMPLETED and the
	// row says PROCESSING.
	err := restate.RunVoid(ctx, func(rc restate.RunContext) error {
		if r.Status == store.Failed {
			return p.DB.FailPayment(rc, r.PaymentID, store.Failure{Code: r.Code, Reason: r.Reason})
		}
		return p.DB.CompletePayment(rc, r.PaymentID, r.ChargeID)
	}, restate.WithName("result"))
	if err != nil {
		return Result{}, err
	}
	return r.answer()
}
