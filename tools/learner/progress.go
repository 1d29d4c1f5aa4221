package learner

import (
	"fmt"

	"example.com/workbook/tools/course"
	"example.com/workbook/tools/files"
	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/progress"
	"example.com/workbook/tools/ui"
)

// ShowProgress lists every task and its state.
func ShowProgress(root string) error {
	lessons, err := course.Lessons(root)
	if err != nil {
		return err
	}
	now, err := readProgress(root)
	if err != nil {
		return err
	}
	tally := map[progress.State]int{}
	for _, l := range lessons {
		printLesson(l, now)
		for _, t := range l.Tasks {
			tally[now[t.ID]]++
		}
	}
	fmt.Printf("%d of %s done%s\n", tally[progress.Done], course.Count(len(now), "task"), formatOthers(tally))
	explain(tally)
	fmt.Println("next      " + nextStep(root, lessons, now))
	return nil
}

func printLesson(l course.Lesson, now progress.Progress) {
	fmt.Printf("lesson %d  %s\n", l.N, l.Title)
	for _, t := range l.Tasks {
		extra := ""
		if t.Extra {
			extra = " (extra)"
		}
		lead := fmt.Sprintf("  %-4s %-8s  ", t.ID, now[t.ID])
		fmt.Println(lead + ui.Truncate(ui.Columns-len(lead)-len(extra), t.Title) + extra)
	}
	fmt.Println()
}

// formatOthers returns the number of tasks in each other state.
func formatOthers(tally map[progress.State]int) (text string) {
	for _, s := range []progress.State{progress.Red, progress.ReCheck, progress.Given} {
		if tally[s] > 0 {
			text += fmt.Sprintf(", %d %s", tally[s], s)
		}
	}
	return text
}

// explain prints the meaning of the states whose names do not tell it.
func explain(tally map[progress.State]int) {
	if tally[progress.ReCheck] > 0 {
		fmt.Println("re-check  passed earlier; the checks have changed since then, so check again")
	}
	if tally[progress.Given] > 0 {
		fmt.Println("given     make catchup put the reference solution here")
	}
}

// nextStep returns a command for the first task that is not done; extra ones wait
// until the others are.
func nextStep(root string, lessons []course.Lesson, now progress.Progress) string {
	for _, extra := range []bool{false, true} {
		for _, l := range lessons {
			for _, t := range l.Tasks {
				if s := now[t.ID]; t.Extra != extra || s == progress.Done || s == progress.Given {
					continue
				}
				if !files.Exists(l.Dir(root, "work")) {
					return fmt.Sprintf("make lesson %d", l.N)
				}
				return fmt.Sprintf("make check %d, for %s", l.N, t.ID)
			}
		}
	}
	return "make shop SHOP=mine"
}

// readProgress reads which tasks are done.
func readProgress(root string) (progress.Progress, error) {
	now, err := progress.Read(root)
	if err != nil {
		return nil, hint.New(hint.Setup, "look at that file, then run the same command again", "cannot read your progress: %w", err)
	}
	return now, nil
}
