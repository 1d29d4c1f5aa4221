// Package cart keeps what a customer is about to buy.
package cart

import (
	"sync"

	restate "github.com/restatedev/sdk-go"
)

// Cart is a virtual object: each key is a cart of its own.
type Cart struct{}

// TODO 3.1: the carts are in here, and a mutex guards them. Keep each one in its
// object's state instead, in Add and in View; then this can go.
var (
	mu    sync.Mutex
	carts = map[string]Contents{}
)

// Add puts something into the cart, at today's price, and answers with what is
// in it now.
func (Cart) Add(ctx restate.ObjectContext, w Wanted) (Contents, error) {
	price, err := restate.Service[Price](ctx, "Pricing", "Quote").Request(Item{SKU: w.SKU})
	if err != nil {
		return Contents{}, err
	}
	mu.Lock()
	defer mu.Unlock()
	contents := carts[restate.Key(ctx)].with(w, price)
	carts[restate.Key(ctx)] = contents
	return contents, nil
}

// View answers with what is in the cart.
//
// TODO 3.2: it waits for its turn, as Add does, although it only reads.
func (Cart) View(ctx restate.ObjectContext) (Contents, error) {
	mu.Lock()
	defer mu.Unlock()
	return carts[restate.Key(ctx)], nil
}
