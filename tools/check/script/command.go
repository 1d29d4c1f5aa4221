package script

import (
	"fmt"

	"github.com/rogpeppe/go-internal/testscript"

	"example.com/workbook/tools/check/record"
)

// Word is one command of the check vocabulary. It returns an error made by
// Wrong where the learner's code is at fault; any other error is ours.
type Word func(s *Script, args []string) error

// Commands makes testscript commands of the words.
func Commands(words map[string]Word) map[string]func(*testscript.TestScript, bool, []string) {
	cmds := map[string]func(*testscript.TestScript, bool, []string){}
	for name, w := range words {
		cmds[name] = command(name, w)
	}
	return cmds
}

func command(name string, w Word) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, neg bool, args []string) {
		s := Of(ts)
		s.TestScript = ts
		err := s.do(name, w, neg, args)
		if err == nil {
			return
		}
		s.blame(err)
		ts.Fatalf("%s: %v", name, err)
	}
}

// do runs one word; a panic in it is our defect and says so.
func (s *Script) do(name string, w Word, neg bool, args []string) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	if neg {
		return fmt.Errorf("%s cannot be negated", name)
	}
	return w(s, args)
}

// blame takes an error down: the script has failed.
func (s *Script) blame(err error) {
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
