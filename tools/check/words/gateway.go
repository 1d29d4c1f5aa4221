package words

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.com/workbook/tools/check/claim"
	"example.com/workbook/tools/check/record"
	"example.com/workbook/tools/check/script"
	"example.com/workbook/tools/proxy"
	"example.com/workbook/tools/sandbox"
)

// failPercent is the number below which a roll of a script fails, as in the shop.
const failPercent = 40

// setRolls sets the gateway's next rolls for $K, or for the subject in the first argument:
// rolls 12 38 82.
func setRolls(s *script.Script, args []string) error {
	subject, args := splitSubject(s, args)
	next, err := parseNumbers(args)
	if err != nil {
		return err
	}
	s.Scripted = append(s.Scripted, subject)
	if err := s.World.Outside.FailPercent(s.Ctx, subject, failPercent); err != nil {
		return err
	}
	return s.World.Outside.Rolls(s.Ctx, subject, next...)
}

// splitSubject returns the subject in the first argument, or $K if the first argument is
// no subject, and the other arguments.
func splitSubject(s *script.Script, args []string) (subject string, rest []string) {
	if len(args) > 0 && strings.HasPrefix(args[0], s.Subject) {
		return args[0], args[1:]
	}
	return s.Subject, args
}

// checkRolled requires exactly these rolls, in this sequence, for $K or for the subject in
// the first argument.
func checkRolled(s *script.Script, args []string) error {
	subject, args := splitSubject(s, args)
	want, err := parseNumbers(args)
	if err != nil {
		return err
	}
	entries, err := s.ReadLedger(subject)
	if err != nil {
		return err
	}
	if got := sandbox.Rolls(entries); !slices.Equal(got, want) {
		return record.Fail(claim.ExpectRolls(want).With(claim.GotRolls(got)))
	}
	return nil
}

func parseNumbers(args []string) ([]int, error) {
	var all []int
	for _, a := range args {
		n, err := strconv.Atoi(a)
		if err != nil {
			return nil, err
		}
		all = append(all, n)
	}
	return all, nil
}

// checkApart requires a least time from the first request of a kind to the last. A longer
// time is fine.
func checkApart(s *script.Script, args []string) error {
	least, err := time.ParseDuration(args[1])
	if err != nil {
		return err
	}
	entries, err := s.ReadLedger(s.Subject)
	if err != nil {
		return err
	}
	entries = slices.DeleteFunc(entries, func(e sandbox.Entry) bool {
		return e.Kind != sandbox.Kind(args[0]) || e.What != sandbox.Request
	})
	if len(entries) < 2 {
		return record.Fail(claim.ExpectSeveralRequests(args[0]).With(claim.GotCount(len(entries))))
	}
	// Both times are cut to the millisecond.
	took := entries[len(entries)-1].T.Sub(entries[0].T) + time.Millisecond
	of, err := s.Invocations(s.Ctx)
	if err != nil {
		return err
	}
	asked, known := sumBackOff(s.World.AttemptsOf(of))
	if known {
		took = min(took, asked)
	}
	if took < least {
		return record.Fail(claim.ExpectSpread(args[0], least).With(claim.GotTime(took)))
	}
	if len(args) < 3 || !known {
		return nil
	}
	most, err := time.ParseDuration(args[2])
	if err == nil && asked > most {
		return record.Fail(claim.ExpectWaits(args[0], most).With(claim.GotTime(asked)))
	}
	return err
}

// sumBackOff adds up the back-off that failed attempts asked for, because time also passes
// on a busy machine. The sum is not known if an attempt left the back-off to the server,
// or if no attempt failed.
func sumBackOff(tries []proxy.Attempt) (asked time.Duration, known bool) {
	for _, a := range tries {
		if !hasFailed(a) {
			continue
		}
		if a.NextTry == nil {
			return 0, false
		}
		asked += *a.NextTry + time.Millisecond // the SDK rounds down
		known = true
	}
	return asked, known
}

// checkBackOff requires that each failed attempt of a handler set its own back-off, and that
// each failed request ended an attempt.
func checkBackOff(s *script.Script, args []string) error {
	of, err := s.InvocationsOf(s.Ctx, args[0])
	if err != nil {
		return err
	}
	tries := s.World.AttemptsOf(of)
	want := claim.ExpectBackOff(args[0])
	if !slices.ContainsFunc(tries, hasFailed) {
		return record.Fail(want.With(claim.GotNoFailure()))
	}
	ledger, err := s.ReadLedger(s.Subject)
	if err != nil {
		return err
	}
	if failed := len(filter(tries, hasFailed)); failed < len(filter(ledger, isFailure)) {
		return record.Fail(want.With(claim.GotFewFailures(failed)))
	}
	if _, ok := sumBackOff(tries); ok {
		return nil
	}
	inNone := slices.ContainsFunc(tries, func(a proxy.Attempt) bool { return hasFailed(a) && a.HasStepsDone() })
	return record.Fail(want.With(claim.GotLeftToServer(!inNone)))
}

// countLeftBackOff counts the failed attempts of a handler that leave the back-off to Restate.
func countLeftBackOff(s *script.Script, args []string) error {
	of, err := s.InvocationsOf(s.Ctx, args[0])
	if err != nil {
		return err
	}
	left := filter(s.World.AttemptsOf(of), func(a proxy.Attempt) bool { return hasFailed(a) && a.NextTry == nil })
	return requireCount(args[1], len(left), func(n claim.Count) claim.Claim { return claim.ExpectLeftBackOff(args[0], n) })
}

// isFailure reports whether the outside world failed to answer a request for an effect.
func isFailure(e sandbox.Entry) bool {
	return e.Kind != sandbox.Lookup && (e.What == sandbox.Dropped || e.What == sandbox.Answer && e.Status >= http.StatusInternalServerError)
}

// filter returns the elements of which f is true.
func filter[T any](all []T, f func(T) bool) []T {
	return slices.DeleteFunc(slices.Clone(all), func(x T) bool { return !f(x) })
}

// hasFailed reports whether the program has ended the attempt in an error.
func hasFailed(a proxy.Attempt) bool {
	return a.HasReachedProgram() && strings.HasPrefix(a.End, "error")
}

// loseAnswers makes the outside world act on the next n requests and answer none of them.
func loseAnswers(s *script.Script, args []string) error {
	n, err := strconv.Atoi(args[1])
	if err != nil {
		return err
	}
	s.ExpectFailures(n)
	s.Scripted = append(s.Scripted, s.SubjectArg(args, 2))
	return s.World.Outside.Hold(s.Ctx, sandbox.Kind(args[0]), s.SubjectArg(args, 2), sandbox.Lost, n)
}

// countLines requires a number of lines of the program's output with $K and a text.
func countLines(s *script.Script, args []string) error {
	out := s.World.Program().Output()
	n := 0
	for line := range strings.Lines(out) {
		if strings.Contains(line, s.Subject) && strings.Contains(line, args[0]) {
			n++
		}
	}
	return requireCount(args[1], n, func(n claim.Count) claim.Claim { return claim.ExpectLines(args[0], n) })
}
