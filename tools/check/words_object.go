package check

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"example.com/workbook/tools/proxy"
)

// cancel asks Restate to end a call that was begun: its next wait ends in a
// terminal error.
func cancel(s *Script, args []string) error {
	if len(args) != 1 || s.calls[args[0]] == nil {
		return fmt.Errorf("usage: cancel name")
	}
	i, err := s.invocationOf(s.ctx, s.calls[args[0]])
	if err != nil {
		return err
	}
	if i == nil {
		return fmt.Errorf("%s is not in Restate's tables yet", args[0])
	}
	s.calls[args[0]].cancelled = true
	s.note("cancelled it")
	s.Saw(cancelled)
	return s.world.server.Admin().Cancel(s.ctx, i.ID)
}

// heard waits until a cancel has reached what was cancelled by it, in services that
// are down: the script's invocations of a handler have it in their journals. Restate
// passes it on by itself, and who was cancelled first may have ended by then. And
// none of their attempts is on its way with an older journal: it would be told of the
// cancel later, and it would be luck what the program has done by then.
func heard(s *Script, args []string) error {
	if len(args) != 1 || s.world.restProxy == nil {
		return fmt.Errorf("usage: heard service/handler, after down")
	}
	return s.poll(func() (bool, error) {
		of, err := s.of(args[0])
		if err != nil || len(of) == 0 {
			return false, err
		}
		for _, i := range of {
			entries, err := s.journal(s.ctx, i.ID)
			if err != nil || !isSignalled(entries) {
				return false, err
			}
		}
		s.world.restProxy.TurnAway()
		if of, err = s.of(args[0]); err != nil {
			return false, err
		}
		return !slices.ContainsFunc(of, func(i invocation) bool { return i.Status != "backing-off" }), nil
	}, "the cancel to reach "+args[0])
}

// fails waits until an attempt of a call that was begun has ended in an error
// that is retried.
func fails(s *Script, args []string) error {
	if len(args) != 1 || s.calls[args[0]] == nil {
		return fmt.Errorf("usage: fails name")
	}
	c := s.calls[args[0]]
	want := c.target.String() + " to fail, and to be tried again"
	return s.poll(func() (bool, error) {
		select {
		case <-c.done:
			return false, answeredInstead(want, c)
		default:
		}
		i, err := s.invocationOf(s.ctx, c)
		if err != nil || i == nil {
			return false, err
		}
		failed := s.world.proxy.Attempts(func(a *proxy.Attempt) bool {
			return a.Invocation == i.ID && strings.HasPrefix(a.End, "error")
		})
		return len(failed) > 0, nil
	}, want)
}

// answeredInstead: nothing failed, or it failed for good.
func answeredInstead(want string, c *call) error {
	w := &wrong{expected: want, got: "it answered " + c.text()}
	if c.status >= http.StatusInternalServerError && c.status != http.StatusNotImplemented {
		w.likely = "an error that may pass was made terminal: return it as it is, then Restate tries again"
	}
	return w
}

// remember sets a variable to a field of the last answer: remember ID shipment_id.
func remember(s *Script, args []string) error {
	if len(args) != 2 {
		return fmt.Errorf("usage: remember NAME field")
	}
	value, err := s.answered(args[1])
	if err == nil {
		s.ts.Setenv(args[0], value)
	}
	return err
}

// waitsForOwnKey: a handler has called, through Restate, one that waits for the
// key that the handler itself has.
func waitsForOwnKey(all []invocation, expected string) error {
	byID := map[string]invocation{}
	for _, i := range all {
		byID[i.ID] = i
	}
	for _, i := range all {
		if i.Status != "pending" || i.Key == "" {
			continue
		}
		for p, ok := byID[i.Parent]; ok; p, ok = byID[p.Parent] {
			if p.Service != i.Service || p.Key != i.Key {
				continue
			}
			return &wrong{
				expected: expected,
				got: fmt.Sprintf("%s/%s called %s/%s on its own key; that waits until the key is free, and who has the key waits for it",
					p.Service, p.Handler, i.Service, i.Handler),
				likely: "a handler that calls its own key waits for itself: do it in the handler, or in a plain function that both use",
			}
		}
	}
	return nil
}
