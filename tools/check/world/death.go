package world

import (
	"context"

	"example.com/workbook/tools/process"
)

// If a program dies by itself, every script that runs at that time fails. The stack trace
// shows which function is at fault.

// ReplaceDead replaces a program that has died by itself between scripts by the standby,
// and keeps its stack trace.
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

// RecordDeath keeps the output of a program that died by itself, for the first death
// only.
func (w *World) RecordDeath(output string) {
	if output != "" {
		w.trace.CompareAndSwap(nil, &output)
	}
}

// DeathTrace returns the output of the program before it died by itself, or "".
func (w *World) DeathTrace() string {
	if trace := w.trace.Load(); trace != nil {
		return *trace
	}
	return ""
}
