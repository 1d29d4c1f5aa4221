package check

import (
	"strings"

	"example.com/workbook/tools/sandbox"
)

// Rules about the whole shop: how it is put together, and what it says.

// neverServed: the program ends before it serves, and says nothing of why.
func neverServed(s *Script) string {
	if strings.HasPrefix(s.expected, "a program that serves ") && strings.Contains(s.got, "(exit code 0)") {
		return "main comes to its end, and with it the program: serve.Until returns when it was asked to end, and not before"
	}
	return ""
}

// noLimit: an order that is to be approved has had no time.
func noLimit(s *Script) string {
	late := strings.Contains(s.got, "answered 408") || strings.HasPrefix(s.expected, "200") && strings.HasPrefix(s.got, "408 ")
	if late && s.where.function == "main" {
		return "the time to approve it was over at once: does the service get env.ApprovalLimit()?"
	}
	return ""
}

// doneWithout: an order is said to be done, and nobody was asked for anything.
func doneWithout(s *Script) string {
	asked := sandbox.Requests(s.ledger, sandbox.Charge) > 0
	if strings.HasSuffix(s.expected, " to wait for a promise") && strings.Contains(s.got, `"status":"COMPLETED"`) && !asked {
		return "the answer says COMPLETED, and nothing was done for it: no row, no charge, no parcel"
	}
	return ""
}

// pausedSoon: a failure that passes was one too many for the policy.
func pausedSoon(s *Script) string {
	if strings.Contains(s.got, " is paused after its last attempt ") && len(s.tries) < failsAlike {
		return "the policy has so few attempts that a failure which passes is the last: give it enough for the time that you want to try"
	}
	return ""
}

// roomIsFinal: a full disk was taken for a no.
func roomIsFinal(s *Script) string {
	if s.saw[restarted] && strings.HasSuffix(s.expected, " answers of 200") && strings.HasPrefix(s.got, "5") {
		return "a disk that is full, or a database that is locked, may not be so for long: return the error as it is, then it is tried again"
	}
	return ""
}

// tokenSaid: a line has a token in it.
func tokenSaid(s *Script) string {
	if strings.HasPrefix(s.expected, "no line with ") {
		return "whoever reads the log reads the token: say what names the order, and never the whole request"
	}
	return ""
}

// linesUnsaid: the gateway was asked, and the lines that go with it are missing.
func linesUnsaid(s *Script) string {
	if withText.MatchString(s.expected) && s.got == "0" && sandbox.Requests(s.ledger, sandbox.Charge) > 0 {
		return "askGateway, in lesson 5's gateway.go, says these lines: is the gateway asked past it?"
	}
	return ""
}
