package p

import (
	"errors"
	"log"
	"math/rand/v2"
	"sync"
	"time"

	restate "github.com/restatedev/sdk-go"

	"example.com/workbook/lessons/shop/outside"
)

type Shop struct{}

func (Shop) Chance(ctx restate.Context, until time.Time) (time.Time, error) {
	start := time.Now()
	log.Print("started ", start, time.Since(start)) // for people
	if time.Now().After(until) {                    // want chance
		return until, nil
	}
	if until.After(time.Unix(0, 0)) { // Time.After is not time.After
		return until, nil
	}
	n := rand.IntN(10)
	if err := restate.Sleep(ctx, time.Duration(n)); err != nil { // want chance
		return until, err
	}
	for rand.IntN(2) == 0 { // want chance
		restate.ServiceSend(ctx, "Receipts", "Send").Send("x")
	}
	if restate.Rand(ctx).IntN(2) == 0 {
		return until, nil
	}
	at, err := restate.Run(ctx, func(restate.RunContext) (time.Time, error) { return time.Now(), nil })
	if err != nil {
		return at, err
	}
	return time.Now(), nil // want chance
}

func (Shop) Maps(ctx restate.Context, skus map[string]int) (sum int, err error) {
	for _, n := range skus {
		sum += n
	}
	for sku := range skus { // want maporder
		restate.ServiceSend(ctx, "Receipts", "Send").Send(sku)
	}
	return sum, nil
}

var (
	seen   sync.Map
	mu     sync.Mutex
	counts = map[string]int{}
	prices = map[string]int{"book": 1}
)

func (Shop) Memory(ctx restate.Context, id string) (int, error) {
	seen.Store(id, true) // want memory
	err := restate.RunVoid(ctx, func(restate.RunContext) error {
		counts[id]++ // want memory
		return nil
	})
	return prices[id], err
}

func (Shop) Locks(ctx restate.Context, id string) error {
	mu.Lock() // want lock
	defer mu.Unlock()
	return restate.Sleep(ctx, time.Second)
}

func (Shop) ShortLock(ctx restate.Context, id string) error {
	mu.Lock()
	n := prices[id]
	mu.Unlock()
	return restate.Sleep(ctx, time.Duration(n))
}

func (Shop) Keys(ctx restate.Context, id string) error {
	return restate.RunVoid(ctx, func(rc restate.RunContext) error {
		key := time.Now().String()
		if _, err := outside.Ship(rc, key, id); err != nil { // want idempotencykey
			return err
		}
		_, err := outside.Ship(rc, id, id)
		return err
	})
}

func (Shop) Futures(ctx restate.Context, id string) error {
	ship := func(rc restate.RunContext) (string, error) { return outside.Ship(rc, id, id) }
	restate.RunAsync(ctx, ship)      // want await
	a := restate.RunAsync(ctx, ship) // want await
	_ = a
	b := restate.RunAsync(ctx, ship)
	restate.Wait(ctx, b)                // want unranged
	_ = restate.After(ctx, time.Second) // want timer
	for _, err := range restate.Wait(ctx, b) {
		if err != nil {
			return err
		}
	}
	_, err := b.Result()
	return err
}

func (Shop) Errors(ctx restate.ObjectContext, id string) error {
	v, _ := restate.Get[string](ctx, "v") // want droppederror
	restate.Sleep(ctx, time.Second)       // want droppederror
	restate.Set(ctx, "v", v+"x")
	return restate.RunVoid(ctx, func(rc restate.RunContext) error {
		_, _ = outside.Ship(rc, id, id) // want droppederror
		return nil
	})
}

func (Shop) Unread(ctx restate.ObjectContext, id string) (string, error) {
	v, err := restate.Get[string](ctx, "v") // want droppederror
	_ = err
	v, err = restate.Get[string](ctx, "u") // perhaps read, and perhaps not
	if v == "" {
		v, err = restate.Get[string](ctx, "w") // read after the if
	} else {
		v, err = restate.Get[string](ctx, "x")
	}
	if err != nil {
		return "", err
	}
	for range 2 {
		if err != nil {
			return "", err
		}
		v, err = restate.Get[string](ctx, "y") // read in the next round
	}
	if _, err := restate.Get[string](ctx, "z"); err != nil {
		return "", nil // want droppederror
	}
	v, err = restate.Get[string](ctx, "v")
	if err != nil {
		return "", nil // want droppederror
	}
	v, err = restate.Get[string](ctx, "v")
	if err != nil {
		return err.Error(), nil // the answer says what has failed
	}
	return v, nil
}

func (Shop) ReadInDefer(ctx restate.ObjectContext, id string) string {
	var v string
	var err error
	defer func() {
		if err != nil {
			panic(err)
		}
	}()
	v, err = restate.Get[string](ctx, "v")
	return v
}

type hidden struct {
	ID    string
	count int
}

type shown struct{ ID string }

func (Shop) Fields(ctx restate.ObjectContext, id string) error {
	if _, err := restate.Get[shown](ctx, "shown"); err != nil {
		return err
	}
	h, err := restate.Run(ctx, func(restate.RunContext) (hidden, error) { return hidden{ID: id, count: 1}, nil }) // want fields
	if err != nil {
		return err
	}
	restate.Set(ctx, "hidden", h) // want fields
	return nil
}

// Find looks like a handler.
func (Shop) Find(ctx restateless, id string) (string, error) { return id, nil }

type restateless interface{ Done() <-chan struct{} }

type permanentError struct{ error }

func (Shop) Permanent(ctx restate.Context, id string) error {
	if id == "" {
		return permanentError{errors.New("no id")} // want permanent
	}
	return restate.ToTerminalError(errors.New("final"))
}
