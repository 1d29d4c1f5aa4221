package verdict

import (
	"fmt"
	"path/filepath"

	"example.com/workbook/tools/check/record"
	"example.com/workbook/tools/vet"
)

// findingIn returns the first finding of the analyzers in the function that the script
// judges, and reports whether there is one. A finding elsewhere may be true and still not
// be the cause of the failure.
func (r *Report) findingIn(rec *record.Record) (vet.Finding, bool) {
	for _, f := range r.Findings {
		if f.File != rec.Where.File {
			continue
		}
		from, to := declarationLines(filepath.Join(r.sourceDir(), filepath.FromSlash(f.File)), rec.Where.Function)
		if from <= f.Line && f.Line <= to {
			return f, true
		}
	}
	return vet.Finding{}, false
}

// describe returns a finding with its place.
func (r *Report) describe(f vet.Finding) string {
	return fmt.Sprintf("%s:%d: %s", r.Rel(filepath.Join(r.Dir(), filepath.FromSlash(f.File))), f.Line, f.Message)
}
