package sandbox

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Kind is the kind of a request or an effect.
type Kind string

// The kinds. No request has kind Void: it is the effect of a refund when there is
// nothing to refund.
const (
	Reserve Kind = "reserve"
	Price   Kind = "price"
	Charge  Kind = "charge"
	Lookup  Kind = "lookup"
	Refund  Kind = "refund"
	Void    Kind = "void"
	Ship    Kind = "ship"
	Mail    Kind = "mail"
)

// The values of Entry.What.
const (
	Request = "request" // a request arrived
	Effect  = "effect"  // something new was done
	Answer  = "answer"  // the request was answered
	Dropped = "dropped" // the caller went away before the answer
	Refused = "refused" // the request was malformed; the request has no other entry
)

// Entry is one fact in the ledger.
type Entry struct {
	N       int       `json:"n"` // counted from 1, without a gap
	T       time.Time `json:"t"` // UTC, to the millisecond
	What    string    `json:"what"`
	Request int       `json:"request,omitempty"` // the N of the request to which this belongs
	Kind    Kind      `json:"kind,omitempty"`
	Subject string    `json:"subject,omitempty"`
	Key     string    `json:"key,omitempty"`

	Item        string `json:"item,omitempty"`         // the sku, the kind of mail, the address
	AmountCents int64  `json:"amount_cents,omitempty"` // of a charge, a price, a refund
	Token       string `json:"token,omitempty"`        // test tokens only
	ChargeID    string `json:"charge_id,omitempty"`    // the charge that an email is about

	Invocation string `json:"invocation,omitempty"` // the invocation that sent the request, if the caller has named it

	Status int    `json:"status,omitempty"` // the HTTP status; 0 for a request, and for a request that was dropped before it acted
	ID     string `json:"id,omitempty"`     // the id of the charge, reservation, shipment or email
	Roll   *int   `json:"roll,omitempty"`   // 0 to 99; nil if the gateway did not roll
	Again  bool   `json:"again,omitempty"`  // true for a repeated answer
	Detail string `json:"detail,omitempty"` // the reason

	Body  json.RawMessage `json:"body,omitempty"`  // the body of a request
	Reply json.RawMessage `json:"reply,omitempty"` // the body of the answer, sent or not
}

// Line returns the entry as verdicts show it, such as `charge o-1 2500 cents, key 5f3c…:
// accepted`.
func (e Entry) Line() string {
	what := []string{e.kindText(), e.Subject, e.objectText()}
	what = slices.DeleteFunc(what, func(w string) bool { return w == "" })
	line := strings.Join(what, " ")
	if key := e.keyText(); key != "" {
		line += ", " + key
	}
	return line + ": " + e.outcomeText()
}

func (e Entry) String() string { return e.Line() }

// kindText returns what is done or requested.
func (e Entry) kindText() string {
	switch e.Kind {
	case "":
		return "request"
	case Mail:
		return "email"
	}
	return string(e.Kind)
}

func (e Entry) objectText() string {
	switch {
	case e.Kind == Charge || e.Kind == Refund || e.Kind == Price:
		if e.AmountCents > 0 {
			return fmt.Sprintf("%d cents", e.AmountCents)
		}
	case e.Kind == Reserve || e.Kind == Mail:
		return e.Item
	}
	return ""
}

func (e Entry) keyText() string {
	switch {
	case e.Kind == Price || e.Kind == "":
		return ""
	case e.Key == "":
		return "no key"
	}
	return "key " + shortKey(e.Key)
}

// shortKey shortens a key to eight characters. It keeps both ends, because keys that are written by
// hand often begin with the same characters.
func shortKey(key string) string {
	r := []rune(key)
	if len(r) <= 8 {
		return key
	}
	return string(r[:4]) + "…" + string(r[len(r)-3:])
}

func (e Entry) outcomeText() string {
	switch e.What {
	case Request:
		return "requested"
	case Effect:
		if e.Detail == answerLost {
			return "accepted, " + answerLost
		}
		return "accepted"
	case Refused:
		return "malformed, " + e.Detail
	case Dropped:
		return e.droppedText()
	}
	return e.answeredText()
}

func (e Entry) droppedText() string {
	switch {
	case e.Status == 0:
		return "connection lost " + e.Detail
	case e.Status == 200 && !e.Again:
		return "connection lost after it acted"
	}
	return e.answeredText() + ", " + answerLost
}

func (e Entry) answeredText() string {
	switch {
	case e.Again:
		return "first answer repeated"
	case e.Status == 200:
		return "answered"
	}
	text := fmt.Sprintf("answered %d", e.Status)
	if e.Detail != "" {
		text += ", " + e.Detail
	}
	if e.Roll != nil {
		text += fmt.Sprintf(" (roll %d)", *e.Roll)
	}
	return text
}

// Effects counts the effects of a kind.
func Effects(entries []Entry, kind Kind) int {
	return countEntries(entries, func(e Entry) bool { return e.What == Effect && e.Kind == kind })
}

// Requests counts the requests of a kind. Refused requests count too.
func Requests(entries []Entry, kind Kind) int {
	return countEntries(entries, func(e Entry) bool { return e.isRequest() && e.Kind == kind })
}

// Keys returns the different keys of the requests of a kind, in order of arrival.
func Keys(entries []Entry, kind Kind) []string {
	var keys []string
	for _, e := range entries {
		if e.isRequest() && e.Kind == kind && e.Key != "" && !slices.Contains(keys, e.Key) {
			keys = append(keys, e.Key)
		}
	}
	return keys
}

// Rolls returns all rolls of the gateway, in the order of the ledger.
func Rolls(entries []Entry) []int {
	var rolls []int
	for _, e := range entries {
		if e.Roll != nil && e.isFirstOutcome() {
			rolls = append(rolls, *e.Roll)
		}
	}
	return rolls
}

// answerLost is the detail of an effect whose caller went away before it got the answer.
const answerLost = "answer lost"

// Facts returns the entries that a verdict shows. It leaves out the arrival of requests. It also
// leaves out the answer after an effect, unless the answer was lost.
func Facts(entries []Entry) []Entry {
	done := map[int]int{} // the index in facts of an effect, by the N of its request
	var facts []Entry
	for _, e := range entries {
		at, acted := done[e.Request]
		switch {
		case e.What == Request, e.What == Answer && acted:
			continue
		case e.What == Dropped && acted:
			facts[at].Detail = answerLost
			continue
		case e.What == Effect:
			done[e.Request] = len(facts)
		}
		facts = append(facts, e)
	}
	return facts
}

func countEntries(entries []Entry, match func(Entry) bool) int {
	n := 0
	for _, e := range entries {
		if match(e) {
			n++
		}
	}
	return n
}

func (e Entry) isRequest() bool { return e.What == Request || e.What == Refused }

// isFirstOutcome reports whether e is the first entry about the outcome of its request. That is the
// effect, or the answer if there is no effect.
func (e Entry) isFirstOutcome() bool {
	if e.What == Effect {
		return true
	}
	ended := e.What == Answer || e.What == Dropped
	return ended && !e.Again && e.Status != 0 && e.Status != 200
}

// matches reports whether e has this kind, and has this subject as its subject or as its key. An
// empty argument matches everything.
func (e Entry) matches(kind Kind, subject string) bool {
	return (kind == "" || kind == e.Kind) &&
		(subject == "" || subject == e.Subject || subject == e.Key)
}
