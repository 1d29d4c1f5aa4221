package check_test

import (
	"context"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	restate "github.com/restatedev/sdk-go"
	"github.com/restatedev/sdk-go/server"
	"github.com/stretchr/testify/require"

	"example.com/workbook/lessons/shop/outside"
	"example.com/workbook/solutions/01-concepts/checkout"
)

type place = func(restate.Context, checkout.Order) (checkout.Receipt, error)
type draw = func(restate.Context, checkout.Basket) (map[string]int64, error)

// keyed is Place with a key for each effect and a name for each step, as the
// answers below want them.
func keyed(key func(ctx restate.Context, o checkout.Order, step string) func() string) place {
	return func(ctx restate.Context, o checkout.Order) (checkout.Receipt, error) {
		reserve, charge, mail := key(ctx, o, "reserve"), key(ctx, o, "charge"), key(ctx, o, "mail")
		_, err := restate.Run(ctx, func(rc restate.RunContext) (string, error) {
			return outside.Reserve(rc, reserve(), o.ID, o.SKU)
		}, restate.WithName("put aside"))
		if err != nil {
			return checkout.Receipt{}, err
		}
		c, err := restate.Run(ctx, func(rc restate.RunContext) (outside.ChargeState, error) {
			return outside.Charge(rc, charge(), purchase(o))
		}, restate.WithName("pay"))
		if err != nil {
			return checkout.Receipt{}, err
		}
		err = restate.RunVoid(ctx, func(rc restate.RunContext) error {
			_, err := outside.Mail(rc, mail(), receipt(o, c.ID))
			return err
		}, restate.WithName("write"))
		return checkout.Receipt{OrderID: o.ID, ChargeID: c.ID}, err
	}
}

func purchase(o checkout.Order) outside.Purchase {
	return outside.Purchase{OrderID: o.ID, AmountCents: o.AmountCents, Token: o.Token}
}

func receipt(o checkout.Order, charge string) outside.Message {
	return outside.Message{OrderID: o.ID, Kind: "receipt", ChargeID: charge}
}

func same(s string) func() string { return func() string { return s } }

var rightPlace = keyed(func(_ restate.Context, o checkout.Order, _ string) func() string { return same(o.ID) })

func offer(p place, d draw) func() {
	return func() {
		def := restate.NewService("Checkout").
			Handler("Place", restate.NewServiceHandler(p)).
			Handler("Draw", restate.NewServiceHandler(d))
		err := server.NewRestate().Bind(def).Start(context.Background(), os.Getenv("LISTEN"))
		panic(err)
	}
}

var rightDraw = checkout.Checkout{}.Draw

// Right answers to lesson 1 that are unlike the reference.
var right = map[string]func(){
	"right: the order's id as the key": offer(rightPlace, rightDraw),
	"right: a UUID for each effect": offer(keyed(func(ctx restate.Context, _ checkout.Order, _ string) func() string {
		return same(restate.UUID(ctx).String())
	}), rightDraw),
	"right: the key made in a step of its own": offer(func(ctx restate.Context, o checkout.Order) (checkout.Receipt, error) {
		key, err := restate.Run(ctx, func(restate.RunContext) (string, error) { return uuid.NewString(), nil }, restate.WithName("key"))
		if err != nil {
			return checkout.Receipt{}, err
		}
		return keyed(func(restate.Context, checkout.Order, string) func() string { return same(key) })(ctx, o)
	}, rightDraw),
	"right: chance in a step": offer(rightPlace, func(ctx restate.Context, b checkout.Basket) (map[string]int64, error) {
		won, err := restate.Run(ctx, func(restate.RunContext) ([]string, error) {
			return slices.DeleteFunc(b.SKUs, func(string) bool { return rand.IntN(2) == 0 }), nil
		})
		discounts := map[string]int64{}
		for _, sku := range won {
			discounts[sku], err = restate.Run(ctx, func(rc restate.RunContext) (int64, error) { return outside.Price(rc, sku) })
			if err != nil {
				return nil, err
			}
		}
		return discounts, err
	}),
}

