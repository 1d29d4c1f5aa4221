package slides

import (
	"bytes"
	"embed"
	"html/template"
	"strings"
)

//go:embed assets
var assets embed.FS

var page = template.Must(template.ParseFS(assets, "assets/deck.html"))

// HTML returns the deck as one file that loads nothing else.
func (d *Deck) HTML() ([]byte, error) {
	type section struct {
		Kind        string
		Text, Notes template.HTML
	}
	var all []section
	for _, s := range d.Slides {
		text, err := toHTML(s.Text)
		if err != nil {
			return nil, err
		}
		notes, err := toHTML(s.Notes)
		if err != nil {
			return nil, err
		}
		all = append(all, section{s.Kind, text, notes})
	}
	var b bytes.Buffer
	err := page.Execute(&b, map[string]any{
		"Title": d.Title, "Sections": all,
		"Style":  template.CSS(readAssets("vendor/reset.css", "vendor/reveal.css", "deck.css")),
		"Script": template.JS(escapeScript(readAssets("vendor/reveal.js", "vendor/notes.js", "deck.js"))),
	})
	return b.Bytes(), err
}

func readAssets(names ...string) string {
	var b strings.Builder
	for _, name := range names {
		src, err := assets.ReadFile("assets/" + name)
		if err != nil {
			panic(err)
		}
		b.Write(append(src, '\n'))
	}
	return b.String()
}

// escapeScript replaces what would begin or end an element when the script stands in
// HTML. In JavaScript's strings and patterns \x3C is the same character.
func escapeScript(script string) string {
	return strings.NewReplacer("<!--", `\x3C!--`, "<script", `\x3Cscript`, "</script", `\x3C/script`).Replace(script)
}
