package rows_test

import (
	"context"
	"database/sql"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"
	restate "github.com/restatedev/sdk-go"
	"github.com/restatedev/sdk-go/server"
	"github.com/stretchr/testify/require"

	"example.com/workbook/lessons/shop/outside"
	"example.com/workbook/lessons/shop/store"
	"example.com/workbook/solutions/03-virtual-object/cart"
	"example.com/workbook/solutions/03-virtual-object/shipping"
)

// answer is one to lesson 3. Fields that are not set are the reference's.
type answer struct {
	add   func(restate.ObjectContext, cart.Wanted) (cart.Contents, error)
	view  func(restate.ObjectSharedContext) (cart.Contents, error)
	waits bool // View has an ObjectContext
	create
}

// create is CreateShipment, part by part.
type create struct {
	known  func(restate.ObjectContext) (*shipping.Shipment, error)
	key    func(restate.ObjectContext) func() string
	book   func(ctx restate.ObjectContext, db *store.DB, key func() string, orderID string) (string, error)
	row    func(ctx restate.ObjectContext, db *store.DB, row store.Shipment) error
	insert func(ctx context.Context, db *store.DB, row store.Shipment) error
	before func(restate.ObjectContext, shipping.Shipment) // the row
	after  func(restate.ObjectContext, shipping.Shipment)
}

func (a answer) serve() {
	db, err := store.Open(os.Getenv("SHOP_DB"))
	if err != nil {
		panic(err)
	}
	a = a.filled()
	carts := restate.NewObject("Cart").Handler("Add", restate.NewObjectHandler(a.add))
	if a.waits {
		carts.Handler("View", restate.NewObjectHandler(func(ctx restate.ObjectContext, _ restate.Void) (cart.Contents, error) { return a.view(ctx) }))
	} else {
		carts.Handler("View", restate.NewObjectSharedHandler(func(ctx restate.ObjectSharedContext, _ restate.Void) (cart.Contents, error) { return a.view(ctx) }))
	}
	shipments := restate.NewObject("Shipping").Handler("CreateShipment", restate.NewObjectHandler(
		func(ctx restate.ObjectContext, o shipping.Order) (shipping.Shipment, error) { return a.run(ctx, db, o) }))
	panic(server.NewRestate().Bind(carts).Bind(shipments).Start(context.Background(), os.Getenv("LISTEN")))
}

func (c create) run(ctx restate.ObjectContext, db *store.DB, o shipping.Order) (shipping.Shipment, error) {
	known, err := c.known(ctx)
	if err != nil || known != nil {
		return deref(known), err
	}
	tracking, err := c.book(ctx, db, c.key(ctx), o.OrderID)
	if err != nil {
		return shipping.Shipment{}, err
	}
	s := shipping.Shipment{ShipmentID: restate.Key(ctx), OrderID: o.OrderID, TrackingID: tracking}
	c.before(ctx, s)
	if err := c.row(ctx, db, rowOf(s)); err != nil {
		return shipping.Shipment{}, err
	}
	c.after(ctx, s)
	return s, nil
}

func deref(s *shipping.Shipment) shipping.Shipment {
	if s == nil {
		return shipping.Shipment{}
	}
	return *s
}

func rowOf(s shipping.Shipment) store.Shipment {
	return store.Shipment{ID: s.ShipmentID, OrderID: s.OrderID, TrackingID: s.TrackingID, Status: store.Booked}
}

func (a answer) filled() answer {
	if a.add == nil {
		a.add = cart.Cart{}.Add
	}
	if a.view == nil {
		a.view = cart.Cart{}.View
	}
	if a.known == nil {
		a.known = inState
	}
	if a.key == nil {
		a.key = func(ctx restate.ObjectContext) func() string { return same(restate.Key(ctx)) }
	}
	if a.book == nil {
		a.book = inStep
	}
	if a.insert == nil {
		a.insert = func(ctx context.Context, db *store.DB, row store.Shipment) error {
			return db.InsertShipmentIfAbsent(ctx, row)
		}
	}
	if a.row == nil {
		a.row = a.rowInStep
	}
	if a.before == nil {
		a.before = nothing
	}
	if a.after == nil {
		a.after = setShipment
	}
	return a
}

