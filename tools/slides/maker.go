package slides

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"example.com/workbook/tools/agenda"
)

// general are the slides of no lesson: how to begin, and how to end.
const general = "lessons/SLIDES.md"

// maker follows the agenda, and puts slide behind slide.
type maker struct {
	root, plan string
	agenda     *agenda.Agenda
	lesson     *lesson // where the agenda is
	deck       Deck
}

func (m *maker) add(s ...Slide) { m.deck.Slides = append(m.deck.Slides, s...) }

func (m *maker) make() error {
	page, err := os.ReadFile(filepath.Join(m.root, "README.md"))
	if err != nil {
		return err
	}
	title, rest, _ := strings.Cut(strings.TrimPrefix(string(page), "# "), "\n")
	lead, _, _ := strings.Cut(strings.Join(strings.Fields(rest), " "), ". ")
	m.deck.Title = title + ": " + m.plan
	m.add(m.title(title, lead), m.contents())
	for _, i := range m.agenda.Items {
		if err := m.item(i); err != nil {
			return err
		}
	}
	return nil
}

func (m *maker) title(title, lead string) Slide {
	return Slide{Kind: "title", Text: "# " + title + "\n\n" + lead + ".", Notes: fmt.Sprintf(
		"Plan `%s`: %d minutes in all. `make agenda PLAN=%[1]s START=09:00` has the clock, and what to leave out first. "+
			"Keys: S opens these notes, ? names the others.", m.plan, m.agenda.Minutes())}
}

// contents lists the plan's lessons.
func (m *maker) contents() Slide {
	s := Slide{Text: "## Where this goes\n", Notes: "A sentence for each, no more: what it is about is felt when it comes."}
	for _, i := range m.agenda.Items {
		if i.Kind == agenda.Talk {
			s.Text += fmt.Sprintf("\n- **%d** %s", i.Lesson.N, i.Lesson.Title)
		}
	}
	return s
}

func (m *maker) general(at string) error {
	all, err := readSources(m.root, general)
	for _, s := range all {
		if s.at != "opening" && s.at != "closing" || len(s.tasks)+len(s.items) > 0 {
			return fmt.Errorf("%s: %q is of no lesson; it wants a line at: opening, or at: closing", general, s.Title())
		}
		if s.at == at && s.in(m.plan) {
			m.add(s.Slide)
		}
	}
	return err
}

func (m *maker) item(i agenda.Item) (err error) {
	switch i.Kind {
	case agenda.Opening, agenda.Closing:
		return m.general(string(i.Kind))
	case agenda.Talk:
		if m.lesson, err = readLesson(m.root, m.plan, i); err == nil {
			m.add(m.lesson.talk(i)...)
		}
	case agenda.Task:
		m.add(m.lesson.before(i.Task)...)
		m.add(m.lesson.task(i))
	case agenda.Review:
		m.add(m.lesson.review()...)
	default:
		m.add(Slide{Kind: "pause", Text: "# " + strings.ToUpper(string(i.Kind[:1])) + string(i.Kind[1:]),
			Notes: fmt.Sprintf("%d minutes. Say when you go on, and write it on the board.", i.Minutes)})
	}
	return err
}
