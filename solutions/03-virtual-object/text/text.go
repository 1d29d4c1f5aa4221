// Package text has the code that the lesson's page shows and no program uses.
package text

import (
	"sync"

	restate "github.com/restatedev/sdk-go"
)

//snip memory

type carts struct {
	mu   sync.Mutex
	skus map[string][]string // by customer
}

func (c *carts) add(customer, sku string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.skus[customer] = append(c.skus[customer], sku)
}

//snip end

var _ = (*carts).add

//snip turnstile

// Turnstile counts the people who pass a gate. Each gate is an object key.
type Turnstile struct{}

func (Turnstile) Pass(ctx restate.ObjectContext) (int, error) {
	passed, err := restate.Get[int](ctx, "passed")
	if err != nil {
		return 0, err
	}
	restate.Set(ctx, "passed", passed+1)
	return passed + 1, nil
}

//snip end
