package check

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"example.com/workbook/tools/process"
	"example.com/workbook/tools/sandbox"
)

// hold stops the next request of a kind: hold before mail, hold after charge.
// Its subject is $K unless the script names another.
func hold(s *Script, args []string) error {
	if len(args) < 2 || len(args) > 3 || args[0] != "before" && args[0] != "after" {
		return fmt.Errorf("usage: hold before|after kind [subject]")
	}
	s.scripted = append(s.scripted, s.subjectOr(args, 2))
	s.stands = args[0] + " " + args[1]
	return s.world.outside.Hold(s.ctx, sandbox.Kind(args[1]), s.subjectOr(args, 2), sandbox.Mode(args[0]), 1)
}

func (s *Script) subjectOr(args []string, i int) string {
	if i < len(args) {
		return args[i]
	}
	return s.subject
}

// heldWord waits until a request is held, and gives up when its caller has
// answered or ended instead.
func heldWord(s *Script, args []string) error {
	if len(args) < 1 || len(args) > 2 {
		return fmt.Errorf("usage: held kind [subject]")
	}
	kind := args[0]
	err := s.waitOutside("a request of "+kind, func(ctx context.Context) error {
		return s.world.outside.WaitHeld(ctx, sandbox.Kind(kind), s.subjectOr(args, 1))
	})
	if err != nil {
		return err
	}
	s.held = heldWords[s.stands]
	if s.held == "" {
		s.held = "while " + kind + " was asked"
	}
	return nil
}

// heldWords say where the program stands while a request of its is held.
var heldWords = map[string]string{
	"after charge":  "after the gateway's yes, before it could be noted",
	"before charge": "while the gateway is asked",
	"before mail":   "after the charge was noted, before the mail",
	"before price":  "while the warehouse looks up a price",
	"after ship":    "after the carrier's yes, before it could be noted",
	"before ship":   "while the carrier is asked",
}

// waitOutside waits for something in the outside world that a call, or a
// launched program, should bring about.
func (s *Script) waitOutside(what string, wait func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(s.ctx, callLimit)
	defer cancel()
	reached := make(chan error, 1)
	go func() { reached <- wait(ctx) }()
	look := s.looks(ctx)
	answered, ended := s.anyAnswer(ctx), s.anyEnd(ctx)
	for {
		select {
		case err := <-reached:
			if ctx.Err() != nil {
				return wrongf(what, "none within %v", callLimit)
			}
			return err
		case l := <-look:
			if err := s.anyOpen(ctx, l); err != nil {
				return err
			}
		case c := <-answered:
			return wrongf(what, "none: %s answered %s", c.target, c.text())
		case p := <-ended:
			return wrongf(what, "none: the program ended (%s)", howEnded(p))
		}
	}
}

// anyOpen looks at the open calls.
func (s *Script) anyOpen(ctx context.Context, l look) error {
	for _, c := range s.calls {
		select {
		case <-c.done:
		default:
			if err := l(ctx, c); err != nil {
				return err
			}
		}
	}
	return nil
}

// anyAnswer is the first of the open calls to be answered.
func (s *Script) anyAnswer(ctx context.Context) <-chan *call {
	out := make(chan *call, len(s.calls))
	for _, c := range s.calls {
		select {
		case <-c.done:
			continue
		default:
		}
		go func() {
			select {
			case <-c.done:
				out <- c
			case <-ctx.Done():
			}
		}()
	}
	return out
}

func (s *Script) anyEnd(ctx context.Context) <-chan *process.Process {
	out := make(chan *process.Process, len(s.procs))
	for _, p := range s.procs {
		if p.Ended() {
			continue
		}
		go func() {
			select {
			case <-p.Done():
				out <- p
			case <-ctx.Done():
			}
		}()
	}
	return out
}

func release(s *Script, args []string) error {
	if len(args) < 1 || len(args) > 2 {
		return fmt.Errorf("usage: release kind [subject]")
	}
	s.held = ""
	_, err := s.world.outside.Release(s.ctx, sandbox.Kind(args[0]), s.subjectOr(args, 1))
	return err
}

