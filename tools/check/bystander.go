package check

import (
	"context"
	"slices"
	"strings"

	"example.com/workbook/tools/proxy"
)

// A program can die by itself, and then every script that runs just then is
// red. The trace of what killed it tells whose fault that is; the others are
// bystanders, and are not judged.

// mourn, between scripts, takes down the last words of a program that has died by itself, and
// puts the standby in its place.
func (w *world) mourn() {
	if w.needProgram() != nil {
		return
	}
	w.mu.Lock()
	dead := w.program
	w.mu.Unlock()
	if !dead.Ended() {
		return
	}
	w.report.dies(dead.Output())
	w.crash(context.Background())
}

// dies takes down what the program said before it died by itself.
func (r *report) dies(said string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.death == "" {
		r.death = said
	}
}

// guilty says whether the function that the script judges is in the trace.
func (r *report) guilty(rec *record) bool {
	typ, method, ok := strings.Cut(rec.where.function, ".")
	if !ok || r.death == "" {
		return false
	}
	return strings.Contains(r.death, "."+typ+"."+method) || strings.Contains(r.death, ".(*"+typ+")."+method)
}

// culprit is the function that was running when the program died, or "".
func (r *report) culprit() string {
	for _, rec := range r.records {
		if r.guilty(rec) {
			return rec.where.function
		}
	}
	return ""
}

// bystander says whether a red script only saw the program die.
func (r *report) bystander(rec *record) bool {
	sawIt := slices.ContainsFunc(rec.tries, func(a proxy.Attempt) bool { return a.End == "broken off" })
	return sawIt && !r.guilty(rec) && r.culprit() != ""
}