func same(s string) func() string { return func() string { return s } }

func nothing(restate.ObjectContext, shipping.Shipment) {}

func setShipment(ctx restate.ObjectContext, s shipping.Shipment) { restate.Set(ctx, "shipment", s) }

func inState(ctx restate.ObjectContext) (*shipping.Shipment, error) {
	s, err := restate.Get[*shipping.Shipment](ctx, "shipment")
	return s, err
}

func inStep(ctx restate.ObjectContext, _ *store.DB, key func() string, orderID string) (string, error) {
	tracking, err := restate.Run(ctx, func(rc restate.RunContext) (string, error) { return ask(rc, key(), orderID) })
	return tracking, err
}

// ask is the lesson's bookCarrier.
func ask(ctx context.Context, key, orderID string) (string, error) {
	tracking, err := outside.Ship(ctx, key, orderID)
	if outside.IsRefused(err) {
		return "", restate.ToTerminalError(err, restate.WithErrorCode(422))
	}
	return tracking, err
}

func (c create) rowInStep(ctx restate.ObjectContext, db *store.DB, row store.Shipment) error {
	return restate.RunVoid(ctx, func(rc restate.RunContext) error { return c.insert(rc, db, row) })
}

func noRow(restate.ObjectContext, *store.DB, store.Shipment) error { return nil }

// memory is what a program has that keeps things in variables.
var memory struct {
	sync.Mutex
	carts     map[string]cart.Contents
	shipments map[string]shipping.Shipment
}

func init() {
	memory.carts = map[string]cart.Contents{}
	memory.shipments = map[string]shipping.Shipment{}
}

func addInMemory(ctx restate.ObjectContext, w cart.Wanted) (cart.Contents, error) {
	price, err := restate.Service[cart.Price](ctx, "Pricing", "Quote").Request(cart.Item{SKU: w.SKU})
	if err != nil {
		return cart.Contents{}, err
	}
	memory.Lock()
	defer memory.Unlock()
	c := with(memory.carts[restate.Key(ctx)], w, price)
	memory.carts[restate.Key(ctx)] = c
	return c, nil
}

func with(c cart.Contents, w cart.Wanted, p cart.Price) cart.Contents {
	n := max(w.Quantity, 1)
	items := map[string]int64{w.SKU: n}
	for sku, m := range c.Items {
		items[sku] += m
	}
	return cart.Contents{Items: items, AmountCents: c.AmountCents + n*p.AmountCents}
}

func viewMemory(ctx restate.ObjectSharedContext) (cart.Contents, error) {
	memory.Lock()
	defer memory.Unlock()
	return memory.carts[restate.Key(ctx)], nil
}

const insertRow = `INSERT INTO shipments (id, order_id, tracking_id, status) VALUES (?, ?, ?, 'BOOKED')`

// Right answers that are unlike the reference.
var right = map[string]answer{
	"a conflict is fine": {create: create{insert: func(ctx context.Context, db *store.DB, row store.Shipment) error {
		err := db.InsertShipment(ctx, row)
		if store.IsConflict(err) {
			return nil
		}
		return err
	}}},
	"look, then insert, in one transaction": {create: create{insert: func(ctx context.Context, db *store.DB, row store.Shipment) error {
		return db.Write(ctx, func(tx *sql.Tx) error {
			var n int
			err := tx.QueryRow("SELECT count(*) FROM shipments WHERE order_id = ?", row.OrderID).Scan(&n)
			if err != nil || n > 0 {
				return err
			}
			_, err = tx.Exec(insertRow, row.ID, row.OrderID, row.TrackingID)
			return err
		})
	}}},
	"booking and row in one step": {create: create{
		book: func(ctx restate.ObjectContext, db *store.DB, _ func() string, orderID string) (string, error) {
			id := restate.Key(ctx)
			tracking, err := restate.Run(ctx, func(rc restate.RunContext) (string, error) {
				tracking, err := ask(rc, orderID, orderID)
				if err != nil {
					return "", err
				}
				return tracking, db.InsertShipmentIfAbsent(rc, rowOf(shipping.Shipment{ShipmentID: id, OrderID: orderID, TrackingID: tracking}))
			})
			return tracking, err
		},
		row: noRow,
	}},
}

