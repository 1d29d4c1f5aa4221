// Package input has the rules for what comes from outside. What breaks one is to
// be refused before anything is done: no row, no request, no retry.
package input

import "regexp"

var id = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)

// IsID says whether s can be an order's or a customer's id: 1 to 64 letters,
// digits, dots, dashes and underscores. Ids go into URLs, file names, log lines
// and SQL as they are.
func IsID(s string) bool { return id.MatchString(s) }

// MaxAmountCents is the most that one order may cost: eight digits, as card
// gateways have it.
const MaxAmountCents = 99_999_999

// IsAmount says whether an order can cost so many cents.
func IsAmount(cents int64) bool { return 0 < cents && cents <= MaxAmountCents }

// IsToken says whether the gateway has given out this token. A token stands for
// a card; a card's number never comes near us.
func IsToken(token string) bool { return token == "tok_ok" || token == "tok_declined" }
