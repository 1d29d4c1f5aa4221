package verdict

import (
	"fmt"
	"path/filepath"
	"slices"

	"example.com/workbook/tools/check/claim"
	"example.com/workbook/tools/check/record"
	"example.com/workbook/tools/course"
	"example.com/workbook/tools/vet"
)

// findingIn returns the first finding of the analyzers in the function that the script
// judges or in a function that the judged one calls, and reports whether there is one. A
// finding elsewhere may be true and still not be the cause of the failure, unless it is
// certain and in a function of the same file that no script judges.
func (r *Report) findingIn(rec *record.Record) (vet.Finding, bool) {
	for _, f := range r.Findings {
		if r.isIn(f, rec.Where) || r.isCalled(f, rec.Where) || f.IsCertain() && f.File == rec.Where.File && r.isInHelper(f) {
			return f, true
		}
	}
	return vet.Finding{}, false
}

// isInHelper reports whether a finding is in a function that no script judges.
func (r *Report) isInHelper(f vet.Finding) bool {
	return r.ranEveryTask() && !slices.ContainsFunc(r.Records, func(rec *record.Record) bool { return r.isIn(f, rec.Where) })
}

// AddFindings adds what the analyzers have found. If a step uses the context of the handler,
// AddFindings makes a script red that judges the function. The text says that a step must
// not do so, and no run can show the use: sdk-go 1.2.0 gives both the same behavior, or a
// different one by luck.
func (r *Report) AddFindings(found []vet.Finding) {
	r.Findings = found
	for _, f := range found {
		if !f.IsRefused() {
			continue
		}
		if rec := r.scriptToRefuse(f); rec != nil {
			rec.Phase = "the code is read: a step uses the context of its own function"
			rec.Claim = claim.ExpectOwnContext().With(claim.GotPlace(r.place(f)))
			rec.Failure = record.Fail(rec.Claim)
			rec.Cause, rec.Likely, rec.Did = f.Cause(), f.Message, nil
		}
	}
}

// scriptToRefuse returns the first script of the first task that judges the function with
// the finding. If no script judges that function, because another one calls it, the scripts
// that judge the same file count. The result is nil if a script of that task is red already:
// the finding then explains that failure.
func (r *Report) scriptToRefuse(f vet.Finding) *record.Record {
	judges := func(rec *record.Record) bool { return r.isIn(f, rec.Where) }
	if r.isInHelper(f) {
		judges = func(rec *record.Record) bool { return rec.Where.File == f.File }
	}
	for _, v := range r.tasks() {
		var first *record.Record
		red := false
		for _, rec := range r.Records {
			if rec.Task != v.task.ID || !judges(rec) {
				continue
			}
			red = red || !rec.IsGreen()
			if rec.Pass == record.Normal && (first == nil || rec.Script < first.Script) {
				first = rec
			}
		}
		switch {
		case red:
			return nil
		case first != nil:
			return first
		}
	}
	return nil
}

// ranEveryTask reports whether a script of each task has run, so that no script which was not
// asked for judges a function.
func (r *Report) ranEveryTask() bool {
	ran := r.tasks()
	return !slices.ContainsFunc(r.Lesson.Tasks, func(t course.Task) bool {
		return r.ChecksOf[t.ID] > 0 && !slices.ContainsFunc(ran, func(v taskVerdict) bool { return v.task.ID == t.ID })
	})
}

// isIn reports whether a finding is in the function that a script judges.
func (r *Report) isIn(f vet.Finding, p record.Place) bool {
	if f.File != p.File {
		return false
	}
	from, to := declarationLines(filepath.Join(r.sourceDir(), filepath.FromSlash(f.File)), p.Function)
	return from <= f.Line && f.Line <= to
}

// isCalled reports whether a finding is in a function of the same package that the function
// at p calls, directly or through others.
func (r *Report) isCalled(f vet.Finding, p record.Place) bool {
	folder := filepath.Dir(filepath.FromSlash(p.File))
	if filepath.Dir(filepath.FromSlash(f.File)) != folder {
		return false
	}
	lines := findCallees(filepath.Join(r.sourceDir(), folder), p.Function)[filepath.Base(f.File)]
	return slices.ContainsFunc(lines, func(l lineRange) bool { return l.from <= f.Line && f.Line <= l.to })
}

// place returns the file and the line of a finding.
func (r *Report) place(f vet.Finding) string {
	return fmt.Sprintf("%s:%d", r.Rel(filepath.Join(r.Dir(), filepath.FromSlash(f.File))), f.Line)
}

// describe returns a finding with its place.
func (r *Report) describe(f vet.Finding) string {
	return r.place(f) + ": " + f.Message
}
