package script

import (
	"fmt"
	"strconv"

	"example.com/workbook/tools/check/claim"
	"example.com/workbook/tools/check/record"
	"example.com/workbook/tools/check/world"
	"example.com/workbook/tools/proxy"
)

// Arm sets a fault at the n-th message of a kind: crash Checkout/Place result 2.
func (s *Script) Arm(verb string, args []string) error {
	t, err := world.ParseTarget(args[0])
	if err != nil {
		return err
	}
	typ, ok := proxy.ParseType(args[1])
	if !ok {
		return fmt.Errorf("%q is not the type of a message", args[1])
	}
	n := 1
	if len(args) == 3 {
		if n, err = strconv.Atoi(args[2]); err != nil {
			return err
		}
	}
	f := &world.Fault{Verb: verb, Target: t, Subject: s.Subject, Type: typ, N: n}
	s.Armed = append(s.Armed, f)
	s.World.Arm(f)
	return nil
}

// noteFaults adds each fault that has happened to what the verdict prints as done.
func (s *Script) noteFaults() {
	for _, f := range s.Armed {
		if f.Placed.Load() && !f.Noted {
			f.Noted = true
			s.Notef("%s", f.Describe())
		}
	}
}

// RequirePlaced fails unless each fault that the script has injected was placed.
func (s *Script) RequirePlaced() error {
	for _, f := range s.Armed {
		if !f.Placed.Load() {
			return record.Fail(f.Expect().With(claim.GotNotReached()))
		}
	}
	return nil
}
