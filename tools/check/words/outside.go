package words

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"example.com/workbook/tools/check/claim"
	"example.com/workbook/tools/check/record"
	"example.com/workbook/tools/check/script"
	"example.com/workbook/tools/check/watchdog"
	"example.com/workbook/tools/sandbox"
)

// holdRequest stops the next request of a kind: hold before mail, hold after charge.
// The subject is $K, unless the script names another one.
func holdRequest(s *script.Script, args []string) error {
	s.Scripted = append(s.Scripted, s.SubjectArg(args, 2))
	s.HeldHow = args[0] + " " + args[1]
	return s.World.Outside.Hold(s.Ctx, sandbox.Kind(args[1]), s.SubjectArg(args, 2), sandbox.Mode(args[0]), 1)
}

// waitHeld waits until a request is held. It gives up when the call has been answered,
// or the program has ended, without that request.
func waitHeld(s *script.Script, args []string) error {
	kind := args[0]
	err := s.WaitOutside(claim.ExpectRequestOf(kind), func(ctx context.Context) error {
		return s.World.Outside.WaitHeld(ctx, sandbox.Kind(kind), s.SubjectArg(args, 1))
	})
	if err != nil {
		return err
	}
	s.Held = heldWords[s.HeldHow]
	if s.Held == "" {
		s.Held = "during the " + kind + " request"
	}
	return nil
}

// heldWords say where the program is while a request of it is held.
var heldWords = map[string]string{
	"after charge":  "after the gateway had charged the card, before the program had the answer",
	"before charge": "while its charge request was at the gateway",
	"before mail":   "after the charge, before the email was sent",
	"before price":  "while its price request was at the warehouse",
	"after ship":    "after the carrier had accepted the shipment, before the program had the answer",
	"before ship":   "while its shipment request was at the carrier",
}

func releaseRequest(s *script.Script, args []string) error {
	s.Held = ""
	_, err := s.World.Outside.Release(s.Ctx, sandbox.Kind(args[0]), s.SubjectArg(args, 1))
	return err
}

// gatherRequests stops one request of a kind for each subject until all have arrived.
func gatherRequests(s *script.Script, args []string) error {
	s.Scripted = append(s.Scripted, args[1:]...)
	s.Barrier = &watchdog.Barrier{Kind: args[0], Subjects: args[1:]}
	return s.World.Outside.Barrier(s.Ctx, sandbox.Kind(args[0]), args[1:]...)
}

// refuseRequests sets the status of the next n answers: refuse price 2 503.
func refuseRequests(s *script.Script, args []string) error {
	n, err := strconv.Atoi(args[1])
	if err != nil {
		return err
	}
	status, err := strconv.Atoi(args[2])
	if err != nil {
		return err
	}
	subjects := args[3:]
	if len(subjects) == 0 {
		subjects = []string{s.Subject}
	}
	s.ExpectFailures(n * len(subjects))
	for _, subject := range subjects {
		s.Scripted = append(s.Scripted, subject)
		f := sandbox.Failure{Kind: sandbox.Kind(args[0]), Subject: subject, Count: n, Status: status}
		if err := s.World.Outside.Fail(s.Ctx, f); err != nil {
			return err
		}
	}
	return nil
}

// checkOnce requires at most one request of a kind for each subject.
func checkOnce(s *script.Script, args []string) error {
	for _, subject := range args[1:] {
		entries, err := s.ReadLedger(subject)
		if err != nil {
			return err
		}
		if n := sandbox.Requests(entries, sandbox.Kind(args[0])); n > 1 {
			return record.Fail(claim.ExpectRequests(args[0], subject, claim.Count{N: 1}).With(claim.GotCount(n)))
		}
	}
	return nil
}

// setCharge sets a variable to the id of the only charge.
func setCharge(s *script.Script, args []string) error {
	subject := s.SubjectArg(args, 1)
	entries, err := s.ReadLedger(subject)
	if err != nil {
		return err
	}
	entries = slices.DeleteFunc(entries, func(e sandbox.Entry) bool {
		return e.Kind != sandbox.Charge || e.What != sandbox.Effect
	})
	if len(entries) != 1 {
		return record.Fail(claim.ExpectEffects(string(sandbox.Charge), subject, claim.Count{N: 1}).With(claim.GotCount(len(entries))))
	}
	s.TestScript.Setenv(args[0], entries[0].ID)
	return nil
}

func countEffects(s *script.Script, args []string) error {
	return countOutside(s, sandbox.Effects, claim.ExpectEffects, args)
}

func countRequests(s *script.Script, args []string) error {
	return countOutside(s, sandbox.Requests, claim.ExpectRequests, args)
}

func countOutside(s *script.Script, count func([]sandbox.Entry, sandbox.Kind) int, expect func(kind, subject string, n claim.Count) claim.Claim, args []string) error {
	subject := s.SubjectArg(args, 2)
	entries, err := s.ReadLedger(subject)
	if err != nil {
		return err
	}
	got := count(entries, sandbox.Kind(args[0]))
	return requireCount(args[1], got, func(n claim.Count) claim.Claim { return expect(args[0], subject, n) })
}

// setEffectID sets a variable to the id that the outside world gave to an effect, so that
// a later word can compare it with what the program says: effect-id TRACKING ship. There
// must be one such effect.
func setEffectID(s *script.Script, args []string) error {
	kind, subject := args[1], s.SubjectArg(args, 2)
	entries, err := s.ReadLedger(subject)
	if err != nil {
		return err
	}
	ids := []string{}
	for _, e := range entries {
		if e.What == sandbox.Effect && e.Kind == sandbox.Kind(kind) {
			ids = append(ids, e.ID)
		}
	}
	if len(ids) != 1 {
		return requireCount("1", len(ids), func(n claim.Count) claim.Claim { return claim.ExpectEffects(kind, subject, n) })
	}
	s.TestScript.Setenv(args[0], ids[0])
	return nil
}

// checkCarries requires that the body of every request of a kind has a field with that
// value: carries mail charge_id $CHARGE. The field key stands for the idempotency key,
// which is a header.
func checkCarries(s *script.Script, args []string) error {
	entries, err := s.ReadLedger(s.Subject)
	if err != nil {
		return err
	}
	want := args[2]
	if field, ok := strings.CutPrefix(want, "answer."); ok {
		if want, err = s.AnswerField(field); err != nil {
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
			return record.Fail(claim.ExpectCarried(args[0], args[1], want).With(claim.GotValue(got)))
		}
	}
	if asked == 0 {
		return record.Fail(claim.ExpectRequestOf(args[0]).With(claim.GotNoRequest()))
	}
	return nil
}