// Wrong answers: a script that must refuse each, and words that it must earn.
var wrong = map[string]struct {
	answer
	script string
	words  []string
}{
	"carts in a variable": {
		answer{add: addInMemory, view: viewMemory},
		"3.1_crash_fifty", []string{`got       200 {"items":{"book-o-3.1-fifty":48,`, "Restate has no state for this key: a variable dies with its process"},
	},
	"carts in a variable, and a copy in the state": {
		answer{add: func(ctx restate.ObjectContext, w cart.Wanted) (cart.Contents, error) {
			c, err := addInMemory(ctx, w)
			if err == nil {
				restate.Set(ctx, "contents", c)
			}
			return c, err
		}},
		"3.1_crash_fifty", []string{"a variable has died with its process: what a handler builds on must come from restate.Get"},
	},
	"Set forgotten": {
		answer{add: func(ctx restate.ObjectContext, w cart.Wanted) (cart.Contents, error) {
			c, err := restate.Get[cart.Contents](ctx, "contents")
			if err != nil {
				return cart.Contents{}, err
			}
			price, err := restate.Service[cart.Price](ctx, "Pricing", "Quote").Request(cart.Item{SKU: w.SKU})
			return with(c, w, price), err
		}},
		"3.1_call_adds", []string{"what a later call is to find, an earlier one must restate.Set"},
	},
	"Add calls View on its own key": {
		answer{
			add: func(ctx restate.ObjectContext, w cart.Wanted) (cart.Contents, error) {
				if _, err := (cart.Cart{}).Add(ctx, w); err != nil {
					return cart.Contents{}, err
				}
				c, err := restate.Object[cart.Contents](ctx, "Cart", restate.Key(ctx), "View").Request(restate.Void{})
				return c, err
			},
			waits: true,
		},
		"3.1_call_adds", []string{"Cart/Add called Cart/View on its own key", "a handler that calls its own key waits for itself"},
	},
	"View waits for its turn": {
		answer{waits: true},
		"3.2_call_waiting", []string{"Cart/View waits for its turn: another handler has the key", "one that only reads need not"},
	},
	"err == nil": {
		answer{create: create{known: func(ctx restate.ObjectContext) (*shipping.Shipment, error) {
			s, err := restate.Get[shipping.Shipment](ctx, "shipment")
			return &s, err
		}}},
		"3.3_call_first", []string{"expected  1 ship", "got       0", "Get of a key that is not there gives a zero value, and no error"},
	},
	"a key made in the step": {
		answer{create: create{key: func(restate.ObjectContext) func() string { return uuid.NewString }}},
		"3.3_crash_after-yes", []string{"got       2", "the key is another one on every attempt"},
	},
	"booked outside of a step": {
		answer{create: create{book: func(ctx restate.ObjectContext, _ *store.DB, key func() string, orderID string) (string, error) {
			return ask(ctx, key(), orderID)
		}}},
		"3.3_call_twice", []string{"with every step replayed", "the outside world was asked outside of a step"},
	},
	"nothing set": {
		answer{create: create{after: nothing}},
		"3.3_call_twice", []string{"got       2", "what a later call is to find, an earlier one must restate.Set"},
	},
	"shipments in a variable": {
		answer{create: create{
			known: func(ctx restate.ObjectContext) (*shipping.Shipment, error) {
				memory.Lock()
				defer memory.Unlock()
				if s, ok := memory.shipments[restate.Key(ctx)]; ok {
					return &s, nil
				}
				return nil, nil
			},
			after: func(ctx restate.ObjectContext, s shipping.Shipment) {
				memory.Lock()
				defer memory.Unlock()
				memory.shipments[restate.Key(ctx)] = s
			},
		}},
		"3.3_crash_asked-later", []string{"got       2", "Restate has no state for this key"},
	},
	"no row": {
		answer{create: create{row: noRow}},
		"3.4_call_agrees", []string{"expected  rows [{", "got       none"},
	},
	"a key for each call": {
		answer{create: create{key: func(ctx restate.ObjectContext) func() string { return same(restate.UUID(ctx).String()) }}},
		"3.4_call_forgotten", []string{"got       2", "each call made a key of its own"},
	},
	"a plain insert": {
		answer{create: create{insert: func(ctx context.Context, db *store.DB, row store.Shipment) error { return db.InsertShipment(ctx, row) }}},
		"3.4_crash_committed", []string{"UNIQUE constraint failed", "what may run twice needs a query that may run twice"},
	},
	"written over": {
		answer{create: create{insert: func(ctx context.Context, db *store.DB, row store.Shipment) error { return db.PutShipment(ctx, row) }}},
		"3.4_call_forgotten", []string{`expected  rows [{"status":"DELIVERED"}]`, `got       [{"status":"BOOKED"}]`, "the row had moved on, and was written over"},
	},
	"state before row": {
		answer{create: create{before: setShipment, after: nothing}},
		"3.4_call_cancelled", []string{"got       none", "a Set stays when its handler ends in an error, so write the row first"},
	},
	"an error dropped": {
		answer{create: create{row: func(ctx restate.ObjectContext, db *store.DB, row store.Shipment) error {
			restate.RunVoid(ctx, func(rc restate.RunContext) error { return db.InsertShipmentIfAbsent(rc, row) })
			return nil
		}}},
		"3.4_call_cancelled", []string{"expected  409", "is an error dropped?"},
	},
	"every error is final": {
		answer{create: create{insert: func(ctx context.Context, db *store.DB, row store.Shipment) error {
			if err := db.InsertShipmentIfAbsent(ctx, row); err != nil {
				return restate.ToTerminalError(err)
			}
			return nil
		}}},
		"3.4_call_cancelled", []string{"an error that may pass was made terminal"},
	},
	"the row outside of a step": {
		answer{create: create{row: func(ctx restate.ObjectContext, db *store.DB, row store.Shipment) error {
			return db.InsertShipmentIfAbsent(ctx, row)
		}}},
		"3.4_call_cancelled", []string{"what fails stands outside of a step"},
	},
	"the carrier is asked in a transaction": {
		answer{create: create{
			book: func(ctx restate.ObjectContext, db *store.DB, key func() string, orderID string) (tracking string, err error) {
				id := restate.Key(ctx)
				tracking, err = restate.Run(ctx, func(rc restate.RunContext) (tracking string, err error) {
					err = db.Write(rc, func(tx *sql.Tx) (err error) {
						if tracking, err = ask(rc, key(), orderID); err != nil {
							return err
						}
						_, err = tx.Exec(insertRow+" ON CONFLICT DO NOTHING", id, orderID, tracking)
						return err
					})
					return tracking, err
				})
				return tracking, err
			},
			row: noRow,
		}},
		"3.4_call_other-order", []string{"it is locked: a transaction of the program's does not end", "a transaction is open while the carrier is asked"},
	},
	"the store is gone round": {
		answer{create: create{insert: func(ctx context.Context, _ *store.DB, row store.Shipment) error {
			db, err := sql.Open("sqlite3", os.Getenv("SHOP_DB")+"?_busy_timeout=5000")
			if err != nil {
				return err
			}
			defer db.Close()
			_, err = db.Exec(insertRow+" ON CONFLICT DO NOTHING", row.ID, row.OrderID, row.TrackingID)
			return err
		}}},
		"3.4_crash_committed", []string{"expected  the program to get to where it is killed, right after it wrote to the database"},
	},
}

func TestRightAnswersPass(t *testing.T) {
	for name := range right {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out, ok := judge(t, name, "")
			require.True(t, ok, out)
		})
	}
}

func TestWrongAnswersAreRefused(t *testing.T) {
	for name, w := range wrong {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out, ok := judge(t, name, w.script)
			require.False(t, ok, out)
			task, _, _ := strings.Cut(w.script, "_")
			_, shown, found := strings.Cut(out, "\nFAIL "+task+"  ")
			require.True(t, found, out)
			shown, _, _ = strings.Cut(shown, "\n  next ")
			for _, words := range w.words {
				require.Contains(t, shown, words)
			}
			require.NotContains(t, out, "BROKEN")
		})
	}
}
