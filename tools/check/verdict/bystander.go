package verdict

import (
	"slices"

	"example.com/workbook/tools/check/record"
	"example.com/workbook/tools/proxy"
)

// If a program dies by itself, every script that runs at that time fails. The stack trace
// shows which function is at fault. Scripts that judge other functions are bystanders: the
// verdict does not show why they failed.

// isGuilty reports whether the function that the script judges is in the trace.
func (r *Report) isGuilty(rec *record.Record) bool { return rec.Where.IsInTrace(r.Trace) }

// culprit returns the function that was running when the program died, or "".
func (r *Report) culprit() string {
	for _, rec := range r.Records {
		if r.isGuilty(rec) {
			return rec.Where.Function
		}
	}
	return ""
}

// isBystander reports whether a script failed only because another function ended the
// program, during an attempt of the script or before it.
func (r *Report) isBystander(rec *record.Record) bool {
	return sawDeath(rec.Attempts) && !r.isGuilty(rec) && r.culprit() != ""
}

// sawDeath reports whether an attempt lost the program, or the last one did not find it.
func sawDeath(attempts []proxy.Attempt) bool {
	lost := func(a proxy.Attempt) bool { return a.End == "broken off" }
	n := len(attempts)
	return slices.ContainsFunc(attempts, lost) || n > 0 && attempts[n-1].End == proxy.Unreachable
}
