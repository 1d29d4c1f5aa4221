// Package class sends the results of a learner's checks to a class. A check only stores its report.
// Another process sends the report, so that no check waits for the network.
package class

import (
	"net/url"
	"regexp"
	"strings"

	"example.com/workbook/tools/hint"
)

// Report is what a class receives: which tasks passed their checks, and how the first
// red check describes its failure. It contains no code.
type Report struct {
	Name    string            `json:"name"`              // the learner chooses it
	ID      string            `json:"id"`                // the id of the learner's copy of the workbook, which nobody else knows
	N       int64             `json:"n"`                 // the number of this learner's report, so that the class counts each report once
	Ago     int64             `json:"ago"`               // milliseconds since the check ended
	Lesson  int               `json:"lesson,omitempty"`  // the number of the lesson; 0 for none
	Begun   bool              `json:"begun,omitempty"`   // the lesson was made, and not checked
	Given   bool              `json:"given,omitempty"`   // the reference was checked, not the learner's code
	Tasks   map[string]bool   `json:"tasks,omitempty"`   // whether each task is right
	Red     string            `json:"red,omitempty"`     // the first task that is not right
	Check   string            `json:"check,omitempty"`   // what the check of that task looked at
	Likely  string            `json:"likely,omitempty"`  // the likely cause
	Guesses map[string]string `json:"guesses,omitempty"` // the first guess of each predict task
	Hand    *bool             `json:"hand,omitempty"`    // whether the hand is up; nil if it has not changed
}

// Largest is the limit for the JSON of a report, in bytes.
const Largest = 16 << 10

var namePattern = regexp.MustCompile(`^[\p{L}\p{N}][\p{L}\p{N}._-]{0,19}$`)

// CheckName returns an error for a name that a class does not accept.
func CheckName(name string) error {
	if name == "" {
		return hint.New(hint.Usage, "add NAME=otter, or another name that you choose", "the class needs a name for you")
	}
	if !namePattern.MatchString(name) {
		return hint.New(hint.Usage, "at most 20 letters, digits, dots, dashes and underscores, as in NAME=otter", "%q is not a name for a class", name)
	}
	return nil
}

// parseAddress checks the address of a class and strips trailing slashes.
func parseAddress(given string) (string, error) {
	u, err := url.Parse(strings.TrimRight(given, "/"))
	if err != nil || u.Scheme != "http" || u.Host == "" {
		return "", hint.New(hint.Usage, "copy the address from the instructor's screen; the address begins with http://", "%q is not the address of a class", given)
	}
	if len(u.Path) < 2 {
		return "", hint.New(hint.Usage, "the address ends in the join code, as in "+u.String()+"/fernk", "%q has no join code", given)
	}
	return u.String(), nil
}
