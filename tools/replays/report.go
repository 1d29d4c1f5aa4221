package replays

import (
	"fmt"
	"slices"
	"strings"

	"example.com/workbook/tools/course"
	"example.com/workbook/tools/hint"
)

// String returns the verdict as one line of text.
func (v Verdict) String() string {
	return fmt.Sprintf("%-11s  %s  %s: %s", v.Kind, v.Target, v.ID, v.explain())
}

func (v Verdict) explain() string {
	switch {
	case v.Kind == CannotTell, v.Kind == Strands && v.DiffersAt == 0:
		return v.Reason + inParentheses(v.Line)
	case v.Kind == Strands:
		text := fmt.Sprintf("command %d of %d was recorded as %s, and the new code has %s", v.DiffersAt, v.Commands, v.Recorded, v.New)
		if v.Reason != "" {
			text += "; " + v.Reason
		}
		return text + inParentheses(v.Line)
	}
	done := "nothing is recorded yet"
	if v.Commands > 0 {
		done = course.Count(v.Commands, "command") + " replayed"
	}
	if v.BeforeWait != "" {
		return done + "; the old code waits here, and the new code does this first: " + v.BeforeWait
	}
	return done + "; next: " + v.New
}

func inParentheses(line string) string {
	if line == "" {
		return ""
	}
	return " (" + line + ")"
}

// count returns how many verdicts are of a kind.
func (r *Report) count(kind Kind) (n int) {
	for _, v := range r.Verdicts {
		if v.Kind == kind {
			n++
		}
	}
	return n
}

// Lines returns the report for people: one line for each invocation, with the invocations that strand
// last; then a line with the totals; and then notes about what the verdicts do not cover.
func (r *Report) Lines(journals []Journal) (lines []string) {
	for _, kind := range []Kind{Fits, CannotTell, Strands} {
		for _, v := range r.Verdicts {
			if v.Kind == kind {
				lines = append(lines, v.String())
			}
		}
	}
	lines = append(lines, fmt.Sprintf("%s: %s %d, %s %d, %s %d; %s to the outside world refused", course.Count(len(r.Verdicts), "invocation"),
		Fits, r.count(Fits), Strands, r.count(Strands), CannotTell, r.count(CannotTell), course.Count(r.Refused, "request")))
	return append(lines, r.limits(journals)...)
}

// limits returns notes about what the verdicts do not cover. Each note is there only if it applies to
// these journals.
func (r *Report) limits(journals []Journal) (notes []string) {
	has := func(t ...string) bool {
		return slices.ContainsFunc(journals, func(j Journal) bool {
			return slices.ContainsFunc(j.Entries, func(e Entry) bool { return slices.Contains(t, e.Type) })
		})
	}
	if r.Refused > 0 {
		notes = append(notes, "note: the new code sends requests to the outside world outside of its steps, and every replay repeats them")
	}
	if r.Open {
		notes = append(notes, "note: the network was open: only requests that go through HTTP_PROXY were refused and counted")
	}
	if slices.ContainsFunc(r.Verdicts, func(v Verdict) bool { return v.BeforeWait != "" }) {
		notes = append(notes, "note: a wait for an awakeable or a signal is not in the journal, so the server accepts a step that is added before the wait, and runs that step")
	}
	if has("Command: Sleep", "Command: OneWayCall") {
		notes = append(notes, "note: neither this tool nor the server compares the duration of a sleep or the delay of a send")
	}
	if slices.ContainsFunc(r.Verdicts, func(v Verdict) bool { return strings.Contains("running ready", v.Status) }) {
		notes = append(notes, "note: some invocations were running when their journals were read, and what they did afterwards is not judged")
	}
	return notes
}

// Err returns nil if all invocations fit, [hint.ExitRed] if at least one strands, and otherwise
// [hint.ExitSetup], because at least one could not be judged.
func (r *Report) Err() error {
	switch {
	case r.count(Strands) > 0:
		return hint.ExitRed
	case r.count(CannotTell) > 0:
		return hint.ExitSetup
	}
	return nil
}
