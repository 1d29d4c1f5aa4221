package words

import (
	"maps"
	"slices"
	"strings"
	"time"

	"example.com/workbook/tools/check/claim"
	"example.com/workbook/tools/check/record"
	"example.com/workbook/tools/check/script"
	"example.com/workbook/tools/check/world"
	"example.com/workbook/tools/restate"
)

// A retry policy may differ from the one on the page, because how long to retry is a
// business decision. The page names these bounds.
const (
	latestRetry = time.Second
	leastRetry  = time.Hour
)

// realMaxInterval is the longest wait that restate-server has by default. The server of a
// check has a shorter one, which a policy shows if it sets none.
const realMaxInterval = time.Minute

// checkPolicy requires that each handler of a service has a retry policy in the code, of
// the service or of the handler, which is within the bounds.
func checkPolicy(s *script.Script, args []string) error {
	if err := s.World.ProgramError(); err != nil {
		return err
	}
	policies, err := s.World.Server.Admin().RetryPolicies(s.Ctx, args[0])
	if err != nil {
		return record.Fail(claim.ExpectService(args[0]).With(claim.GotRefused(err.Error())))
	}
	for _, handler := range slices.Sorted(maps.Keys(policies)) {
		if err := checkBounds(args[0], policies[handler]); err != nil {
			return err
		}
	}
	return nil
}

// checkBounds requires that a policy is not the server's, and is within the bounds.
func checkBounds(service string, p restate.RetryPolicy) error {
	if p == world.ServerPolicy {
		return record.Fail(claim.ExpectRetryPolicy(service).With(claim.GotServersPolicy(p.MaxAttempts)))
	}
	if p.OnMaxAttempts == "Kill" {
		return record.Fail(claim.ExpectPause(service).With(claim.GotKilledAtLast(p.MaxAttempts)))
	}
	first, err := parseInterval(p.InitialInterval)
	if err != nil {
		return err
	}
	if first > latestRetry {
		return record.Fail(claim.ExpectFirstRetry(service, latestRetry).With(claim.GotTime(first)))
	}
	longest, err := parseInterval(p.MaxInterval)
	if err != nil {
		return err
	}
	if p.MaxInterval == world.ServerPolicy.MaxInterval {
		longest = realMaxInterval
	}
	if took := sumRetries(p, first, longest); p.MaxAttempts > 0 && took < leastRetry {
		return record.Fail(claim.ExpectRetries(service, leastRetry).With(claim.GotPausesAfter(p.MaxAttempts, took)))
	}
	return nil
}

// parseInterval reads a duration as the server writes it: 1m 40s.
func parseInterval(text string) (time.Duration, error) {
	days := time.Duration(0)
	if n, rest, ok := strings.Cut(text, "d"); ok {
		whole, err := time.ParseDuration(n + "h")
		if err != nil {
			return 0, err
		}
		if days, text = 24*whole, strings.TrimSpace(rest); text == "" {
			return days, nil
		}
	}
	d, err := time.ParseDuration(strings.ReplaceAll(text, " ", ""))
	return days + d, err
}

// sumRetries returns the time that all attempts of a policy take, if each fails at once.
// It stops at the bound.
func sumRetries(p restate.RetryPolicy, wait, longest time.Duration) (took time.Duration) {
	for n := 1; n < p.MaxAttempts && took < leastRetry; n++ {
		took += min(wait, longest)
		wait = min(time.Duration(float64(wait)*p.Factor), longest)
	}
	return took
}
