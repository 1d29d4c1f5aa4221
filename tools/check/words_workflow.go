package check

import (
	"context"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"example.com/workbook/tools/course"
)

// kinds remembers what sort of handlers services have.
type kinds struct {
	mu    sync.Mutex
	known map[string]map[string]string // by service and handler
}

// isRun says whether the target is a workflow's run handler: Restate takes those
// once for each key.
func (w *world) isRun(t target) bool { return w.kindsOf(t.service)[t.handler] == "Workflow" }

// isWorkflow says whether one of the service's handlers is a workflow's run.
func (w *world) isWorkflow(service string) bool {
	return slices.Contains(slices.Collect(maps.Values(w.kindsOf(service))), "Workflow")
}

// kindsOf are the kinds of a service's handlers, none where it is not registered.
func (w *world) kindsOf(service string) map[string]string {
	w.kinds.mu.Lock()
	defer w.kinds.mu.Unlock()
	if known := w.kinds.known[service]; known != nil || w.server == nil {
		return known
	}
	ctx, cancel := context.WithTimeout(context.Background(), callLimit)
	defer cancel()
	of, err := w.server.Admin().Handlers(ctx, service)
	if err != nil {
		return nil // not registered; the call will say so
	}
	if w.kinds.known == nil {
		w.kinds.known = map[string]map[string]string{}
	}
	w.kinds.known[service] = of
	return of
}

// waiting: a call that was begun waits for a promise.
func waiting(s *Script, args []string) error {
	if len(args) != 1 || s.calls[args[0]] == nil {
		return fmt.Errorf("usage: waiting name")
	}
	c := s.calls[args[0]]
	want := c.target.String() + " to wait for a promise"
	return s.poll(func() (bool, error) {
		if c.answered() {
			return false, wrongf(want, "it answered %s", c.text())
		}
		i, err := s.invocationOf(s.ctx, c)
		if err != nil || i == nil {
			return false, err
		}
		if err := s.hopeless(*i, want, c.key); err != nil {
			return false, err
		}
		entries, err := s.journal(s.ctx, i.ID)
		if slices.ContainsFunc(entries, func(e entry) bool { return e.Type == "Command: GetPromise" }) {
			return true, err
		}
		if err == nil {
			err = sleepsAgain(entries, want)
		}
		if err == nil {
			err = s.sleepsLong(*i, entries, want)
		}
		if err == nil {
			err = s.idles(s.ctx, *i, entries, want)
		}
		if idle, ok := s.still[i.ID]; ok && time.Since(idle.since) > patience {
			err = &wrong{expected: want, got: "it waits, and for no promise", likely: promiseWhy}
		}
		return false, err
	}, want)
}

const promiseWhy = "a promise is waited for, and kept by Restate: what a program looks at now and then dies with it"

// onceTooOften is how many sleeps are taken for a loop.
const onceTooOften = 20

// sleepsAgain: a handler looks whether something has happened, again and again.
func sleepsAgain(entries []entry, expected string) error {
	n := 0
	for _, e := range entries {
		if e.Type == "Command: Sleep" {
			n++
		}
	}
	if n < onceTooOften {
		return nil
	}
	return &wrong{expected: expected, got: "it sleeps, looks, and sleeps again", likely: promiseWhy}
}

// purge has Restate forget a call that has ended, as it does by itself when the
// retention is over.
func purge(s *Script, args []string) error {
	if len(args) != 1 || s.calls[args[0]] == nil {
		return fmt.Errorf("usage: purge name")
	}
	c := s.calls[args[0]]
	var i *invocation
	err := s.poll(func() (ended bool, err error) {
		i, err = s.invocationOf(s.ctx, c)
		return i != nil && i.Status == "completed", err
	}, c.target.String()+" to have ended")
	if err != nil {
		return err
	}
	s.note("had Restate forget %s", c.target)
	s.Saw(purged)
	if err := s.world.server.Admin().Purge(s.ctx, i.ID); err != nil {
		return err
	}
	return s.poll(func() (bool, error) {
		i, err := s.invocationOf(s.ctx, c)
		return i == nil, err
	}, c.target.String()+" to be forgotten")
}

// refused calls a handler with each line of a file, a key and what else there
// is as the body: refused Payment/%/ProcessPayment bodies. Each must be a no of
// the 400s, at the first attempt.
func refused(s *Script, args []string) error {
	if len(args) != 2 || !strings.Contains(args[0], "%") {
		return fmt.Errorf("usage: refused service/%%/handler file")
	}
	lines := strings.Split(strings.TrimSpace(strings.ReplaceAll(s.ts.ReadFile(args[1]), "$K", s.subject)), "\n")
	var calls []*call
	for i, line := range lines {
		key, body, _ := strings.Cut(line, " ")
		c, err := s.send(fmt.Sprintf("line-%d", i+1), strings.Replace(args[0], "%", key, 1), body)
		if err != nil {
			return err
		}
		calls = append(calls, c)
	}
	s.note("called %s with %d bodies that make no sense", strings.Replace(args[0], "%", "…", 1), len(lines))
	for i, c := range calls {
		want := fmt.Sprintf("a 4xx for %s", shorten(lines[i]))
		s.only = c // what the others do is in nobody's way, and not to be shown
		if err := s.await(c); err != nil {
			if w, ok := err.(*wrong); ok {
				w.expected = want
			}
			return err
		}
		if c.status < 400 || c.status > 499 {
			return wrongf(want, "%s", c.text())
		}
	}
	s.only = nil
	begun, err := s.invocations(s.ctx)
	if err != nil {
		return err
	}
	if tries := len(s.world.attemptsOf(begun)); tries > len(begun) {
		return wrongf(course.Count(len(begun), "attempt"), "%d: some were tried again", tries)
	}
	return nil
}

func shorten(line string) string {
	if r := []rune(line); len(r) > 80 {
		return string(r[:77]) + "…"
	}
	return line
}

// decoded is a key as Restate has it: in a target it stands as in a URL.
func decoded(key string) string {
	if plain, err := url.PathUnescape(key); err == nil {
		return plain
	}
	return key
}
