package slides

import (
	"bytes"
	"fmt"
	"html"
	"html/template"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/util"
)

// plainMarkdown renders a page for paper, and slideMarkdown a slide.
var plainMarkdown = goldmark.New(goldmark.WithExtensions(extension.Table))

var slideMarkdown = goldmark.New(
	goldmark.WithExtensions(extension.Table),
	goldmark.WithRendererOptions(renderer.WithNodeRenderers(util.Prioritized(codeRenderer{}, 1))))

var (
	commentPattern = regexp.MustCompile(`(?m)^<!-- (?:bold (.+?)|snippet .*?|/?part.*?) -->(?:\n|\z)`)
	fencePattern   = regexp.MustCompile("(?m)^```(\\w+)$")
)

// toHTML renders a slide's text. Its comments are options for the code block after
// them.
func toHTML(text string) (template.HTML, error) {
	bold := ""
	for _, m := range commentPattern.FindAllStringSubmatch(text, -1) {
		bold += m[1]
	}
	text = fencePattern.ReplaceAllString(commentPattern.ReplaceAllString(text, ""), "```$1 "+bold)
	var b bytes.Buffer
	err := slideMarkdown.Convert([]byte(text), &b)
	return template.HTML(b.String()), err
}

// codeRenderer renders code blocks in the largest font size that fits.
type codeRenderer struct{}

func (codeRenderer) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(ast.KindFencedCodeBlock, renderCode)
}

func renderCode(w util.BufWriter, src []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		return ast.WalkContinue, nil
	}
	block := node.(*ast.FencedCodeBlock)
	_, bold, _ := strings.Cut(string(block.Info.Segment.Value(src)), " ")
	var lines []string
	for i := range block.Lines().Len() {
		at := block.Lines().At(i)
		line := strings.TrimSuffix(string(at.Value(src)), "\n")
		lines = append(lines, strings.ReplaceAll(line, "\t", "    "))
	}
	px, class := fontSize(lines)
	fmt.Fprintf(w, "<pre class=%q style=\"font-size:%dpx\"><code>%s</code></pre>\n", class, px, markLines(lines, bold))
	return ast.WalkContinue, nil
}

// markLines returns lines as HTML, with those in bold that contain a word.
func markLines(lines []string, bold string) string {
	var b strings.Builder
	for _, line := range lines {
		text := html.EscapeString(line)
		if bold != "" && strings.Contains(line, bold) {
			text = "<b>" + text + "</b>"
		}
		b.WriteString(text + "\n")
	}
	return b.String()
}

const (
	narrow, wide    = 1128, 1224 // pixels in a line: within the slide's margins, and without them
	high            = 480        // pixels for all lines
	least, most     = 22, 36     // pixels of a letter
	letter, leading = 0.603, 1.35
)

// fontSize returns the largest size at which code fits, by its widest line and by its
// height, and the class wide if the code needs the slide's margins for that.
func fontSize(lines []string) (px int, class string) {
	widest := 1
	for _, l := range lines {
		widest = max(widest, utf8.RuneCountInString(l))
	}
	across := func(space float64) int { return int(space / (float64(widest) * letter)) }
	if px = across(narrow); px < least {
		px, class = across(wide), "wide"
	}
	return min(most, max(least, min(px, int(high/(float64(len(lines))*leading))))), class
}
