package main

import (
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
	"time"

	"example.com/workbook/tools/course"
)

// addDurations records how long a learner needed for the tasks that passed for the first time. The
// time starts when the learner's last task passed, or when the lesson was begun. Pauses do not
// count. Tasks that pass in the same report share the time in proportion to their planned minutes.
func (r *room) addDurations(l *learner, right []string, at time.Time) {
	if len(right) == 0 {
		return
	}
	took, planned := r.workTime(l.since, at), 0
	for _, id := range right {
		planned += r.minutes[id]
	}
	for _, id := range right {
		share := took / time.Duration(len(right))
		if planned > 0 {
			share = took * time.Duration(r.minutes[id]) / time.Duration(planned)
		}
		l.tasks[id].took = max(share, 1) // 0 means that the task is not done
	}
	if at.After(l.since) {
		l.since = at
	}
}

// workTime returns how long the class worked between two times.
func (r *room) workTime(from, to time.Time) time.Duration {
	took := max(to.Sub(from), 0)
	pauses := r.pauses
	if !r.listening.IsZero() {
		pauses = append(slices.Clone(pauses), span{r.listening, to})
	}
	for _, p := range pauses {
		begin, end := laterOf(p.from, from), p.to
		if end.After(to) {
			end = to
		}
		took -= max(end.Sub(begin), 0)
	}
	return took
}

func laterOf(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// writeTimings prints how long the class needed for each task, beside the planned time.
func (r *room) writeTimings(w io.Writer) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "task\tdone by\tplan\tmedian\tslowest fifth\t")
	for _, l := range r.course {
		for _, task := range l.Tasks {
			if took := r.durations(task.ID); len(took) > 0 {
				fmt.Fprintf(t, "%s\t%d of %d\t%d\t%s\t%s\t%s\n", task.ID, len(took), len(r.order), r.minutes[task.ID],
					formatMinutes(took[len(took)/2]), formatMinutes(took[len(took)*4/5]), r.compareWithPlan(task, took))
			}
		}
	}
	t.Flush()
}

// durations returns how long each learner needed who has done a task. The shortest time comes
// first.
func (r *room) durations(id string) (took []time.Duration) {
	for _, l := range r.order {
		if s := l.tasks[id]; s != nil && s.took > 0 {
			took = append(took, s.took)
		}
	}
	slices.Sort(took)
	return took
}

func formatMinutes(d time.Duration) string { return fmt.Sprintf("%.0f", d.Minutes()) }

// minLearners is how many results a task needs before it is compared with the plan.
const minLearners = 5

// compareWithPlan compares the median with the plan.
func (r *room) compareWithPlan(task course.Task, took []time.Duration) string {
	planned, median := float64(r.minutes[task.ID]), took[len(took)/2].Minutes()
	switch {
	case len(took) < minLearners:
		return "few"
	case median > 1.5*planned && median > planned+2:
		return "longer than planned"
	case 1.5*median < planned && median < planned-2:
		return "shorter than planned"
	}
	return ""
}