// gather stops one request of a kind for each subject until all are there.
func gather(s *Script, args []string) error {
	if len(args) < 3 {
		return fmt.Errorf("usage: gather kind subject…")
	}
	s.scripted = append(s.scripted, args[1:]...)
	s.meeting = &meeting{kind: args[0], all: args[1:]}
	return s.world.outside.Barrier(s.ctx, sandbox.Kind(args[0]), args[1:]...)
}

// refuse scripts the answer to the next n requests: refuse price 2 503.
func refuse(s *Script, args []string) error {
	if len(args) < 3 || len(args) > 4 {
		return fmt.Errorf("usage: refuse kind n status [subject]")
	}
	n, err := strconv.Atoi(args[1])
	if err != nil {
		return err
	}
	status, err := strconv.Atoi(args[2])
	if err != nil {
		return err
	}
	s.expectFailures(n)
	s.scripted = append(s.scripted, s.subjectOr(args, 3))
	return s.world.outside.Fail(s.ctx, sandbox.Failure{
		Kind: sandbox.Kind(args[0]), Subject: s.subjectOr(args, 3), Count: n, Status: status,
	})
}

// entries is the ledger of the script's own subjects, once no request of
// theirs is open: a crash or a cut does not stop a closure that runs.
func (s *Script) entries(subject string) ([]sandbox.Entry, error) {
	if s.held == "" {
		if err := s.world.outside.WaitIdle(s.ctx, subject); err != nil {
			return nil, err
		}
	}
	return s.world.outside.Ledger(s.ctx, subject)
}

func effects(s *Script, args []string) error { return s.count("effects", sandbox.Effects, args) }

func requests(s *Script, args []string) error { return s.count("requests", sandbox.Requests, args) }

func (s *Script) count(word string, of func([]sandbox.Entry, sandbox.Kind) int, args []string) error {
	if len(args) < 2 || len(args) > 3 {
		return fmt.Errorf("usage: %s kind n|>=n [subject]", word)
	}
	subject := s.subjectOr(args, 2)
	entries, err := s.entries(subject)
	if err != nil {
		return err
	}
	kind := sandbox.Kind(args[0])
	noun := string(kind)
	if word == "requests" {
		noun = "request of " + noun
		if !strings.HasSuffix(args[1], "1") {
			noun = "requests of " + string(kind)
			return compareAs(args[1], of(entries, kind), noun, "for "+subject)
		}
	}
	return compare(args[1], of(entries, kind), noun, "for "+subject)
}

func compareAs(want string, got int, nouns, of string) error {
	err := compare(want, got, "", of)
	if w, ok := err.(*wrong); ok {
		n, _, _ := strings.Cut(w.expected, " s ")
		w.expected = n + " " + nouns + " " + of
	}
	return err
}

// carries: the body of every request of a kind has a field with that value:
// carries mail charge_id $CHARGE. Its idempotency key, a header, is field key.
func carries(s *Script, args []string) error {
	if len(args) != 3 {
		return fmt.Errorf("usage: carries kind field value|answer.field")
	}
	entries, err := s.entries(s.subject)
	if err != nil {
		return err
	}
	want := args[2]
	if field, ok := strings.CutPrefix(want, "answer."); ok {
		if want, err = s.answered(field); err != nil {
			return err
		}
	}
	asked := 0
	for _, e := range entries {
		if e.Kind != sandbox.Kind(args[0]) || e.What != sandbox.Request {
			continue
		}
		asked++
		var body map[string]any
		if err := json.Unmarshal(e.Body, &body); err != nil {
			return err
		}
		got := fmt.Sprint(body[args[1]])
		switch {
		case args[1] == "key":
			got = e.Key
		case body[args[1]] == nil:
			got = ""
		}
		if got != want {
			return wrongf(fmt.Sprintf("a %s with %s %q", e.Kind, args[1], want), "%q", got)
		}
	}
	if asked == 0 {
		return wrongf("a request of "+args[0], "none")
	}
	return nil
}

// answered is a field of the last answer.
func (s *Script) answered(field string) (string, error) {
	var body map[string]any
	if s.last == nil || json.Unmarshal(s.last.answer, &body) != nil || body[field] == nil {
		return "", wrongf("an answer with "+field, "%s", s.last.text())
	}
	if body[field] == "" {
		return "", wrongf("an answer with "+field, "it is empty")
	}
	return fmt.Sprint(body[field]), nil
}
