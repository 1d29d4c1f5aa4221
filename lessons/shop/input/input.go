// Package input has the rules for the input of handlers. A handler refuses an invalid
// input before it does anything else: before it writes a row or sends a request, and with
// a terminal error.
package input

import "regexp"

var id = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)

// IsID reports whether s is a valid id of an order or a customer: 1 to 64 letters, digits,
// dots, dashes and underscores. Ids are used in URLs, file names, log lines and SQL
// without quoting.
func IsID(s string) bool { return id.MatchString(s) }

// MaxAmountCents is the highest price of one order. Card gateways accept eight digits.
const MaxAmountCents = 99_999_999

// IsAmount reports whether an order may cost this number of cents.
func IsAmount(cents int64) bool { return 0 < cents && cents <= MaxAmountCents }

// IsToken reports whether the gateway has issued this token. A token stands for a card, so
// that the shop never gets the number of a card.
func IsToken(token string) bool { return token == "tok_ok" || token == "tok_declined" }
