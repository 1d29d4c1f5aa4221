package script

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"example.com/workbook/tools/check/cause"
	"example.com/workbook/tools/check/record"
)

// Word is one word of the check vocabulary. A table may have several words with the same
// name and different arguments.
type Word struct {
	Name string
	// Args are the arguments as in the manual, separated by blanks: x is one argument,
	// [x] an optional argument, x… one or more arguments, a|b one of these, and … more
	// arguments like the ones before.
	Args string
	Help string // what the manual prints about it
	// Traits returns the traits that decide when the script can run. Nil means no traits.
	Traits func(args []string) Traits
	// Do runs the word. It returns an error made by record.Fail if the learner's code is
	// at fault. Any other error means a fault in the workbook, and prints BROKEN.
	Do func(s *Script, args []string) error
}

// Traits are what a word does to the program and the server that all scripts share.
type Traits struct {
	Alone       bool // no other script can run at the same time, because the word changes or reads shared things
	Standby     bool // the word replaces the running program by a standby
	Restarts    bool // the word starts a program, and its arguments are the settings
	Ends        bool // the program ends, and no script can run after it
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
	// Causes are the likely causes for lessons whose test file passes on none.
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

// do runs one word. A panic in the word becomes an error that prints BROKEN.
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

// recordFailure records the error with which the script has failed.
func (s *Script) recordFailure(err error) {
	s.Failure = err
	if w, ok := err.(*record.ClaimError); ok {
		s.Claim, s.Likely, s.Secret = w.Claim, w.Reason, w.Secret
		if w.Where.File != "" {
			s.Where, s.Elsewhere = w.Where, true
		}
	}
}
