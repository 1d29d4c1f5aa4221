package p

import (
	"context"
	"database/sql"
	"fmt"
	"net/http"
	"sync"
	"time"

	restate "github.com/restatedev/sdk-go"

	"example.com/workbook/lessons/shop/outside"
)

type Shop struct{ db *sql.DB }

type flow struct {
	restate.Context
	err error
}

// step runs a function as a step of a name.
func step[T any](ctx restate.Context, name string, f func(rc restate.RunContext) (T, error)) (T, error) {
	return restate.Run(ctx, f, restate.WithName(name))
}

func (f *flow) do(name string, work func(ctx context.Context) error) {
	if f.err == nil {
		f.err = restate.RunVoid(f.Context, func(rc restate.RunContext) error { return work(rc) }, restate.WithName(name))
	}
}

func charge(ctx context.Context, id string) error {
	_, err := outside.Charge(ctx, id, outside.Purchase{})
	return err
}

func (s Shop) Effects(ctx restate.Context, id string) error {
	if _, err := http.Get("http://127.0.0.1/" + id); err != nil { // want effect
		return err
	}
	if _, err := s.db.ExecContext(ctx, "DELETE FROM orders"); err != nil { // want effect
		return err
	}
	if err := charge(ctx, id); err != nil { // want effect
		return err
	}
	_, err := step(ctx, "own step", func(rc restate.RunContext) (string, error) {
		return outside.Ship(rc, id, id)
	})
	if err != nil {
		return err
	}
	f := &flow{Context: ctx}
	f.do("charge", func(c context.Context) error { return charge(c, id) })
	if f.err != nil {
		return f.err
	}
	return func(rc restate.RunContext) error { return charge(rc, id) }(ctx) // want effect
}

// Serve creates a table, and is no handler.
func Serve(db *sql.DB) error {
	_, err := db.Exec("CREATE TABLE orders (id)")
	return err
}

func (s Shop) Contexts(ctx restate.ObjectContext, id string) error {
	return restate.RunVoid(ctx, func(rc restate.RunContext) error {
		ctx.Log().Info("for people")
		key := restate.UUID(ctx).String()                     // want stepoperation
		if _, err := outside.Ship(ctx, key, id); err != nil { // want stepcontext
			return err
		}
		if _, err := outside.Ship(context.Background(), key, id); err != nil { // want background
			return err
		}
		_, err := outside.Ship(rc, key, id)
		return err
	})
}

// Shadow gives a step to Restate whose parameter has the name of the handler's context.
func (s Shop) Shadow(ctx restate.Context, id string) error {
	return restate.RunVoid(ctx, func(ctx restate.RunContext) error {
		_, err := outside.Ship(ctx, id, id)
		return err
	})
}

func (s Shop) Captured(ctx restate.Context, id string) (string, error) {
	var ship, tracked, again string
	var err error
	if err := restate.RunVoid(ctx, func(rc restate.RunContext) (err error) {
		ship, err = outside.Ship(rc, id, id) // want captured
		return err
	}); err != nil {
		return "", err
	}
	tracked, err = restate.Run(ctx, func(rc restate.RunContext) (string, error) {
		tracked = "local use" // the step's result replaces the value
		return outside.Ship(rc, id, tracked)
	})
	if err != nil {
		return "", err
	}
	err = restate.RunVoid(ctx, func(rc restate.RunContext) error {
		again = "only in the step"
		_, err := outside.Ship(rc, id, again)
		return err
	})
	return ship + tracked, err
}

func (s Shop) Names(ctx restate.Context, id string) error {
	ship := func(rc restate.RunContext) (string, error) { return outside.Ship(rc, id, id) }
	if _, err := restate.Run(ctx, ship, restate.WithName("ship")); err != nil {
		return err
	}
	if _, err := restate.Run(ctx, ship, restate.WithName("ship")); err != nil { // want stepname
		return err
	}
	for i := range 3 {
		if _, err := restate.Run(ctx, ship, restate.WithName(fmt.Sprint("ship ", i))); err != nil {
			return err
		}
	}
	return nil
}

func (s Shop) Goroutines(ctx restate.Context, id string) error {
	go restate.ServiceSend(ctx, "Receipts", "Send").Send(id) // want goroutine
	go fmt.Println("for people")
	return restate.RunVoid(ctx, func(rc restate.RunContext) error {
		go charge(rc, id) // want goroutine
		return nil
	})
}

func (s Shop) AwaitedGoroutines(ctx restate.Context, id string) error {
	err := restate.RunVoid(ctx, func(rc restate.RunContext) (err error) {
		var all sync.WaitGroup
		all.Add(1)
		go func() { err = charge(rc, id); all.Done() }()
		all.Wait()
		return err
	})
	if err != nil {
		return err
	}
	return restate.RunVoid(ctx, func(rc restate.RunContext) error {
		done := make(chan error)
		go func() { done <- charge(rc, id) }()
		return <-done
	})
}

func (s Shop) GoroutineThatWaitsItself(ctx restate.Context, id string) error {
	return restate.RunVoid(ctx, func(rc restate.RunContext) error {
		go func() { // want goroutine
			<-rc.Done()
			if charge(rc, id) != nil {
				return
			}
		}()
		return nil
	})
}

func (s Shop) Deferred(ctx restate.Context, id string) (err error) {
	defer restate.ServiceSend(ctx, "Payment", "Refund").Send(id) // want deferred
	defer func() {
		if err != nil {
			restate.ServiceSend(ctx, "Payment", "Refund").Send(id)
		}
	}()
	defer fmt.Println("for people")
	return restate.Sleep(ctx, time.Second)
}
