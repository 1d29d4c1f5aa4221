package verdict

import (
	"slices"

	"example.com/workbook/tools/check/record"
	"example.com/workbook/tools/proxy"
)

// A program can die by itself, and then every script that runs just then is
// red. The trace of what killed it shows whose fault that is; the others are
// bystanders, and are not judged.

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

// isBystander reports whether a red script only saw the program die.
func (r *Report) isBystander(rec *record.Record) bool {
	sawIt := slices.ContainsFunc(rec.Attempts, func(a proxy.Attempt) bool { return a.End == "broken off" })
	return sawIt && !r.isGuilty(rec) && r.culprit() != ""
}
