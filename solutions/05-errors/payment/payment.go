// Package payment charges cards, each order's once.
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

// Payment is a virtual object; its key is pay- and the order's id.
type Payment struct {
	DB         *store.DB
	FirstRetry time.Duration // how long a charge that failed waits before the next
}

// ProcessPayment charges the order's card, once, however often it is asked.
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
		return result.answer() // it was done before
	}
	//| // TODO 5.2: have askGateway, in gateway.go, charge the card, in a step called charge
	//| // whose back-off is p.backOff(). What the gateway says no to is FAILED, and a terminal
	//| // error; what it does not answer is asked again. Then finish.
	//| // TODO 5.3: after ten failed requests, which askGateway counts, end the step with a
	//| // terminal error, code 502.
	//| // TODO 5.4: after that 502, nobody knows whether the card was charged. Look the key up,
	//| // and void it if it was not charged, in a second step. If the call was cancelled (409),
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

// charge asks the gateway once, and says what is final.
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

// maxFailures is how many requests may fail. If 40 of 100 fail, one order in ten
// thousand needs more. The option restate.WithMaxRetryAttempts would count attempts
// as well that found this program down.
const maxFailures = 10

//end

//task 5.4

// settle returns what became of a charge whose step ended with the error why.
func (p Payment) settle(ctx restate.ObjectContext, r Result, why error) (Result, error) {
	switch restate.AsTerminalError(why).Code() {
	case http.StatusPaymentRequired, http.StatusUnprocessableEntity: // a no
		return r.failed(why), nil
	case http.StatusConflict: // cancelled: the request may still be on its way
		return Result{}, why
	}
	charge, err := restate.Run(ctx, func(rc restate.RunContext) (outside.ChargeState, error) {
		charge, err := outside.Lookup(rc, r.PaymentID)
		if err != nil || charge.Status == outside.Charged {
			return charge, err
		}
		return outside.Refund(rc, r.PaymentID) // voids the key, unless it was declined
	}, restate.WithName("ask"))
	switch {
	case err != nil:
		return Result{}, err
	case charge.Status == outside.Charged:
		return r.completed(charge.ID), nil
	case charge.Status == outside.Declined: // and we had not heard of it
		return r.failed(refuse(http.StatusPaymentRequired, "the card was declined")), nil
	}
	return r.failed(why), nil
}

//end

// known is the payment as it stands: as the object has it, else as its row has it,
// which is written first where there is none.
func (p Payment) known(ctx restate.ObjectContext, id string, r Request) (Result, error) {
	known, err := restate.Get[*Result](ctx, "payment")
	if err != nil {
		return Result{}, err
	}
	if known != nil {
		return *known, nil
	}
	//| // TODO 5.6: a row that is there, from before the state was lost, is written over.
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

// finish writes down what became of the payment, and answers it.
func (p Payment) finish(ctx restate.ObjectContext, r Result) (Result, error) {
	//| restate.Set(ctx, "payment", r)
	//| // TODO 5.6: cancelled here, the object says COMPLETED, and its row does not.
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
