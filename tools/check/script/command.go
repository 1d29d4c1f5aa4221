package script

import (
	"fmt"

	"github.com/rogpeppe/go-internal/testscript"

	"example.com/workbook/tools/check/record"
)

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

// do runs one word. It reports a panic in it as our defect.
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

type scriptKey struct{}

// Of returns the script that a command of testscript's runs in.
func Of(ts *testscript.TestScript) *Script { return ts.Value(scriptKey{}).(*Script) }
