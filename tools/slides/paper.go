package slides

import (
	"bytes"
	"html/template"
	"os"
	"path/filepath"
	"strings"
)

// Papers are the pages of lessons/ that are handed out, each with where it ends: the
// quiz is handed out without its key.
var Papers = []struct{ Name, End string }{{"HANDOUT", ""}, {"QUIZ", "\n## The key\n"}}

var paper = template.Must(template.ParseFS(assets, "assets/paper.html"))

// Paper is a page of lessons/ up to a line, as one file that fetches nothing and is
// made to be printed.
func Paper(root, name, end string) ([]byte, error) {
	text, err := os.ReadFile(filepath.Join(root, "lessons", name+".md"))
	if err != nil {
		return nil, err
	}
	shown := string(text)
	if end != "" {
		shown, _, _ = strings.Cut(shown, end)
	}
	title, _, _ := strings.Cut(strings.TrimPrefix(shown, "# "), "\n")
	var body bytes.Buffer
	if err := plain.Convert([]byte(shown), &body); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = paper.Execute(&b, map[string]any{"Title": title, "Name": strings.ToLower(name), "Body": template.HTML(body.String())})
	return b.Bytes(), err
}
