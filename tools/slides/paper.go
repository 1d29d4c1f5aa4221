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

// answers are not for who is asked.
var answers = regexp.MustCompile(`(?s)\n## The key\n.*`)

// Paper is a page of lessons/ as a plan has it, as one file that fetches nothing and is
// made to be printed. Of the quiz it has the questions that the plan's lessons answer,
// without the key.
func Paper(root, name, plan string) ([]byte, error) {
	text, err := os.ReadFile(filepath.Join(root, "lessons", name+".md"))
	if err != nil {
		return nil, err
	}
	a, err := agenda.New(root, plan)
	if err != nil {
		return nil, err
	}
	shown := asked(answers.ReplaceAllString(string(text), "\n"), a)
	title, _, _ := strings.Cut(strings.TrimPrefix(shown, "# "), "\n")
	var body bytes.Buffer
	if err := plain.Convert([]byte(shown), &body); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = paper.Execute(&b, map[string]any{"Title": title, "Name": strings.ToLower(name), "Body": template.HTML(body.String())})
	return b.Bytes(), err
}

// asked is a page without the parts that are of no lesson of the plan's.
func asked(text string, a *agenda.Agenda) string {
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
