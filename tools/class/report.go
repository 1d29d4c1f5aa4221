// Package class is a learner's side of a class: what is told to it, and how, without
// anybody waiting for it.
package class

import (
	"net/url"
	"regexp"
	"strings"

	"example.com/workbook/tools/hint"
)

// Report is what a class is told: which tasks a check has found right, and in which
// words it refused the first that is not. No code is in it.
type Report struct {
	Name    string            `json:"name"`              // as the learner wishes to be called
	ID      string            `json:"id"`                // of the learner's copy of the workbook, which nobody else knows
	N       int64             `json:"n"`                 // counts the learner's reports, so that each is taken once
	Ago     int64             `json:"ago"`               // milliseconds since it was so
	Lesson  int               `json:"lesson,omitempty"`  // 0: it is about none
	Begun   bool              `json:"begun,omitempty"`   // the lesson was scaffolded, and not checked
	Given   bool              `json:"given,omitempty"`   // what was judged is the reference
	Tasks   map[string]bool   `json:"tasks,omitempty"`   // whether each is right
	Red     string            `json:"red,omitempty"`     // the first task that is not
	Check   string            `json:"check,omitempty"`   // what its check looked at
	Likely  string            `json:"likely,omitempty"`  // the likely cause
	Guesses map[string]string `json:"guesses,omitempty"` // the first guess of each predict task
	Hand    *bool             `json:"hand,omitempty"`    // raised, or taken down
}

// Largest is what a report may have, in bytes.
const Largest = 16 << 10

var goodName = regexp.MustCompile(`^[\p{L}\p{N}][\p{L}\p{N}._-]{0,19}$`)

// CheckName says what is wrong with a name.
func CheckName(name string) error {
	if name == "" {
		return hint.New(hint.Usage, "NAME=otter; it need not be your own", "a class needs a name for you")
	}
	if !goodName.MatchString(name) {
		return hint.New(hint.Usage, "at most 20 letters, digits, dots, dashes and underscores, as in NAME=otter", "%q is no name for a class", name)
	}
	return nil
}

// address is the class's, without what a browser would put behind it.
func address(given string) (string, error) {
	u, err := url.Parse(strings.TrimRight(given, "/"))
	if err != nil || u.Scheme != "http" || u.Host == "" {
		return "", hint.New(hint.Usage, "it is on the instructor's screen, and begins with http://", "%q is no class's address", given)
	}
	if len(u.Path) < 2 {
		return "", hint.New(hint.Usage, "it ends in the join code, as in "+u.String()+"/fernk", "%q has no join code", given)
	}
	return u.String(), nil
}
