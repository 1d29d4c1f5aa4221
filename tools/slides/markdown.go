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

// plain renders a page as it is; markdown a slide.
var plain = goldmark.New(goldmark.WithExtensions(extension.Table))

var markdown = goldmark.New(
	goldmark.WithExtensions(extension.Table),
	goldmark.WithRendererOptions(renderer.WithNodeRenderers(util.Prioritized(code{}, 1))))

var (
	comment = regexp.MustCompile(`(?m)^<!-- (?:bold (.+?)|snippet .*?) -->\n`)
	fence   = regexp.MustCompile("(?m)^```(\\w+)$")
)

// toHTML renders a slide's text. What its marks say is for the code behind them.
func toHTML(text string) (template.HTML, error) {
	bold := ""
	for _, m := range comment.FindAllStringSubmatch(text, -1) {
		bold += m[1]
	}
	text = fence.ReplaceAllString(comment.ReplaceAllString(text, ""), "```$1 "+bold)
	var b bytes.Buffer
	err := markdown.Convert([]byte(text), &b)
	return template.HTML(b.String()), err
}

// code renders blocks of code, as large as they fit.
type code struct{}

func (code) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
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
	px, class := size(lines)
	fmt.Fprintf(w, "<pre class=%q style=\"font-size:%dpx\"><code>%s</code></pre>\n", class, px, marked(lines, bold))
	return ast.WalkContinue, nil
}

func marked(lines []string, bold string) string {
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
	narrow, wide    = 1128, 1224 // pixels of a line: between the slide's margins, and at most
	high            = 480        // of all lines
	least, most     = 22, 36     // of a letter
	letter, leading = 0.603, 1.35
)

// size is the largest at which code fits, by its widest line and by its height, and
// whether it needs the slide's margins for that.
func size(lines []string) (px int, class string) {
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
