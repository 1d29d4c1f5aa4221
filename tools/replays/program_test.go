package replays

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"strconv"
	"time"

	sdk "github.com/restatedev/sdk-go"
	"github.com/restatedev/sdk-go/server"
)

// changeEnv is an environment variable. If it is set, this test binary is the program, with the change
// that the variable names.
const changeEnv = "REPLAYS_TEST_CHANGE"

var change = os.Getenv(changeEnv)

// effect appends a line to a file. Steps call it, so the file shows which steps ran.
func effect(name string) {
	f, err := os.OpenFile(os.Getenv("REPLAYS_TEST_EFFECTS"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err == nil {
		fmt.Fprintln(f, name)
		f.Close()
	}
}

func step(ctx sdk.Context, name string) (string, error) {
	return sdk.Run(ctx, func(sdk.RunContext) (string, error) { effect(name); return name + " done", nil }, sdk.WithName(name))
}

type order struct {
	ID     string `json:"id"`
	Amount int    `json:"amount"`
	Note   string `json:"note,omitempty"`
}

// Flow has one wait, and changes at every place of its handler.
type Flow struct{}

func (Flow) Run(ctx sdk.WorkflowContext, o order) (string, error) {
	if change == "log line" {
		ctx.Log().Info("an order")
		fmt.Println("an order")
	}
	if change == "early return" {
		return "", nil
	}
	if change == "terminal error" {
		return "", sdk.TerminalErrorf("no more orders")
	}
	if change == "ends the program" {
		fmt.Println("out of order")
		os.Exit(3)
	}
	if change == "panic" {
		panic("no")
	}
	if change == "outside" {
		_, err := http.Get("http://192.0.2.1/")
		fmt.Println(err)
	}
	if change == "one more uuid" {
		sdk.UUID(ctx)
	}
	name := "reserve"
	if change == "renamed step" {
		name = "hold"
	}
	reserved, err := "", error(nil)
	if change == "step result" {
		if _, err := sdk.Run(ctx, func(sdk.RunContext) (int, error) { return 1, nil }, sdk.WithName(name)); err != nil {
			return "", err
		}
	} else if reserved, err = step(ctx, name); err != nil {
		return "", err
	}
	if change == "step before payment" {
		if _, err := step(ctx, "check"); err != nil {
			return "", err
		}
	}
	key := sdk.UUID(ctx).String()
	if change == "new field" {
		o.Note = ""
	}
	if change == "another body" {
		o.Amount *= 2
	}
	pay := func() error {
		_, err := sdk.Object[string](ctx, "Pay", "pay-"+o.ID, "Charge").Request(map[string]any{"order": o, "key": key})
		return err
	}
	ship := func() error {
		sdk.ServiceSend(ctx, "Ship", "Send").Send(o.ID)
		return nil
	}
	calls := []func() error{pay, ship}
	if change == "swapped calls" {
		calls = []func() error{ship, pay}
	}
	for _, call := range calls {
		if err := call(); err != nil {
			return "", err
		}
	}
	if change == "step before wait" {
		if _, err := step(ctx, "inform"); err != nil {
			return "", err
		}
	}
	wait := "approved"
	if change == "other promise" {
		wait = "accepted"
	}
	if change != "no wait" {
		if _, err := sdk.Promise[bool](ctx, wait).Result(); err != nil {
			return "", err
		}
	}
	if change == "branch on the journal" && reserved == "reserve done" || change == "step at end" {
		if _, err := step(ctx, "thank"); err != nil {
			return "", err
		}
	}
	return step(ctx, "mail")
}

func (Flow) Approve(ctx sdk.WorkflowSharedContext, ok bool) error {
	return sdk.Promise[bool](ctx, "approved").Resolve(ok)
}

// Everything runs commands of every type before it waits for a signal.
type Everything struct{}

func (Everything) Run(ctx sdk.WorkflowContext, o order) error {
	if got, err := sdk.Promise[*bool](ctx, "p").Peek(); got != nil || err != nil {
		return err
	}
	if err := sdk.Promise[bool](ctx, "p").Resolve(true); err != nil {
		return err
	}
	if _, err := sdk.Promise[bool](ctx, "p").Result(); err != nil {
		return err
	}
	if err := sdk.Promise[bool](ctx, "q").Reject(errors.New("no")); err != nil {
		return err
	}
	if _, err := sdk.Promise[bool](ctx, "q").Result(); err == nil {
		return errors.New("q was rejected")
	}
	a := sdk.Awakeable[string](ctx)
	sdk.ResolveAwakeable(ctx, a.Id(), "x")
	if _, err := a.Result(); err != nil {
		return err
	}
	sdk.ServiceSend(ctx, "Ship", "Send").Send(o.ID, sdk.WithDelay(24*time.Hour), sdk.WithHeaders(map[string]string{"by": "everything"}))
	asleep := sdk.ServiceSend(ctx, "Waits", "Sleep").Send(nil)
	sdk.CancelInvocation(ctx, asleep.GetInvocationId())
	if _, err := sdk.AttachInvocation[sdk.Void](ctx, asleep.GetInvocationId()).Response(); err == nil {
		return errors.New("Sleep was cancelled")
	}
	sdk.ResolveSignal(ctx, asleep.GetInvocationId(), "late", 1)
	if _, err := sdk.Service[sdk.Void](ctx, "Waits", "Nothing").Request(sdk.Void{}, sdk.WithIdempotencyKey(sdk.UUID(ctx).String())); err != nil {
		return err
	}
	if _, err := sdk.Run(ctx, func(sdk.RunContext) (string, error) { return "", sdk.TerminalErrorf("no") }, sdk.WithName("fails")); err == nil {
		return errors.New("the step failed")
	}
	if err := sdk.RunVoid(ctx, func(sdk.RunContext) error { return nil }); err != nil {
		return err
	}
	if err := sdk.Sleep(ctx, time.Millisecond, sdk.WithName("short")); err != nil {
		return err
	}
	if sdk.Rand(ctx).Float64() > 2 {
		return errors.New("Rand")
	}
	if change == "step before signal" {
		if _, err := step(ctx, "early"); err != nil {
			return err
		}
	}
	_, err := sdk.Signal[int](ctx, "go").Result()
	return err
}

type Pay struct{}

func (Pay) Charge(ctx sdk.ObjectContext, _ map[string]any) (string, error) {
	return sdk.Run(ctx, func(sdk.RunContext) (string, error) { effect("charge"); return "charged", nil }, sdk.WithName("charge"))
}

// Order does what the program in testdata/order does.
type Order struct{}

func (Order) Run(ctx sdk.WorkflowContext, _ int) (bool, error) {
	if _, err := step(ctx, "charge"); err != nil {
		return false, err
	}
	return sdk.Promise[bool](ctx, "approved").Result()
}

type Ship struct{}

func (Ship) Send(sdk.Context, string) error {
	if change == "hangs" {
		effect(strconv.Itoa(os.Getpid()))
		select {}
	}
	return nil
}

// Waits has handlers that wait in every way, behind commands of every kind.
type Waits struct{}

func (Waits) Sleep(ctx sdk.Context, _ sdk.Void) error {
	if _, err := step(ctx, "one"); err != nil {
		return err
	}
	return sdk.Sleep(ctx, cmp.Or(map[string]time.Duration{"longer sleep": 48 * time.Hour}[change], 24*time.Hour))
}

// Failing runs a step that succeeds, and then a step that never succeeds.
func (Waits) Failing(ctx sdk.Context, _ sdk.Void) error {
	if _, err := step(ctx, "one"); err != nil {
		return err
	}
	if change == "step before failing" {
		if _, err := step(ctx, "zero"); err != nil {
			return err
		}
	}
	name := "two"
	if change == "renamed failing step" {
		name = "deux"
	}
	_, err := sdk.Run(ctx, func(sdk.RunContext) (sdk.Void, error) {
		effect("failing")
		return sdk.Void{}, errors.New("not yet")
	}, sdk.WithName(name))
	return err
}

// Beside runs a step that never succeeds, at the same time as a call that ends and a call that does not.
func (Waits) Beside(ctx sdk.Context, _ sdk.Void) error {
	failing := func(sdk.RunContext) (sdk.Void, error) { effect("failing"); return sdk.Void{}, errors.New("not yet") }
	f := sdk.RunAsync(ctx, failing, sdk.WithName("failing"))
	if change == "waits at once" {
		if _, err := f.Result(); err != nil {
			return err
		}
	}
	if _, err := sdk.Service[sdk.Void](ctx, "Waits", "Nothing").Request(sdk.Void{}); err != nil {
		return err
	}
	name := "Sleep"
	if change == "other call beside" {
		name = "Nothing"
	}
	c := sdk.Service[sdk.Void](ctx, "Waits", name).RequestFuture(sdk.Void{})
	for _, err := range sdk.Wait(ctx, f, c) {
		if err != nil {
			return err
		}
	}
	return nil
}

func (Waits) Nothing(sdk.Context, sdk.Void) error { return nil }

func (Waits) Awakeable(ctx sdk.Context, _ sdk.Void) error {
	a := sdk.Awakeable[string](ctx)
	if _, err := sdk.Run(ctx, func(sdk.RunContext) (string, error) { effect(a.Id()); return "", nil }, sdk.WithName("tell "+a.Id())); err != nil {
		return err
	}
	if change == "step before awakeable" {
		if _, err := step(ctx, "early"); err != nil {
			return err
		}
	}
	_, err := a.Result()
	return err
}

// Box is an object that reads and writes its state in every way before it waits.
type Box struct{}

func (Box) Hold(ctx sdk.ObjectContext, n int) error {
	for _, do := range []func() error{
		func() error { _, err := sdk.Get[int](ctx, "n"); return err },
		func() error { sdk.Set(ctx, "n", n); return nil },
		func() error { _, err := sdk.Get[int](ctx, "n"); return err },
		func() error { _, err := sdk.Keys(ctx); return err },
		func() error { sdk.Clear(ctx, "old"); return nil },
		func() error { _, err := step(ctx, "in"); return err },
		func() error { sdk.ClearAll(ctx); return nil },
		func() error { _, err := sdk.Get[*int](ctx, "n"); return err },
		func() error { sdk.Set(ctx, "n", n+1); return nil },
	} {
		if err := do(); err != nil {
			return err
		}
	}
	if change == "another value" {
		sdk.Set(ctx, "m", n)
	}
	if change == "one more get" {
		if _, err := sdk.Get[int](ctx, "m"); err != nil {
			return err
		}
	}
	return sdk.Sleep(ctx, 24*time.Hour)
}

func (Box) Put(ctx sdk.ObjectContext, n int) error {
	sdk.Set(ctx, "n", n)
	sdk.Set(ctx, "old", n)
	return nil
}

// LazyBox is a Box that does not get its state with the request, and asks the server for each value.
type LazyBox struct{ Box }

// serveChanged serves the program until it is killed.
func serveChanged() error {
	switch change {
	case "ends at once":
		return errors.New("no database")
	case "is no service":
		return http.ListenAndServe(cmp.Or(os.Getenv("LISTEN"), "127.0.0.1:9080"), http.NotFoundHandler())
	case "asks at the start":
		if _, err := net.Dial("tcp", "192.0.2.1:5432"); err != nil {
			return err
		}
	}
	s := server.NewRestate().Bind(sdk.Reflect(Waits{})).Bind(sdk.Reflect(Everything{})).Bind(sdk.Reflect(Order{})).Bind(sdk.Reflect(Pay{})).Bind(sdk.Reflect(Ship{})).
		Bind(sdk.Reflect(Box{})).Bind(sdk.Reflect(LazyBox{}, sdk.WithEnableLazyState(true)))
	if change == "no handler" {
		s.Bind(sdk.NewWorkflow("Flow").Handler("Approve", sdk.NewWorkflowSharedHandler(func(ctx sdk.WorkflowSharedContext, ok bool) (sdk.Void, error) {
			return sdk.Void{}, Flow{}.Approve(ctx, ok)
		})))
	} else if change != "no service" {
		s.Bind(sdk.Reflect(Flow{}))
	}
	return s.Start(context.Background(), cmp.Or(os.Getenv("LISTEN"), "127.0.0.1:9080"))
}
