package main

import (
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
	"time"

	"example.com/workbook/tools/course"
)

// spent notes how long tasks took that are right for the first time: since the
// learner's last ones were, or the lesson was begun, without what nobody was to work
// in. Several at once share the time as the plan has it.
func (r *room) spent(l *learner, right []string, at time.Time) {
	if len(right) == 0 {
		return
	}
	took, planned := r.worked(l.since, at), 0
	for _, id := range right {
		planned += r.minutes[id]
	}
	for _, id := range right {
		share := took / time.Duration(len(right))
		if planned > 0 {
			share = took * time.Duration(r.minutes[id]) / time.Duration(planned)
		}
		l.tasks[id].took = max(share, 1) // 0 is for what is not done
	}
	if at.After(l.since) {
		l.since = at
	}
}

// worked is how long the room worked in a time.
func (r *room) worked(from, to time.Time) time.Duration {
	took := max(to.Sub(from), 0)
	pauses := r.pauses
	if !r.listening.IsZero() {
		pauses = append(slices.Clone(pauses), span{r.listening, to})
	}
	for _, p := range pauses {
		begin, end := later(p.from, from), p.to
		if end.After(to) {
			end = to
		}
		took -= max(end.Sub(begin), 0)
	}
	return took
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// timings is what each task took the class, beside what is planned.
func (r *room) timings(w io.Writer) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "task\tdone by\tplan\tmedian\tslowest fifth\t")
	for _, l := range r.course {
		for _, task := range l.Tasks {
			if took := r.took(task.ID); len(took) > 0 {
				fmt.Fprintf(t, "%s\t%d of %d\t%d\t%s\t%s\t%s\n", task.ID, len(took), len(r.order), r.minutes[task.ID],
					minutes(took[len(took)/2]), minutes(took[len(took)*4/5]), r.remark(task, took))
			}
		}
	}
	t.Flush()
}

// took is how long a task took each learner who has done it, the quickest first.
func (r *room) took(id string) (took []time.Duration) {
	for _, l := range r.order {
		if s := l.tasks[id]; s != nil && s.took > 0 {
			took = append(took, s.took)
		}
	}
	slices.Sort(took)
	return took
}

func minutes(d time.Duration) string { return fmt.Sprintf("%.0f", d.Minutes()) }

// few are too little to change a plan for.
const few = 5

// remark compares the median with the plan.
func (r *room) remark(task course.Task, took []time.Duration) string {
	planned, median := float64(r.minutes[task.ID]), took[len(took)/2].Minutes()
	switch {
	case len(took) < few:
		return "few"
	case median > 1.5*planned && median > planned+2:
		return "longer than planned"
	case 1.5*median < planned && median < planned-2:
		return "shorter than planned"
	}
	return ""
}
