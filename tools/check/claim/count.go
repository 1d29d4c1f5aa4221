package claim

import (
	"fmt"
	"strconv"
	"strings"

	"example.com/workbook/tools/course"
)

// Count is a number that a script claims: n, or >=n.
type Count struct {
	N       int  `json:"n"`
	AtLeast bool `json:"at_least,omitempty"`
}

// ParseCount reads n or >=n.
func ParseCount(text string) (Count, error) {
	number, atLeast := strings.CutPrefix(text, ">=")
	n, err := strconv.Atoi(number)
	if err != nil {
		return Count{}, fmt.Errorf("%q is neither n nor >=n", text)
	}
	return Count{N: n, AtLeast: atLeast}, nil
}

// Holds reports whether n is what the count claims.
func (c Count) Holds(n int) bool { return n == c.N || c.AtLeast && n > c.N }

// Is reports whether the count is n and nothing else.
func (c Count) Is(n int) bool { return c.N == n && !c.AtLeast }

// countWords returns the count of a noun and of what follows it: at least 2 requests of
// mail.
func (c Count) countWords(noun, more string) string {
	words := course.Count(c.N, noun) + more
	if c.AtLeast {
		return "at least " + words
	}
	return words
}
