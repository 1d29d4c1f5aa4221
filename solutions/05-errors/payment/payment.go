// Package payment charges cards, once for each order.
package payment

import (
	//task 5.2
	"context"
	//end
	"net/http"
	"time"

	restate "github.com/restatedev/sdk-go"

	//task 5.2
	"example.com/workbook/lessons/shop/outside"
	//end
	"example.com/workbook/lessons/shop/store"
	//| "example.com/workbook/lessons/shop/todo"
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
	//| // TODO 5.2: call askGateway (gateway.go) in a step named charge, with the options of
	//| // p.backOff(). If the gateway refuses, make the error terminal: 402 for a decline, 422
	//| // for any other refusal. Return every other error unchanged. After the step, make the
	//| // result with completed or failed (result.go), and pass it to finish.
	//| // TODO 5.3: askGateway counts the failed requests. After ten of them, end the step with
	//| // a terminal error, code 502.
	//| // TODO 5.4: after that 502, nobody knows whether the card was charged. In a second step,
	//| // look the key up, and void it if it was not charged. If the call was cancelled (409),
	//| // return that error.
	//| return Result{}, todo.Task("5.2")
	//task 5.2
	charge, err := restate.Run(ctx, func(rc restate.RunContext) (outside.ChargeState, error) {
		return p.charge(rc, id, r)
	}, append(p.backOff(), restate.WithName("charge"))...)
	done := result.completed(charge.ID)
	//end
	//task 5.4
	if err != nil {
		if done, err = p.settle(ctx, result, err); err != nil {
			return Result{}, err
		}
	}
	//end
	//task 5.2
	return p.finish(ctx, done)
	//end
}

//task 5.2

// charge sends one request to the gateway, and makes a refusal terminal.
func (p Payment) charge(ctx context.Context, id string, r Request) (outside.ChargeState, error) {
	charge, failures, err := p.askGateway(ctx, id, r)
	switch {
	case outside.IsDeclined(err):
		return charge, refuse(http.StatusPaymentRequired, "%v", err)
	case outside.IsRefused(err):
		return charge, refuse(http.StatusUnprocessableEntity, "%v", err)
		//end
		//task 5.3
	case failures >= maxFailures:
		return charge, refuse(http.StatusBadGateway, "given up after %d failures: %v", failures, err)
		//end
		//task 5.2
	}
	return charge, err
}

//end

//task 5.3

// maxFailures is the number of failed requests after which the step gives up. If 40 of
// 100 requests fail, one order in ten thousand has ten failures. The option
// restate.WithMaxRetryAttempts would also count attempts that find this program down.
const maxFailures = 10

//end

//task 5.4

// settle returns the result of a payment whose charge ended with the error why.
func (p Payment) settle(ctx restate.ObjectContext, r Result, why error) (Result, error) {
	switch restate.AsTerminalError(why).Code() {
	case http.StatusPaymentRequired, http.StatusUnprocessableEntity: // the gateway refused
		return r.failed(why), nil
	case http.StatusConflict: // cancelled: the request may still be on its way
		return Result{}, why
	}
	charge, err := restate.Run(ctx, func(rc restate.RunContext) (outside.ChargeState, error) {
		charge, err := outside.Lookup(rc, r.PaymentID)
		if err != nil || charge.Status == outside.Charged {
			return charge, err
		}
		return outside.Refund(rc, r.PaymentID) // voids the key, unless the card was declined
	}, restate.WithName("ask"))
	switch {
	case err != nil:
		return Result{}, err
	case charge.Status == outside.Charged:
		return r.completed(charge.ID), nil
	case charge.Status == outside.Declined: // and the answer got lost
		return r.failed(refuse(http.StatusPaymentRequired, "the card was declined")), nil
	}
	return r.failed(why), nil
}

//end

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
	//| // TODO 5.6: PutPayment overwrites a row that exists already, even a COMPLETED one.
	//| err = restate.RunVoid(ctx, func(rc restate.RunContext) error {
	//| 	return p.DB.PutPayment(rc, r.row(id))
	//| }, restate.WithName("processing"))
	//| return resultOf(r.row(id)), err
	//task 5.6
	row, err := restate.Run(ctx, func(rc restate.RunContext) (store.Payment, error) {
		return p.DB.BeginPayment(rc, r.row(id))
	}, restate.WithName("processing"))
	return resultOf(row), err
	//end
}

// finish writes the payment's row and state, and returns the answer for the caller.
func (p Payment) finish(ctx restate.ObjectContext, r Result) (Result, error) {
	//| restate.Set(ctx, "payment", r)
	//| // TODO 5.6: if the call is cancelled in this step, the state says COMPLETED and the
	//| // row says PROCESSING.
	err := restate.RunVoid(ctx, func(rc restate.RunContext) error {
		if r.Status == store.Failed {
			return p.DB.FailPayment(rc, r.PaymentID, store.Failure{Code: r.Code, Reason: r.Reason})
		}
		return p.DB.CompletePayment(rc, r.PaymentID, r.ChargeID)
	}, restate.WithName("result"))
	if err != nil {
		return Result{}, err
	}
	//task 5.6
	restate.Set(ctx, "payment", r)
	//end
	return r.answer()
}
