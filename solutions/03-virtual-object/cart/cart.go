// Package cart keeps the items that a customer wants to buy.
package cart

import (
	//| "sync"
	//|
	restate "github.com/restatedev/sdk-go"
)

// Cart is a virtual object. Each object key is the cart of one customer.
type Cart struct{}

//| // TODO 3.1: this map holds the carts, and dies with the process. In Add and in View,
//| // keep the contents in the object's state instead. Then delete the map and the mutex.
//| var (
//| 	mu    sync.Mutex
//| 	carts = map[string]Contents{}
//| )

// Add puts an item into the cart, at today's price, and returns the contents.
func (Cart) Add(ctx restate.ObjectContext, w Wanted) (Contents, error) {
	price, err := restate.Service[Price](ctx, "Pricing", "Quote").Request(Item{SKU: w.SKU})
	if err != nil {
		return Contents{}, err
	}
	//| mu.Lock()
	//| defer mu.Unlock()
	//| contents := carts[restate.Key(ctx)].with(w, price)
	//| carts[restate.Key(ctx)] = contents
	//| return contents, nil
	//task 3.1
	contents, err := restate.Get[Contents](ctx, "contents")
	if err != nil {
		return Contents{}, err
	}
	contents = contents.with(w, price)
	restate.Set(ctx, "contents", contents)
	return contents, nil
	//end
}

//| // View returns the contents of the cart.
//| //
//| // TODO 3.2: View only reads, but waits for the object key, as Add does. Change the
//| // type of its context, so that View does not wait.
//| func (Cart) View(ctx restate.ObjectContext) (Contents, error) {

//task 3.2

// View returns the contents of the cart.
func (Cart) View(ctx restate.ObjectSharedContext) (Contents, error) {
	//end
	//| mu.Lock()
	//| defer mu.Unlock()
	//| return carts[restate.Key(ctx)], nil
	//task 3.1
	return restate.Get[Contents](ctx, "contents")
	//end
}
