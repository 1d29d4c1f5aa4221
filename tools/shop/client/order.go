package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/restate"
	"example.com/workbook/tools/sandbox"
	"example.com/workbook/tools/web"
)

const (
	mostOrders   = 500
	mostCents    = 99_999_999
	approvalFrom = 100_000 // in cents, as in the workflow
)

// Order is what to order: by make order, or by a button of the shop's page.
type Order struct {
	Count  int    // how many orders
	Rolls  []int  // what the gateway is to roll for each; after that, chance
	Token  string // stands for a card: tok_ok, or tok_declined
	Amount int64  // in cents
}

// Check refuses what no order can be made of.
func (o Order) Check() error {
	switch {
	case o.Count < 1 || o.Count > mostOrders:
		return hint.New(hint.Usage, "for example: make order N=20", "1 to %d orders, not %d", mostOrders, o.Count)
	case o.Amount < 1 || o.Amount > mostCents:
		return hint.New(hint.Usage, "for example: make order AMOUNT=2500", "an order is 1 to %d cents, not %d", mostCents, o.Amount)
	}
	for _, roll := range o.Rolls {
		if roll < 0 || roll > 99 {
			return notARoll(strconv.Itoa(roll))
		}
	}
	if o.Token != "tok_ok" && o.Token != "tok_declined" {
		return hint.New(hint.Usage, "", "a card is tok_ok or tok_declined, not %q", o.Token)
	}
	return nil
}

// ParseRolls reads rolls as people type them: 12,38,82. No text is no rolls.
func ParseRolls(text string) (rolls []int, err error) {
	if text == "" {
		return nil, nil
	}
	for _, word := range strings.Split(text, ",") {
		roll, err := strconv.Atoi(strings.TrimSpace(word))
		if err != nil || roll < 0 || roll > 99 {
			return nil, notARoll(word)
		}
		rolls = append(rolls, roll)
	}
	return rolls, nil
}

func notARoll(word string) error {
	return hint.New(hint.Usage, "for example: make order ROLLS=12,38,82", "%q is not a roll: 0 to 99", word)
}

// Placer places orders.
type Placer struct {
	Number  func(context.Context) (int, error) // returns the number of the next order
	Admin   *restate.Admin
	Outside *sandbox.Client
	Ingress *restate.Ingress
	Nodes   int // of restate-server; with several, a failure is tried again, because one node may be down
}

// Place places one order, and returns its id.
func (p Placer) Place(ctx context.Context, order Order) (id string, err error) {
	if id, err = p.newID(ctx); err != nil {
		return "", err
	}
	return id, p.placeNamed(ctx, newPlaced(id, order.Rolls), order)
}

// newID returns an order's id that this shop has not seen: somebody may have
// ordered with curl.
func (p Placer) newID(ctx context.Context) (string, error) {
	for {
		n, err := p.Number(ctx)
		if err != nil {
			return "", err
		}
		id := fmt.Sprintf("o-%d", n)
		var known []restate.Invocation
		err = p.tryAgain(ctx, func(ctx context.Context) (err error) {
			known, err = p.Admin.Invocations(ctx, restate.InvocationFilter{Service: "Order", Key: id, Limit: 1})
			return err
		})
		if err != nil && p.Nodes > 1 {
			return "", hint.New(hint.Setup, "look at the shop's terminal", "no order was placed, because no node answered in %v: %w", tryLimit, err)
		}
		if err != nil || len(known) == 0 {
			return id, err
		}
	}
}

// placeNamed sets the gateway's rolls for an order that has its id, and sends the order to
// Restate.
func (p Placer) placeNamed(ctx context.Context, o *placed, order Order) error {
	body, err := json.Marshal(map[string]any{"customer_id": "c-1", "amount_cents": order.Amount, "token": order.Token})
	if err != nil {
		return err
	}
	if err := p.scriptRolls(ctx, o); err != nil {
		return hint.New(hint.Setup, "look at the shop's terminal", "order %s was not placed: %w", o.id, err)
	}
	o.at = time.Now()
	return p.sendOrder(ctx, o, string(body))
}

// scriptRolls sets what the gateway rolls for the order, less the rolls that
// it has thrown.
func (p Placer) scriptRolls(ctx context.Context, o *placed, thrown ...int) error {
	if len(o.rolls) <= len(thrown) {
		return nil
	}
	if err := p.Outside.Rolls(ctx, o.id, o.rolls[len(thrown):]...); err != nil {
		return fmt.Errorf("the gateway did not get the rolls: %w", err)
	}
	return nil
}

// tryLimit is how long an order waits for a node that takes it: several times as long as the
// others need to elect a new leader.
const tryLimit = 2 * time.Minute

// tryAgain makes a request to Restate. Where there are several nodes, it makes the request
// again until it succeeds: while a new leader is elected, the nodes answer nothing, or errors.
// The request must be harmless to repeat.
func (p Placer) tryAgain(ctx context.Context, request func(context.Context) error) error {
	if p.Nodes < 2 {
		return request(ctx)
	}
	ctx, cancel := context.WithTimeout(ctx, tryLimit)
	defer cancel()
	for {
		err := request(ctx)
		var refused *restate.StatusError
		// A node that has just started answers 404: it does not know the services yet.
		final := errors.As(err, &refused) && refused.Status < 500 && refused.Status != http.StatusNotFound
		if err == nil || final || ctx.Err() != nil {
			return err
		}
		web.Pause(ctx, web.RetryInterval)
	}
}

// sendOrder sends the order to Restate, and does not wait for its end.
func (p Placer) sendOrder(ctx context.Context, o *placed, body string) error {
	var id string
	err := p.tryAgain(ctx, func(ctx context.Context) (err error) {
		id, err = p.Ingress.Send(ctx, restate.Request{Path: "Order/" + o.id + "/CreateOrder", Body: body})
		return err
	})
	var refused *restate.StatusError
	switch {
	case errors.As(err, &refused):
		return hint.New(hint.Setup, "look at the shop's terminal", "restate did not take order %s: status %d, %s", o.id, refused.Status, refused.Message)
	case err != nil:
		return hint.New(hint.Setup, "look at the shop's terminal", "order %s was not placed: %w", o.id, err)
	}
	o.invocation = id
	return nil
}
