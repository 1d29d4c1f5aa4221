// Package payment charges cards, each order's once.
package payment

import (
	"net/http"
	"time"

	restate "github.com/restatedev/sdk-go"

	"example.com/workbook/lessons/shop/store"
	"example.com/workbook/lessons/shop/todo"
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
	// TODO 5.2: have askGateway, in gateway.go, charge the card, in a step called charge
	// whose back-off is p.backOff(). What the gateway says no to is FAILED, and a terminal
	// error; what it does not answer is asked again. Then finish.
	// TODO 5.3: after ten failed requests, which askGateway counts, end the step with a
	// terminal error, code 502.
	// TODO 5.4: after that 502, nobody knows whether the card was charged. Look the key up,
	// and void it if it was not charged, in a second step. If the call was cancelled (409),
	// return that error.
	return Result{}, todo.Task("5.2")
}

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
	// TODO 5.6: a row that is there, from before the state was lost, is written over.
	err = restate.RunVoid(ctx, func(rc restate.RunContext) error {
		return p.DB.PutPayment(rc, r.row(id))
	}, restate.WithName("processing"))
	return resultOf(r.row(id)), err
}

// finish writes down what became of the payment, and answers it.
func (p Payment) finish(ctx restate.ObjectContext, r Result) (Result, error) {
	restate.Set(ctx, "payment", r)
	// TODO 5.6: cancelled here, the object says COMPLETED, and its row does not.
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
