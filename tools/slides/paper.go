package slides

import (
	"bytes"
	"fmt"
	"html/template"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"example.com/workbook/tools/agenda"
)

var paper = template.Must(template.ParseFS(assets, "assets/paper.html"))

// keyPattern matches the key of the quiz, which is not printed for learners.
var keyPattern = regexp.MustCompile(`(?s)\n## The key\n.*`)

// Paper returns a page of lessons/ for a plan, as one file that loads nothing else and
// is made to be printed. The quiz contains the questions of the plan's lessons, without
// the key.
func Paper(root, name, plan string) ([]byte, error) {
	text, err := os.ReadFile(filepath.Join(root, "lessons", name+".md"))
	if err != nil {
		return nil, err
	}
	a, err := agenda.New(root, plan)
	if err != nil {
		return nil, err
	}
	shown := selectParts(keyPattern.ReplaceAllString(string(text), "\n"), a)
	title, _, _ := strings.Cut(strings.TrimPrefix(shown, "# "), "\n")
	var body bytes.Buffer
	if err := plainMarkdown.Convert([]byte(shown), &body); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = paper.Execute(&b, map[string]any{"Title": title, "Name": strings.ToLower(name), "Body": template.HTML(body.String())})
	return b.Bytes(), err
}

// selectParts removes the parts of a page that belong to lessons outside of the plan.
func selectParts(text string, a *agenda.Agenda) string {
	parts := strings.Split(text, "<!-- lesson ")
	shown := parts[0]
	for _, part := range parts[1:] {
		n, rest, _ := strings.Cut(part, " -->\n")
		if slices.ContainsFunc(a.Items, func(i agenda.Item) bool { return i.Kind == agenda.Talk && fmt.Sprint(i.Lesson.N) == n }) {
			shown += rest
		}
	}
	return shown
}
