package script

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"example.com/workbook/tools/check/cause"
	"example.com/workbook/tools/check/record"
)

// Word is one word of the check vocabulary. A name may stand in a table more than
// once, with other arguments each time.
type Word struct {
	Name string
	// Args are the arguments as the manual has them, a blank between two: x is one
	// argument, [x] one that may be left out, x… one or more, a|b one of these, and …
	// more of what is before it.
	Args string
	Help string // what the manual prints about it
	// Traits returns what the word does that decides when its script can run. Nil is
	// none.
	Traits func(args []string) Traits
	// Do runs the word. It returns an error made by record.Fail where the learner's code
	// is at fault. Any other error is the workbook's own, and prints BROKEN.
	Do func(s *Script, args []string) error
}

// Traits are what a word does to the program and the server that all scripts share.
type Traits struct {
	Alone       bool // no other script can run beside it: what it does or reads is shared
	Standby     bool // it puts a program that stands by in the place of the one that runs
	Restarts    bool // its arguments are settings of a program that it starts
	Ends        bool // it is the last thing that the program does
	KillsServer bool
}

// Always returns a Word's Traits that do not depend on its arguments.
func Always(t Traits) func([]string) Traits { return func([]string) Traits { return t } }

// Usage returns the word with its arguments.
func (w Word) Usage() string { return strings.TrimSpace(w.Name + " " + w.Args) }

// accepts reports whether a script can give the word these arguments.
func (w Word) accepts(args []string) bool {
	least, most := 0, 0
	for i, arg := range strings.Fields(w.Args) {
		name := strings.TrimSuffix(strings.TrimPrefix(arg, "["), "]")
		if strings.HasSuffix(name, "…") {
			most = len(args)
		}
		most++
		if name == arg && name != "…" {
			least++
		}
		if choices := strings.Split(name, "|"); len(choices) > 1 && i < len(args) && !slices.Contains(choices, args[i]) {
			return false
		}
	}
	return least <= len(args) && len(args) <= most
}

// Table is a list of words, in the order of the manual.
type Table []Word

// Has reports whether the table has a word of that name.
func (t Table) Has(name string) bool {
	return slices.ContainsFunc(t, func(w Word) bool { return w.Name == name })
}

// Find returns the word of that name which takes these arguments.
func (t Table) Find(name string, args []string) (Word, error) {
	var usages []string
	for _, w := range t {
		if w.Name != name {
			continue
		}
		if w.accepts(args) {
			return w, nil
		}
		usages = append(usages, w.Usage())
	}
	if usages == nil {
		return Word{}, fmt.Errorf("there is no word %q", name)
	}
	return Word{}, fmt.Errorf("usage: %s", strings.Join(usages, ", or "))
}

// Words are what a lesson adds to the vocabulary.
type Words struct {
	Table Table
	// Causes are the likely causes for lessons whose test file hands over none.
	Causes []cause.Rule
}

// Commands makes testscript commands of the words.
func Commands(words Table) map[string]func(*testscript.TestScript, bool, []string) {
	cmds := map[string]func(*testscript.TestScript, bool, []string){}
	for _, w := range words {
		cmds[w.Name] = func(ts *testscript.TestScript, neg bool, args []string) {
			s := Of(ts)
			s.TestScript = ts
			if err := s.do(w.Name, neg, args); err != nil {
				s.recordFailure(err)
				ts.Fatalf("%s: %v", w.Name, err)
			}
		}
	}
	return cmds
}

// do runs one word. A panic in the word becomes an error of the workbook's own.
func (s *Script) do(name string, neg bool, args []string) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	if neg {
		return fmt.Errorf("%s cannot be negated", name)
	}
	w, err := s.Shared.Words.Find(name, args)
	if err != nil {
		return err
	}
	return w.Do(s, args)
}

// recordFailure records an error: the script has failed.
func (s *Script) recordFailure(err error) {
	s.Failure = err
	if w, ok := err.(*record.ClaimError); ok {
		s.Claim, s.Likely, s.Secret = w.Claim, w.Reason, w.Secret
		if w.Where.File != "" {
			s.Where, s.Elsewhere = w.Where, true
		}
	}
}
