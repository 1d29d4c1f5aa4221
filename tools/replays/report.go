package replays

import (
	"fmt"
	"slices"
	"strings"

	"example.com/workbook/tools/course"
	"example.com/workbook/tools/hint"
)

// String returns the verdict on one line.
func (v Verdict) String() string {
	return fmt.Sprintf("%-11s  %s  %s: %s", v.Kind, v.Target, v.ID, v.explain())
}

func (v Verdict) explain() string {
	switch {
	case v.Kind == CannotTell, v.Kind == Strands && v.At == 0:
		return v.Reason + inParentheses(v.Line)
	case v.Kind == Strands:
		text := fmt.Sprintf("command %d of %d was recorded as %s, and the new code has %s", v.At, v.Of, v.Recorded, v.New)
		if v.Reason != "" {
			text += "; " + v.Reason
		}
		return text + inParentheses(v.Line)
	}
	done := "nothing is recorded yet"
	if v.Of > 0 {
		done = course.Count(v.Of, "command") + " replayed"
	}
	if v.Early != "" {
		return done + "; it waits, and the new code does this before that: " + v.Early
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

// Lines returns the report for people: a line for each invocation, those that strand last, then the sum, and then what
// the tool could not see in these invocations.
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

// limits returns what the verdicts do not cover, where that applies.
func (r *Report) limits(journals []Journal) (notes []string) {
	has := func(t ...string) bool {
		return slices.ContainsFunc(journals, func(j Journal) bool {
			return slices.ContainsFunc(j.Entries, func(e Entry) bool { return slices.Contains(t, e.Type) })
		})
	}
	if r.Refused > 0 {
		notes = append(notes, "note: code outside of steps runs at each replay, and here it asks the outside world")
	}
	if r.Open {
		notes = append(notes, "note: the network was open: only requests that go through HTTP_PROXY were refused and counted")
	}
	if slices.ContainsFunc(r.Verdicts, func(v Verdict) bool { return v.Early != "" }) {
		notes = append(notes, "note: a wait for an awakeable or a signal is not in the journal, so the server accepts a step that is added before it, and runs it")
	}
	if has("Command: Sleep", "Command: OneWayCall") {
		notes = append(notes, "note: how long a sleep takes, and the delay of a send, are not compared, neither here nor by the server")
	}
	if slices.ContainsFunc(r.Verdicts, func(v Verdict) bool { return strings.Contains("running ready", v.Status) }) {
		notes = append(notes, "note: some invocations were running; what they have done since then is not judged")
	}
	return notes
}

// Err returns nil if all invocations fit, [hint.ExitRed] if one strands, and otherwise [hint.ExitSetup], since then one
// cannot be judged.
func (r *Report) Err() error {
	switch {
	case r.count(Strands) > 0:
		return hint.ExitRed
	case r.count(CannotTell) > 0:
		return hint.ExitSetup
	}
	return nil
}
