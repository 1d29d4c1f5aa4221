package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"

	restate "github.com/restatedev/sdk-go"
	"github.com/restatedev/sdk-go/server"

	"example.com/workbook/lessons/shop/env"
	"example.com/workbook/lessons/shop/outside"
	"example.com/workbook/lessons/shop/serve"
	"example.com/workbook/lessons/shop/store"
)

// Noop is a service whose handler does nothing, so that its calls cost only what Restate itself
// costs.
type Noop struct{}

// Nothing returns at once.
func (Noop) Nothing(restate.Context) error { return nil }

// Sends returns how many times EmptyReceipts/Send has run its step so far.
func (Noop) Sends(restate.Context) (int64, error) { return emptySends.Load(), nil }

// EmptyOrder, EmptyPayment, EmptyShipping and EmptyReceipts are the empty twin of the shop: an order
// has the same four invocations, with the same entries in their journals, and the functions of its
// nine steps do nothing. So an order costs only what Restate itself costs.
type (
	EmptyOrder    struct{}
	EmptyPayment  struct{}
	EmptyShipping struct{}
	EmptyReceipts struct{}
)

// CreateOrder does what Order/CreateOrder does, with empty steps.
func (EmptyOrder) CreateOrder(ctx restate.WorkflowContext, o store.Order) (store.Order, error) {
	id := restate.Key(ctx)
	if _, err := emptyStep(ctx, "pending", o); err != nil {
		return o, err
	}
	if _, err := restate.Object[store.Payment](ctx, "EmptyPayment", "pay-"+id, "ProcessPayment").Request(o); err != nil {
		return o, err
	}
	if _, err := emptyStep(ctx, "paid", restate.Void{}); err != nil {
		return o, err
	}
	if _, err := restate.Object[store.Shipment](ctx, "EmptyShipping", "ship-"+id, "CreateShipment").Request(o); err != nil {
		return o, err
	}
	if _, err := emptyStep(ctx, "finished", restate.Void{}); err != nil {
		return o, err
	}
	restate.ServiceSend(ctx, "EmptyReceipts", "Send").Send(o)
	return o, nil
}

// ProcessPayment does what Payment/ProcessPayment does, with empty steps.
func (EmptyPayment) ProcessPayment(ctx restate.ObjectContext, o store.Order) (store.Payment, error) {
	pay := store.Payment{ID: restate.Key(ctx), OrderID: o.ID, AmountCents: o.AmountCents, Status: store.Completed}
	if _, err := restate.Get[*store.Payment](ctx, "payment"); err != nil {
		return pay, err
	}
	if _, err := emptyStep(ctx, "processing", pay); err != nil {
		return pay, err
	}
	if _, err := emptyStep(ctx, "charge", outside.ChargeState{AmountCents: o.AmountCents}); err != nil {
		return pay, err
	}
	if _, err := emptyStep(ctx, "result", restate.Void{}); err != nil {
		return pay, err
	}
	restate.Set(ctx, "payment", pay)
	return pay, nil
}

// CreateShipment does what Shipping/CreateShipment does, with empty steps.
func (EmptyShipping) CreateShipment(ctx restate.ObjectContext, o store.Order) (store.Shipment, error) {
	ship := store.Shipment{ID: restate.Key(ctx), OrderID: o.ID, Status: store.Booked}
	if _, err := restate.Get[*store.Shipment](ctx, "shipment"); err != nil {
		return ship, err
	}
	if _, err := emptyStep(ctx, "book", "tracking"); err != nil {
		return ship, err
	}
	if _, err := emptyStep(ctx, "row", restate.Void{}); err != nil {
		return ship, err
	}
	restate.Set(ctx, "shipment", ship)
	return ship, nil
}

// emptySends is how many times EmptyReceipts/Send has run its step so far.
var emptySends atomic.Int64

// Send does what Receipts/Send does, with empty steps.
func (EmptyReceipts) Send(ctx restate.Context, o store.Order) error {
	_, err := emptyStep(ctx, "mail", restate.UUID(ctx).String())
	emptySends.Add(1)
	return err
}

// emptyStep runs a step that does nothing. The journal keeps its result, as it keeps that of the
// shop's step.
func emptyStep[T any](ctx restate.Context, name string, result T) (T, error) {
	return restate.Run(ctx, func(restate.RunContext) (T, error) { return result, nil }, restate.WithName(name))
}

func serveFloor() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	floor := server.NewRestate().
		Bind(restate.Reflect(Noop{})).
		Bind(restate.Reflect(EmptyOrder{})).
		Bind(restate.Reflect(EmptyPayment{})).
		Bind(restate.Reflect(EmptyShipping{})).
		Bind(restate.Reflect(EmptyReceipts{}))
	if err := serve.Until(ctx, env.Listen(), floor); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}
