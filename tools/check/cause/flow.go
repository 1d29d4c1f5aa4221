package cause

import (
	"example.com/workbook/tools/check/claim"
)

// Rules about the whole shop: how it is put together, and what it says.

// pausedSoon recognizes that a failure that passes was one too many for the policy.
func pausedSoon(f *Finding) string {
	if f.HasOutcome(claim.Paused) && len(f.Attempts) < claim.MaxRetries {
		return "the policy has so few attempts that a failure which passes is the last: give it enough for the time that you want to try"
	}
	return ""
}

// roomIsFinal recognizes that a full disk was taken for a no.
func roomIsFinal(f *Finding) string {
	if f.Facts[Restarted] && f.Expects(claim.Answers) && f.HasAnswerBetween(500, 599) {
		return "a disk that is full, or a database that is locked, may not be so for long: return the error as it is, then it is tried again"
	}
	return ""
}