// Wrong answers to lesson 1: the task that must refuse each, and words that it
// must earn.
var wrong = map[string]struct {
	program func()
	task    string
	words   []string
}{
	"wrong: effects outside of steps": {
		offer(func(ctx restate.Context, o checkout.Order) (checkout.Receipt, error) {
			if _, err := outside.Reserve(ctx, o.ID, o.ID, o.SKU); err != nil {
				return checkout.Receipt{}, err
			}
			c, err := outside.Charge(ctx, o.ID, purchase(o))
			if err != nil {
				return checkout.Receipt{}, err
			}
			_, err = outside.Mail(ctx, o.ID, receipt(o, c.ID))
			return checkout.Receipt{OrderID: o.ID, ChargeID: c.ID}, err
		}, rightDraw),
		"1.2", []string{"got       2", "was asked for outside of any step, and so again on every attempt: put it into a restate.Run"},
	},
	"wrong: one step for everything": {
		offer(func(ctx restate.Context, o checkout.Order) (checkout.Receipt, error) {
			return restate.Run(ctx, func(rc restate.RunContext) (checkout.Receipt, error) {
				if _, err := outside.Reserve(rc, o.ID, o.ID, o.SKU); err != nil {
					return checkout.Receipt{}, err
				}
				c, err := outside.Charge(rc, o.ID, purchase(o))
				if err != nil {
					return checkout.Receipt{}, err
				}
				_, err = outside.Mail(rc, o.ID, receipt(o, c.ID))
				return checkout.Receipt{OrderID: o.ID, ChargeID: c.ID}, err
			}, restate.WithName("everything"))
		}, rightDraw),
		"1.2", []string{"got       2", "one step has more than one effect in it: a crash between them repeats the first"},
	},
	"wrong: a captured variable": {
		offer(func(ctx restate.Context, o checkout.Order) (checkout.Receipt, error) {
			var c outside.ChargeState
			restate.RunVoid(ctx, func(rc restate.RunContext) error {
				_, err := outside.Reserve(rc, o.ID, o.ID, o.SKU)
				return err
			}, restate.WithName("a step"))
			restate.RunVoid(ctx, func(rc restate.RunContext) (err error) {
				c, err = outside.Charge(rc, o.ID, purchase(o))
				return err
			}, restate.WithName("a step"))
			err := restate.RunVoid(ctx, func(rc restate.RunContext) error {
				_, err := outside.Mail(rc, o.ID, receipt(o, c.ID))
				return err
			}, restate.WithName("a step"))
			return checkout.Receipt{OrderID: o.ID, ChargeID: c.ID}, err
		}, rightDraw),
		"1.2", []string{"got       ", "a variable that a step sets is empty after a replay: use what the step returns"},
	},
	"wrong: no key": {
		offer(keyed(func(restate.Context, checkout.Order, string) func() string { return same("") }), rightDraw),
		"1.3", []string{"expected  1 charge", "got       2", "charge was asked without a key"},
	},
	"wrong: a key made in the step": {
		offer(keyed(func(restate.Context, checkout.Order, string) func() string { return uuid.NewString }), rightDraw),
		"1.3", []string{"expected  1 charge", "got       2", "the key is another one on every attempt"},
	},
	"wrong: restate.UUID in the step": {
		offer(keyed(func(ctx restate.Context, _ checkout.Order, _ string) func() string {
			return func() string { return restate.UUID(ctx).String() }
		}), rightDraw),
		"1.3", []string{"the key is another one on every attempt"},
	},
	"wrong: a key for the charge alone": {
		offer(keyed(func(_ restate.Context, o checkout.Order, step string) func() string {
			if step == "charge" {
				return same(o.ID)
			}
			return same("")
		}), rightDraw),
		"1.3", []string{"mail was asked without a key"},
	},
	"wrong: one key for all orders": {
		offer(keyed(func(restate.Context, checkout.Order, string) func() string { return same("checkout") }), rightDraw),
		"1.2", []string{"the same key came with another request before: a key names one effect of one order"},
	},
	"wrong: chance outside of the journal": {
		offer(rightPlace, func(ctx restate.Context, b checkout.Basket) (map[string]int64, error) {
			discounts := map[string]int64{}
			for _, sku := range b.SKUs {
				if rand.IntN(2) == 0 {
					discounts[sku], _ = restate.Run(ctx, func(rc restate.RunContext) (int64, error) { return outside.Price(rc, sku) }, restate.WithName(sku))
				}
			}
			return discounts, nil
		}),
		"1.4", []string{"RT0016", "the path through the handler depends on something that the journal does not know"},
	},
	"wrong: steps without names": {
		offer(func(ctx restate.Context, o checkout.Order) (checkout.Receipt, error) {
			restate.RunVoid(ctx, func(rc restate.RunContext) error {
				_, err := outside.Reserve(rc, o.ID, o.ID, o.SKU)
				return err
			}, restate.WithName("reserve"))
			c, err := restate.Run(ctx, func(rc restate.RunContext) (outside.ChargeState, error) {
				return outside.Charge(rc, o.ID, purchase(o))
			})
			if err != nil {
				return checkout.Receipt{}, err
			}
			err = restate.RunVoid(ctx, func(rc restate.RunContext) error {
				_, err := outside.Mail(rc, o.ID, receipt(o, c.ID))
				return err
			})
			return checkout.Receipt{OrderID: o.ID, ChargeID: c.ID}, err
		}, rightDraw),
		"1.2", []string{"expected  a name for each step", "got       step 2 has none"},
	},
	"wrong: a draw without chance": {
		offer(rightPlace, func(ctx restate.Context, b checkout.Basket) (map[string]int64, error) {
			return map[string]int64{b.SKUs[0]: 1}, nil
		}),
		"1.4", []string{"expected  two answers that differ"},
	},
	"wrong: the key is random, before the steps": {
		offer(keyed(func(restate.Context, checkout.Order, string) func() string { return same(uuid.NewString()) }), rightDraw),
		"1.3", []string{"the key is another one on every attempt: take it from the order, or from restate.UUID(ctx) in front of the step"},
	},
	"wrong: calls in no step but the first": {
		offer(func(ctx restate.Context, o checkout.Order) (checkout.Receipt, error) {
			restate.RunVoid(ctx, func(rc restate.RunContext) error {
				_, err := outside.Reserve(rc, "", o.ID, o.SKU)
				return err
			}, restate.WithName("reserve"))
			c, err := outside.Charge(ctx, "", purchase(o))
			if err != nil {
				return checkout.Receipt{}, err
			}
			_, err = outside.Mail(ctx, "", receipt(o, c.ID))
			return checkout.Receipt{OrderID: o.ID, ChargeID: c.ID}, err
		}, rightDraw),
		"1.2", []string{"charge was asked for outside of any step"},
	},
	"wrong: two effects in the second step": {
		offer(func(ctx restate.Context, o checkout.Order) (checkout.Receipt, error) {
			restate.RunVoid(ctx, func(rc restate.RunContext) error {
				_, err := outside.Reserve(rc, "", o.ID, o.SKU)
				return err
			}, restate.WithName("reserve"))
			return restate.Run(ctx, func(rc restate.RunContext) (checkout.Receipt, error) {
				c, err := outside.Charge(rc, "", purchase(o))
				if err != nil {
					return checkout.Receipt{}, err
				}
				_, err = outside.Mail(rc, "", receipt(o, c.ID))
				return checkout.Receipt{OrderID: o.ID, ChargeID: c.ID}, err
			}, restate.WithName("charge and mail"))
		}, rightDraw),
		"1.2", []string{"one step has more than one effect in it"},
	},
	"wrong: panic": {
		offer(func(restate.Context, checkout.Order) (checkout.Receipt, error) { panic("no such order") }, rightDraw),
		"1.2", []string{"no such order", "a panic is retried like any other error"},
	},
}

func init() {
	for name, program := range right {
		variants[name] = program
	}
	for name, w := range wrong {
		variants[name] = w.program
	}
}

func TestRightAnswersPass(t *testing.T) {
	for name := range right {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out, ok := judge(t, name)
			require.True(t, ok, out)
		})
	}
}

func TestWrongAnswersAreRefused(t *testing.T) {
	for name, w := range wrong {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out, ok := judge(t, name)
			require.False(t, ok, out)
			_, shown, found := strings.Cut(out, "\nFAIL "+w.task+"  ")
			require.True(t, found, out)
			shown, _, _ = strings.Cut(shown, "\n  next ")
			for _, words := range w.words {
				require.Contains(t, shown, words)
			}
			require.NotContains(t, out, "BROKEN")
		})
	}
}
