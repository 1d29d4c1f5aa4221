package check

import (
	"context"
	"fmt"
)

// Dies says that the program is to kill itself, and where: "right after it has
// written the row". A script with such a place must come to it: see killed.
func (s *Script) Dies(where string) { s.dies = where }

// killed waits until the program has killed itself, and puts the standby in its
// place.
func killed(s *Script, args []string) error {
	if len(args) != 0 || s.dies == "" {
		return fmt.Errorf("usage: killed, after a word that says where the program dies")
	}
	if err := s.world.needProgram(); err != nil {
		return err
	}
	s.world.mu.Lock()
	program := s.world.program
	s.world.mu.Unlock()
	err := s.waitOutside("the program to get to where it is killed, "+s.dies, func(ctx context.Context) error {
		select {
		case <-program.Done():
		case <-ctx.Done():
		}
		return nil
	})
	if err != nil {
		return err
	}
	s.note("killed the program %s", s.dies)
	s.dies = ""
	return s.world.crash(s.ctx)
}

// revive puts the standby in the place of a program that has killed itself
// after its script had given up.
func (s *Script) revive() {
	if s.dies == "" || s.world.needProgram() != nil {
		return
	}
	s.world.mu.Lock()
	dead := s.world.program.Ended()
	s.world.mu.Unlock()
	if dead {
		s.world.crash(context.Background())
	}
}

// fellDown: the program has ended, and nobody had told it to.
func (s *Script) fellDown(expected string) error {
	if s.dies != "" || s.world.needProgram() != nil {
		return nil
	}
	s.world.mu.Lock()
	defer s.world.mu.Unlock()
	if p := s.world.program; p.Ended() {
		s.world.report.dies(p.Output())
		return wrongf(expected, "none: the program ended (%s)", howEnded(p))
	}
	return nil
}
