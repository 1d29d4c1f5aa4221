package slides

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"example.com/workbook/tools/agenda"
	"example.com/workbook/tools/course"
)

// lesson is a lesson in one plan.
type lesson struct {
	course.Lesson
	root    string
	notes   course.Notes
	goes    []string // "How it goes"
	plan    []string // its tasks
	sources []source
}

func readLesson(root, plan string, i agenda.Item) (*lesson, error) {
	notes, err := course.ReadNotes(root, i.Lesson)
	if err != nil {
		return nil, err
	}
	all, err := readSources(root, "lessons/"+i.Lesson.Slug+"/"+course.SlidesName)
	if err != nil {
		return nil, err
	}
	l := &lesson{Lesson: i.Lesson, root: root, notes: notes, goes: notes.List("How it goes"), plan: notes.Plans[plan]}
	for _, s := range all {
		if err := l.addNotes(&s); err != nil {
			return nil, err
		}
		if s.isIn(plan) {
			l.sources = append(l.sources, s)
		}
	}
	return l, nil
}

// addNotes copies the notes that a slide refers to, and returns an error for a
// reference to nothing.
func (l *lesson) addNotes(s *source) error {
	for _, id := range s.tasks {
		if _, ok := l.Task(id); !ok {
			return fmt.Errorf("%s: %q is of task %s, which the lesson does not have", s.file, s.Title(), id)
		}
	}
	if s.at != "" {
		return fmt.Errorf("%s: %q says at: %s, which is for %s", s.file, s.Title(), s.at, courseSlides)
	}
	var notes []string
	for _, word := range s.items {
		n, err := strconv.Atoi(word)
		if err != nil || n < 1 || n > len(l.goes) {
			return fmt.Errorf("%s: %q has notes: %s, and How it goes has items 1 to %d", s.file, s.Title(), word, len(l.goes))
		}
		notes = append(notes, l.goes[n-1])
	}
	s.Notes = strings.TrimSpace(strings.Join(append(notes, s.Notes), "\n\n"))
	return nil
}

// slidesBefore returns the slides that are shown before a task of the plan. The zero
// task stands for the time before all tasks.
func (l *lesson) slidesBefore(t course.Task) (all []Slide) {
	for _, s := range l.sources {
		first := ""
		for _, id := range l.plan {
			if slices.Contains(s.tasks, id) {
				first = id
				break
			}
		}
		if first == t.ID && (first != "" || len(s.tasks) == 0) {
			all = append(all, s.Slide)
		}
	}
	return all
}

// talkSlides returns the slides that are shown before the tasks, beginning with the
// problem.
func (l *lesson) talkSlides(i agenda.Item) []Slide {
	begin := Slide{Kind: "lesson", Text: fmt.Sprintf("Lesson %d\n\n# %s", l.N, l.Title), Notes: fmt.Sprintf("%d minutes of showing.", i.Minutes)}
	if len(i.Needs) > 0 {
		begin.Notes += fmt.Sprintf(" It needs lesson %s.", strings.Trim(strings.ReplaceAll(fmt.Sprint(i.Needs), " ", ", "), "[]"))
	}
	return slices.Concat([]Slide{begin}, l.slidesBefore(course.Task{}), []Slide{l.objectivesSlide(), l.tasksSlide()})
}
