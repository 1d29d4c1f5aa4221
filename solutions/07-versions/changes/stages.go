package changes

import restate "github.com/restatedev/sdk-go"

// flow is an order: its stages, one after the other.
type flow []stage

type stage func(ctx restate.WorkflowContext, r Request) error

func (f flow) run(ctx restate.WorkflowContext, r Request) (restate.Void, error) {
	for _, s := range f {
		if err := s(ctx, r); err != nil {
			return restate.Void{}, err
		}
	}
	return restate.Void{}, nil
}

func step(name string) stage {
	return func(ctx restate.WorkflowContext, r Request) error {
		_, err := restate.Run(ctx, func(restate.RunContext) (string, error) {
			return r.ID + " is ready", nil
		}, restate.WithName(name))
		return err
	}
}

func otherStep(name string) stage {
	return func(ctx restate.WorkflowContext, r Request) error {
		_, err := restate.Run(ctx, func(restate.RunContext) (string, error) {
			return "we like " + r.ID, nil
		}, restate.WithName(name))
		return err
	}
}

func call(handler string) stage {
	return func(ctx restate.WorkflowContext, r Request) error {
		_, err := restate.Service[restate.Void](ctx, "Desk", handler).Request(map[string]string{"id": r.ID})
		return err
	}
}

func callWithField(handler string) stage {
	return func(ctx restate.WorkflowContext, r Request) error {
		body := map[string]string{"id": r.ID, "currency": "EUR"}
		_, err := restate.Service[restate.Void](ctx, "Desk", handler).Request(body)
		return err
	}
}

func logLine(text string) stage {
	return func(ctx restate.WorkflowContext, r Request) error {
		ctx.Log().Info(text, "order", r.ID)
		return nil
	}
}

func ifGift(s stage) stage {
	return func(ctx restate.WorkflowContext, r Request) error {
		if r.Gift {
			return s(ctx, r)
		}
		return nil
	}
}

func wait(ctx restate.WorkflowContext, r Request) error {
	_, err := restate.Promise[bool](ctx, "approval").Result()
	return err
}

func approve(ctx restate.WorkflowSharedContext, ok bool) (restate.Void, error) {
	return restate.Void{}, restate.Promise[bool](ctx, "approval").Resolve(ok)
}

// Desk answers the calls of the eight workflows.
type Desk struct{}

// Reserve does nothing here.
func (Desk) Reserve(restate.Context, map[string]string) error { return nil }

// Charge does nothing here.
func (Desk) Charge(restate.Context, map[string]string) error { return nil }
