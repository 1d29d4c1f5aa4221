package cut

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"example.com/workbook/tools/course"
)

// VerdictsName is the file in testdata/NN-slug with the verdicts that the lesson's page
// shows of wrong answers, and StubName the file with what the stub's tasks print.
// make matrix writes both.
const (
	VerdictsName = "verdicts.txt"
	StubName     = "stub.txt"
)

// widest is the number of columns of a verdict in a page.
const widest = 96

// marks fills the marks of one lesson.
type marks struct {
	root    string
	lesson  course.Lesson
	notes   course.Notes
	edits   map[string][]string // by task: the files that the learner edits
	answers []course.Answer
	parts   map[string]string // of the page, by name
}

var (
	verdictMark  = regexp.MustCompile("(?s)(<!-- verdict (\\S+) (\\S+) -->\n```text\n).*?(```\n)")
	aboutMark    = regexp.MustCompile(`(?s)(<!-- (about) -->\n).*?(<!-- /about -->\n)`)
	mistakesMark = regexp.MustCompile(`(?s)(<!-- mistakes (\S[^>]*) -->\n).*?(<!-- /mistakes -->\n)`)
	partMark     = regexp.MustCompile(`(?s)(<!-- part (\S+) -->\n)(.*?)(<!-- /part -->\n)`)
	anyMark      = regexp.MustCompile(`<!-- (verdict|about|mistakes|part)\b`)
)

// ShownVerdicts returns the wrong answers whose verdicts the lesson's page shows.
func ShownVerdicts(root string, l course.Lesson) (names []string, err error) {
	page, err := os.ReadFile(filepath.Join(l.Dir(root, "lessons"), "README.md"))
	if err != nil {
		return nil, err
	}
	for _, m := range verdictMark.FindAllStringSubmatch(string(page), -1) {
		if m[3] != "stub" {
			names = append(names, m[3])
		}
	}
	return names, nil
}

// fillPage fills the marks of the lesson's page, and notes its parts.
func (m *marks) fillPage(name string, page []byte) ([]byte, error) {
	var failed error
	fill := func(mark *regexp.Regexp, body func(args []string) (string, error)) {
		page = mark.ReplaceAllFunc(page, func(block []byte) []byte {
			found := mark.FindStringSubmatch(string(block))
			last := len(found) - 1
			text, err := body(found[2:last])
			if err != nil && failed == nil {
				failed = fmt.Errorf("%s: %w", name, err)
			}
			return []byte(found[1] + text + found[last])
		})
	}
	fill(aboutMark, func([]string) (string, error) { return m.aboutText(), nil })
	fill(mistakesMark, func(args []string) (string, error) { return m.mistakes(strings.Fields(args[0])) })
	fill(verdictMark, func(args []string) (string, error) { return m.verdict(args[0], args[1]) })
	if failed != nil {
		return nil, failed
	}
	for _, part := range partMark.FindAllStringSubmatch(string(page), -1) {
		if _, twice := m.parts[part[2]]; twice {
			return nil, fmt.Errorf("%s: part %q stands twice", name, part[2])
		}
		m.parts[part[2]] = part[3]
	}
	return page, checkMarks(name, page)
}

// checkMarks returns an error for a mark that has no end, or no block after it.
func checkMarks(name string, page []byte) error {
	whole := 0
	for _, mark := range []*regexp.Regexp{verdictMark, aboutMark, mistakesMark, partMark} {
		whole += len(mark.FindAll(page, -1))
	}
	if n := len(anyMark.FindAll(page, -1)); n != whole {
		return fmt.Errorf("%s: %d marks, %d of them with an end; go doc ./tools/course/cut has their forms", name, n, whole)
	}
	return nil
}

// fillParts fills the parts of a text from those of a page. prefix stands before the
// names of parts in texts of the whole course, and is empty in those of a lesson.
func fillParts(name string, text []byte, parts map[string]string, prefix string) ([]byte, error) {
	unknown := ""
	text = partMark.ReplaceAllFunc(text, func(block []byte) []byte {
		found := partMark.FindStringSubmatch(string(block))
		id, ours := strings.CutPrefix(found[2], prefix)
		if !ours {
			return block
		}
		body, known := parts[id]
		if !known {
			unknown = found[2]
		}
		return []byte(found[1] + body + found[4])
	})
	if unknown != "" {
		return nil, fmt.Errorf("%s wants part %q, which no page has", name, unknown)
	}
	return text, checkMarks(name, text)
}

// aboutText returns what stands at the top of a page: the objectives, what the lesson
// needs, the files to edit, and the time, all from the notes.
func (m *marks) aboutText() string {
	var b strings.Builder
	b.WriteString("**After this lesson you can**\n\n")
	for _, o := range m.notes.Objectives {
		b.WriteString(wrap("- "+o, "  ") + "\n")
	}
	for _, line := range []string{"**You need** " + m.needs(), "**You edit** " + m.files(), "**Time:** " + m.time()} {
		b.WriteString("\n" + wrap(line+".", "") + "\n")
	}
	return b.String()
}

