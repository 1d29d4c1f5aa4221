package world

import (
	"context"

	"example.com/workbook/tools/process"
)

// A program can die by itself, and then every script that runs just then is red.
// The trace of what killed it shows whose fault that is.

// ReplaceDead puts the standby in the place of a program that has died by itself,
// between scripts, and keeps the trace of what killed it.
func (w *World) ReplaceDead() {
	if w.ProgramError() != nil {
		return
	}
	dead := w.DeadProgram()
	if dead == nil {
		return
	}
	w.RecordDeath(dead.Output())
	w.Crash(context.Background())
}

// DeadProgram returns the program if it has ended and nobody has replaced it, else
// nil.
func (w *World) DeadProgram() *process.Process {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.program.HasEnded() {
		return w.program
	}
	return nil
}

// RecordDeath keeps what the program printed before it died by itself, for the first
// time that it does.
func (w *World) RecordDeath(output string) {
	if output != "" {
		w.trace.CompareAndSwap(nil, &output)
	}
}

// DeathTrace returns all that the program printed before it died by itself, "" if it
// did not.
func (w *World) DeathTrace() string {
	if trace := w.trace.Load(); trace != nil {
		return *trace
	}
	return ""
}
