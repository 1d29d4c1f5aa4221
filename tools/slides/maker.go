package slides

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"example.com/workbook/tools/agenda"
)

// courseSlides is the file of the slides that belong to no lesson: how to begin, and
// how to end.
const courseSlides = "lessons/SLIDES.md"

// maker builds a deck along an agenda.
type maker struct {
	root, plan string
	agenda     *agenda.Agenda
	lesson     *lesson // where the agenda is
	deck       Deck
}

func (m *maker) addSlides(s ...Slide) { m.deck.Slides = append(m.deck.Slides, s...) }

func (m *maker) makeDeck() error {
	page, err := os.ReadFile(filepath.Join(m.root, "README.md"))
	if err != nil {
		return err
	}
	title, rest, _ := strings.Cut(strings.TrimPrefix(string(page), "# "), "\n")
	lead, _, _ := strings.Cut(strings.Join(strings.Fields(rest), " "), ". ")
	m.deck.Title = title + ": " + m.plan
	m.addSlides(m.titleSlide(title, lead), m.contentsSlide())
	for _, i := range m.agenda.Items {
		if err := m.addItem(i); err != nil {
			return err
		}
	}
	return nil
}

func (m *maker) titleSlide(title, lead string) Slide {
	return Slide{Kind: "title", Text: "# " + title + "\n\n" + lead + ".", Notes: fmt.Sprintf(
		"Plan `%s`: %d minutes in all. `make agenda PLAN=%[1]s START=09:00` has the clock, and what to leave out first. "+
			"Keys: S opens these notes, ? names the others.", m.plan, m.agenda.Minutes())}
}

// contentsSlide lists the plan's lessons.
func (m *maker) contentsSlide() Slide {
	s := Slide{Text: "## Where this goes\n", Notes: "A sentence for each, no more: what it is about is felt when it comes."}
	for _, i := range m.agenda.Items {
		if i.Kind == agenda.Talk {
			s.Text += fmt.Sprintf("\n- **%d** %s", i.Lesson.N, i.Lesson.Title)
		}
	}
	return s
}

func (m *maker) addCourseSlides(at string) error {
	all, err := readSources(m.root, courseSlides)
	for _, s := range all {
		if s.at != "opening" && s.at != "closing" || len(s.tasks)+len(s.items) > 0 {
			return fmt.Errorf("%s: %q is of no lesson; it wants a line at: opening, or at: closing", courseSlides, s.Title())
		}
		if s.at == at && s.isIn(m.plan) {
			m.addSlides(s.Slide)
		}
	}
	return err
}

func (m *maker) addItem(i agenda.Item) (err error) {
	switch i.Kind {
	case agenda.Opening, agenda.Closing:
		return m.addCourseSlides(string(i.Kind))
	case agenda.Talk:
		if m.lesson, err = readLesson(m.root, m.plan, i); err == nil {
			m.addSlides(m.lesson.talkSlides(i)...)
		}
	case agenda.Task:
		m.addSlides(m.lesson.slidesBefore(i.Task)...)
		m.addSlides(m.lesson.taskSlide(i))
	case agenda.Review:
		m.addSlides(m.lesson.reviewSlides()...)
	default:
		m.addSlides(Slide{Kind: "pause", Text: "# " + strings.ToUpper(string(i.Kind[:1])) + string(i.Kind[1:]),
			Notes: fmt.Sprintf("%d minutes. Say when you go on, and write it on the board.", i.Minutes)})
	}
	return err
}