func (m *marks) needs() string {
	needs := "nothing from the other lessons"
	if len(m.notes.Needs) > 0 {
		var names []string
		for _, n := range m.notes.Needs {
			names = append(names, strconv.Itoa(n))
		}
		needs = "to have done " + map[bool]string{true: "lesson ", false: "lessons "}[len(names) == 1] + joinAnd(names)
	}
	if m.notes.SQLite {
		needs += ", and a C compiler for SQLite"
	}
	return needs
}

// files returns the files that the learner edits, each with its tasks.
func (m *marks) files() string {
	tasks := map[string][]string{}
	var order []string
	for _, t := range m.lesson.Tasks {
		for _, file := range m.edits[t.ID] {
			if tasks[file] == nil {
				order = append(order, file)
			}
			tasks[file] = append(tasks[file], t.ID)
		}
	}
	var all []string
	for _, file := range order {
		all = append(all, fmt.Sprintf("`%s` (%s)", file, strings.Join(tasks[file], ", ")))
	}
	return joinAnd(all)
}

// time returns how long the lesson takes: its tasks and reading the page, for which
// an instructor's talk is the measure.
func (m *marks) time() string {
	must, extra := cmp.Or(m.notes.Talk["full"], m.notes.Talk["two"]), 0
	for _, effort := range m.notes.Tasks {
		if effort.Kind == "extra" {
			extra += effort.Minutes
		} else {
			must += effort.Minutes
		}
	}
	text := fmt.Sprintf("about %d minutes", roundUp(must))
	if extra > 0 {
		text += fmt.Sprintf(", and %d more for the tasks marked *(extra)*", roundUp(extra))
	}
	return text
}

// roundUp rounds minutes up to a multiple of 5.
func roundUp(n int) int { return (n + 4) / 5 * 5 }

func joinAnd(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}

// mistakes returns a bullet for each of the wrong answers: what is wrong with its
// code, and what the verdict says of the cause. words are a task and names.
func (m *marks) mistakes(words []string) (string, error) {
	var b strings.Builder
	for _, name := range words[1:] {
		a, err := m.answer(words[0], name)
		if err != nil {
			return "", err
		}
		bullet := fmt.Sprintf("- %s The verdict: *%s*", a.Mistake, strings.TrimSuffix(a.Likely, ".")+".")
		b.WriteString(wrap(bullet, "  ") + "\n")
	}
	return b.String(), nil
}

// answer returns a wrong answer that the checks of a task must refuse.
func (m *marks) answer(task, name string) (course.Answer, error) {
	i := slices.IndexFunc(m.answers, func(a course.Answer) bool { return a.Name == name })
	if i < 0 || m.answers[i].Task != task {
		return course.Answer{}, fmt.Errorf("there is no wrong answer %q that task %s refuses", name, task)
	}
	return m.answers[i], nil
}

// verdict returns the verdict of a task on a wrong answer, or on the stub.
func (m *marks) verdict(task, name string) (string, error) {
	dir := filepath.Join(m.root, "testdata", m.lesson.Slug)
	file, head := StubName, "FAIL "+task+"  "
	if name != "stub" {
		if _, err := m.answer(task, name); err != nil {
			return "", err
		}
		file, head = VerdictsName, "-- "+name+" --\nFAIL "+task+"  "
	}
	src, err := os.ReadFile(filepath.Join(dir, file))
	_, block, found := bytes.Cut(append([]byte("\n"), src...), []byte("\n"+head))
	if err != nil || !found {
		return "(not there yet: make matrix, then make cut)\n", nil
	}
	block, _, _ = bytes.Cut(block, []byte("\n\n"))
	var lines []string
	for line := range strings.Lines("FAIL " + task + "  " + string(bytes.TrimSpace(block))) {
		lines = append(lines, wrap(strings.TrimRight(line, "\n"), "            "))
	}
	return strings.Join(lines, "\n") + "\n", nil
}

// wrap breaks a line into lines of at most widest columns. indent stands before all
// but the first.
func wrap(line, indent string) string {
	words := strings.Split(line, " ")
	var b strings.Builder
	column := 0
	for i, word := range words {
		switch {
		case i == 0:
		case column+1+len([]rune(word)) > widest:
			b.WriteString("\n" + indent)
			column = len(indent)
		default:
			b.WriteString(" ")
			column++
		}
		b.WriteString(word)
		column += len([]rune(word))
	}
	return b.String()
}

// fillCourse fills the parts in the texts of the whole course from the pages of all
// lessons. parts is by lesson's folder.
func fillCourse(root string, parts map[string]map[string]string, files map[string][]byte) error {
	for _, path := range course.Glob(root, "lessons/*.md") {
		name := "lessons/" + filepath.Base(path)
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		before := text
		for _, slug := range slices.Sorted(maps.Keys(parts)) {
			if text, err = fillParts(name, text, parts[slug], slug+"/"); err != nil {
				return err
			}
		}
		if !bytes.Equal(before, text) || partMark.Match(text) {
			files[name] = text
		}
	}
	return nil
}
