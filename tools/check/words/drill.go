package words

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"example.com/workbook/tools/check/cause"
	"example.com/workbook/tools/check/claim"
	"example.com/workbook/tools/check/record"
	"example.com/workbook/tools/check/script"
	"example.com/workbook/tools/sandbox"
)

// Words of a drill: a launched program places many orders, $K-1 and so on, while processes die.

func useCopies(s *script.Script, args []string) error {
	n, err := strconv.Atoi(args[0])
	if err != nil {
		return err
	}
	if err := s.World.ProgramError(); err != nil {
		return err
	}
	s.AtEnd(func() error {
		if s.Failure != nil {
			s.KeepAttempts()
		}
		return s.World.LeaveCopies()
	})
	s.Notef("ran %d copies of the program", n)
	return s.World.UseCopies(s.Ctx, n, s.LaunchEnv)
}

func killCopy(s *script.Script, _ []string) error {
	if s.World.Copies() == nil {
		return fmt.Errorf("the word copies does not come before this one")
	}
	s.Notef("killed one copy of the program")
	s.World.Copies().Kill(0)
	return nil
}

func startCopy(s *script.Script, _ []string) error {
	if s.World.Copies() == nil {
		return fmt.Errorf("the word copies does not come before this one")
	}
	return s.World.Copies().Start(s.Ctx, 0)
}

// forOrders calls f for the orders of the script from the first number to the last.
func forOrders(s *script.Script, args []string, f func(order string) error) error {
	first, err := strconv.Atoi(args[0])
	if err != nil {
		return err
	}
	last, err := strconv.Atoi(args[1])
	if err != nil {
		return err
	}
	for i := first; i <= last; i++ {
		if err := f(fmt.Sprintf("%s-%d", s.Subject, i)); err != nil {
			return err
		}
	}
	return nil
}

// holdOrders holds all requests for each charge: when a node dies, another attempt sends the
// request again, and must not pass.
func holdOrders(s *script.Script, args []string) error {
	s.AddFact(cause.Drilled)
	return forOrders(s, args, func(order string) error {
		s.Scripted = append(s.Scripted, order)
		return s.World.Outside.Hold(s.Ctx, sandbox.Charge, order, sandbox.Before, -1)
	})
}

func waitHeldOrders(s *script.Script, args []string) error {
	return forOrders(s, args, func(order string) error { return waitHeld(s, []string{"charge", order}) })
}

func releaseOrders(s *script.Script, args []string) error {
	s.Held = ""
	return forOrders(s, args, func(order string) error {
		_, err := s.World.Outside.Clear(s.Ctx, order)
		return err
	})
}

// checkEachOnce requires that each order was charged and sent once.
func checkEachOnce(s *script.Script, args []string) error {
	n, err := strconv.Atoi(args[0])
	if err != nil {
		return err
	}
	charged, err := countEach(s, sandbox.Charge)
	if err != nil {
		return err
	}
	sent, err := countEach(s, sandbox.Ship)
	if err != nil {
		return err
	}
	var missing, twice []string
	for i := range n {
		id := fmt.Sprintf("%s-%d", s.Subject, i+1)
		if charged[id] == 0 || sent[id] == 0 {
			missing = append(missing, id)
		}
		if charged[id] > 1 || sent[id] > 1 {
			twice = append(twice, id)
		}
		delete(charged, id)
	}
	for id := range charged {
		twice = append(twice, id)
	}
	if len(missing)+len(twice) > 0 {
		slices.Sort(twice)
		return record.Fail(claim.ExpectOrdersOnce(n).With(claim.GotUnequal(missing, twice)))
	}
	return nil
}

// countEach counts the effects of a kind for each order of the script.
func countEach(s *script.Script, kind sandbox.Kind) (map[string]int, error) {
	entries, err := s.World.Outside.Ledger(s.Ctx, "")
	counts := map[string]int{}
	for _, e := range entries {
		if e.What == sandbox.Effect && e.Kind == kind && strings.HasPrefix(e.Subject, s.Subject+"-") {
			counts[e.Subject]++
		}
	}
	return counts, err
}
