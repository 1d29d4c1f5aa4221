package sandbox

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Kind says what was asked, or what was done.
type Kind string

// The kinds. Void is never asked for: it is what a refund does where there was
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

// The sorts of fact in a ledger, the What of an Entry.
const (
	Request = "request" // it arrived
	Effect  = "effect"  // something new was done
	Answer  = "answer"  // it was answered
	Dropped = "dropped" // its caller went away unanswered
	Refused = "refused" // it made no sense; nothing else is noted of it
)

// Entry is one fact in the ledger.
type Entry struct {
	N       int       `json:"n"` // from 1, without a gap
	T       time.Time `json:"t"` // UTC, to the millisecond
	What    string    `json:"what"`
	Request int       `json:"request,omitempty"` // the N of the request that this belongs to
	Kind    Kind      `json:"kind,omitempty"`
	Subject string    `json:"subject,omitempty"`
	Key     string    `json:"key,omitempty"`

	Item        string `json:"item,omitempty"`         // the sku, the kind of mail, the address
	AmountCents int64  `json:"amount_cents,omitempty"` // of a charge, a price, a refund
	Token       string `json:"token,omitempty"`        // test tokens only
	ChargeID    string `json:"charge_id,omitempty"`    // the charge that a mail is about

	Status int    `json:"status,omitempty"` // HTTP; 0 in a request, and where it was dropped before it acted
	ID     string `json:"id,omitempty"`     // of the charge, reservation, shipment, mail
	Roll   *int   `json:"roll,omitempty"`   // 0 to 99, nil where none was thrown
	Again  bool   `json:"again,omitempty"`  // a kept answer, given again
	Detail string `json:"detail,omitempty"` // why

	Body  json.RawMessage `json:"body,omitempty"`  // what was asked, in a request
	Reply json.RawMessage `json:"reply,omitempty"` // what was or would have been answered
}

// Line is the entry as a verdict shows it, such as
// `charge o-1 2500 key 5f3c… accepted`.
func (e Entry) Line() string {
	words := []string{string(e.Kind), e.Subject, e.object(), e.keyWords(), e.outcome()}
	words = slices.DeleteFunc(words, func(w string) bool { return w == "" })
	return strings.Join(words, " ")
}

func (e Entry) String() string { return e.Line() }

func (e Entry) object() string {
	switch {
	case e.Kind == Charge || e.Kind == Refund || e.Kind == Price:
		if e.AmountCents > 0 {
			return fmt.Sprint(e.AmountCents)
		}
	case e.Kind == Reserve || e.Kind == Mail:
		return e.Item
	}
	return ""
}

func (e Entry) keyWords() string {
	switch {
	case e.Kind == Price || e.Kind == "":
		return ""
	case e.Key == "":
		return "no key"
	}
	return "key " + shortKey(e.Key)
}

// shortKey is key in eight characters. Both ends stay, since keys made by hand
// often begin alike.
func shortKey(key string) string {
	r := []rune(key)
	if len(r) <= 8 {
		return key
	}
	return string(r[:4]) + "…" + string(r[len(r)-3:])
}

func (e Entry) outcome() string {
	switch e.What {
	case Request:
		return "asked"
	case Effect:
		if e.Detail == answerLost {
			return "accepted, " + answerLost
		}
		return "accepted"
	case Refused:
		return "refused: " + e.Detail
	case Dropped:
		return e.dropped()
	}
	return e.answered()
}

func (e Entry) dropped() string {
	switch {
	case e.Status == 0:
		return "dropped " + e.Detail
	case e.Status == 200 && !e.Again:
		return "dropped after it acted"
	}
	return e.answered() + ", dropped"
}

func (e Entry) answered() string {
	switch {
	case e.Again:
		return "repeated"
	case e.Status == 200:
		return "answered"
	}
	text := fmt.Sprint(e.Status)
	if e.Detail != "" {
		text += " " + e.Detail
	}
	if e.Roll != nil {
		text += fmt.Sprintf(" (roll %d)", *e.Roll)
	}
	return text
}

// Effects counts what was done of a kind.
func Effects(entries []Entry, kind Kind) int {
	return count(entries, func(e Entry) bool { return e.What == Effect && e.Kind == kind })
}

// Requests counts what was asked of a kind, refused requests included.
func Requests(entries []Entry, kind Kind) int {
	return count(entries, func(e Entry) bool { return e.asked() && e.Kind == kind })
}

// Keys are the keys that requests of a kind came with, in order of arrival,
// each once.
func Keys(entries []Entry, kind Kind) []string {
	var keys []string
	for _, e := range entries {
		if e.asked() && e.Kind == kind && e.Key != "" && !slices.Contains(keys, e.Key) {
			keys = append(keys, e.Key)
		}
	}
	return keys
}

// Rolls are the rolls that were thrown, in the order of the ledger.
func Rolls(entries []Entry) []int {
	var rolls []int
	for _, e := range entries {
		if e.Roll != nil && e.fresh() {
			rolls = append(rolls, *e.Roll)
		}
	}
	return rolls
}

// answerLost is said of an effect whose caller was gone before the answer.
const answerLost = "answer lost"

// Facts leaves out what a verdict need not show: arrivals, and what became of
// the answer that follows its own effect, unless it was lost.
func Facts(entries []Entry) []Entry {
	done := map[int]int{} // the request's effect, by its place in facts
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

func count(entries []Entry, is func(Entry) bool) int {
	n := 0
	for _, e := range entries {
		if is(e) {
			n++
		}
	}
	return n
}

func (e Entry) asked() bool { return e.What == Request || e.What == Refused }

// fresh says that e is the first line to tell what became of its request: the
// effect, or where there was none the answer.
func (e Entry) fresh() bool {
	if e.What == Effect {
		return true
	}
	ended := e.What == Answer || e.What == Dropped
	return ended && !e.Again && e.Status != 0 && e.Status != 200
}

// about says that e belongs to subject, which may be its key; "" is any.
func (e Entry) about(kind Kind, subject string) bool {
	return (kind == "" || kind == e.Kind) &&
		(subject == "" || subject == e.Subject || subject == e.Key)
}
