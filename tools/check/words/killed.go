package words

import (
	"context"
	"fmt"

	"example.com/workbook/tools/check/cause"
	"example.com/workbook/tools/check/claim"
	"example.com/workbook/tools/check/script"
)

// waitKilled waits until the program has killed itself, and replaces it by the standby.
func waitKilled(s *script.Script, args []string) error {
	if err := waitDeath(s, args); err != nil {
		return err
	}
	s.KilledAt, s.HasDied = "", false
	return s.World.Crash(s.Ctx)
}

// waitDeath waits until the program has killed itself. Until the word killed, no program
// runs.
func waitDeath(s *script.Script, _ []string) error {
	if s.KilledAt == "" {
		return fmt.Errorf("no word before this one makes the program kill itself")
	}
	if err := s.World.ProgramError(); err != nil {
		return err
	}
	if s.HasDied {
		return nil
	}
	program := s.World.Program()
	err := s.WaitOutside(claim.ExpectCommit(s.Commit, s.KilledAt), func(ctx context.Context) error {
		select {
		case <-program.Done():
		case <-ctx.Done():
		}
		return nil
	})
	if err != nil {
		return err
	}
	s.Notef("killed the program %s", s.KilledAt)
	s.AddFact(cause.KilledProgram)
	s.HasDied = true
	return nil
}
