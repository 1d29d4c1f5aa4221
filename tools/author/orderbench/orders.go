package main

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"example.com/workbook/tools/restate"
	"example.com/workbook/tools/sandbox"
)

// runClients runs do n times. The clients share these runs, and each client runs one do at a time.
// runClients returns how long all runs took, and the first error.
func runClients(clients, n int, do func(i int) error) (time.Duration, error) {
	var next atomic.Int64
	var once sync.Once
	var wg sync.WaitGroup
	var failed error
	start := time.Now()
	for range clients {
		wg.Go(func() {
			for i := int(next.Add(1)); i <= n; i = int(next.Add(1)) {
				if err := do(i); err != nil {
					once.Do(func() { failed = err })
					return
				}
			}
		})
	}
	wg.Wait()
	return time.Since(start), failed
}

// placeOrders places n orders, whose ids begin with prefix, and waits until the mails of all of
// them are sent. The argument sent is the number of mails that were sent before.
func (r *rig) placeOrders(ctx context.Context, prefix string, clients, n, sent int) (time.Duration, error) {
	start := time.Now()
	_, err := runClients(clients, n, func(i int) error { return r.placeOrder(ctx, fmt.Sprintf("%s-%d", prefix, i)) })
	if err == nil {
		err = r.awaitMails(ctx, sent+n)
	}
	return time.Since(start), err
}

const orderBody = `{"customer_id":"c-1","amount_cents":2500,"token":"tok_ok"}`

// placeOrder places an order, and returns when the order is COMPLETED.
func (r *rig) placeOrder(ctx context.Context, id string) error {
	return r.callHandler(ctx, "Order/"+id+"/CreateOrder", orderBody, nil)
}

// awaitMails waits until n mails were sent since the start of the sandbox.
func (r *rig) awaitMails(ctx context.Context, n int) error {
	if err := r.outside.WaitRequests(ctx, sandbox.Mail, "", n); err != nil {
		return err
	}
	return r.outside.WaitIdle(ctx, "")
}

// callHandler calls a handler. If out is not nil, callHandler stores the answer in out.
func (r *rig) callHandler(ctx context.Context, path, body string, out *[]byte) error {
	answer, err := r.nextIngress().Call(ctx, restate.Request{Path: path, Body: body})
	if out != nil {
		*out = answer
	}
	return err
}

// nextIngress returns a client of the ingress of each node in turn.
func (r *rig) nextIngress() *restate.Ingress {
	return r.ingress[int(r.calls.Add(1))%len(r.ingress)]
}
