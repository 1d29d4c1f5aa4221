package claim

import (
	"fmt"
	"strconv"
	"strings"

	"example.com/workbook/tools/course"
)

// effectNouns name what the outside world has done, by the kind in the ledger.
var effectNouns = map[string]string{
	"reserve": "reservation",
	"ship":    "shipment",
	"mail":    "email",
	"void":    "voided key",
}

// effectNoun returns the noun for one effect of a kind.
func effectNoun(kind string) string {
	if noun, ok := effectNouns[kind]; ok {
		return noun
	}
	return kind
}

// RequestNoun returns the noun for one request of a kind, such as email request.
func RequestNoun(kind string) string { return effectNoun(kind) + " request" }

// counted returns the noun for one of what the claim counts.
func (c Claim) counted() string {
	switch c.Kind {
	case Attempts, AllAttempts:
		return "attempt"
	case LeftBackOff:
		return "failed attempt"
	case Invocations, Served:
		return "invocation"
	case Effects:
		return effectNoun(c.Of)
	case Requests, SeveralRequests, RequestOf, Spread, Waits:
		return RequestNoun(c.Of)
	case Lines:
		return "line"
	case Delay:
		return "call"
	}
	return "answer"
}

// subject returns the subject with its noun: order o-1.
func (c Claim) subject() string {
	switch {
	case c.Of == "price":
		return "sku " + c.For
	case strings.HasPrefix(c.For, "pay-"):
		return "payment " + c.For
	}
	return "order " + c.For
}

// withArticle puts an article before a noun.
func withArticle(noun string) string {
	if strings.ContainsRune("aeiou", rune(noun[0])) {
		return "an " + noun
	}
	return "a " + noun
}

// FieldNoun returns the name of a request's field. The field key stands for the
// idempotency key.
func FieldNoun(field string) string {
	if field == "key" {
		return "idempotency key"
	}
	return field
}

// fieldWords returns a field of a request with its value.
func fieldWords(field, value string) string {
	field = FieldNoun(field)
	if value == "" {
		return "no " + field
	}
	return fmt.Sprintf("%s %q", field, value)
}

// statusWords returns an answer: its status, and then its body, or its error's message.
func statusWords(status int, text string) string {
	words := "status " + strconv.Itoa(status)
	switch {
	case text == "":
		return words
	case status < 400:
		return words + " and " + text
	}
	return words + ": " + text
}

// rowsWords returns rows, a JSON array, with their noun.
func rowsWords(rows string) string {
	if rows == "[]" {
		return "no rows"
	}
	return "rows " + rows
}

func rollWords(rolls []int) string {
	if len(rolls) == 0 {
		return "no roll at the gateway"
	}
	return course.Count(len(rolls), "roll") + " at the gateway: " + strings.Trim(fmt.Sprint(rolls), "[]")
}

// DeploymentWords returns what Restate does with a program: new calls go to the current
// one, an old one only has what began there, and one that is gone has nothing.
func DeploymentWords(name, state string) string {
	switch state {
	case "current":
		return "new calls to go to the program " + name
	case "old":
		return "the program " + name + " to stay registered, as an old version"
	}
	return "the program " + name + " to be removed from Restate"
}

// objectWords returns an object, or the number of some that are alike.
func objectWords(name string, n int) string {
	if n == 1 {
		return name
	}
	return course.Count(n, "object") + ", " + name
}
