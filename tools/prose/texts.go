// Package prose has the texts of the workbook that people read, in the form in which vale,
// a prose linter, can read them: pages, comments of the lessons' code, messages of the
// programs, labels of the web pages, and the words of the checks. Its test runs vale over
// them with the rules in .vale; go test ./tools/prose prints what vale finds.
package prose

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strconv"
	"strings"

	"example.com/workbook/tools/course"
)

// Line is a text of one paragraph, and where it stands.
type Line struct {
	File string // from the root
	N    int
	Text string
}

// Files returns the files that vale reads as they are, from the root: every page, and
// the code that learners read, of which vale reads the comments.
func Files(root string) (all []string) {
	for _, pattern := range []string{"README.md", "lessons/*.md", "lessons/*/*.md", ".github/*.md", ".github/*/*.md", "tools/README.md",
		"lessons/*/*.go", "lessons/*/*/*.go"} {
		for _, file := range course.Glob(root, pattern) {
			rel, _ := filepath.Rel(root, file)
			all = append(all, filepath.ToSlash(rel))
		}
	}
	return all
}

// Lines returns the texts within other files: messages and help in the code of tools and
// lessons/shop, labels of the web pages, and the words of checks and wrong answers.
func Lines(root string) (all []Line, err error) {
	for _, source := range []struct {
		pattern string
		read    func(name string, src []byte) ([]Line, error)
	}{
		{"tools/*.go", readGo}, {"tools/*/*.go", readGo}, {"tools/*/*/*.go", readGo}, {"tools/*/*/*/*.go", readGo}, {"lessons/shop/*/*.go", readGo},
		{"solutions/*/*.go", readGo}, {"solutions/*/*/*.go", readGo},
		{"tools/*/assets/*.js", readScript}, {"tools/*/assets/*.html", readScript}, {"tools/page/*.js", readScript},
		{"Makefile", readMakefile},
		{"testdata/0*/*.txtar", readCheck}, {"testdata/0*/wrong/*.txtar", readCheck},
		{"testdata/0*/stub.txt", readVerdict}, {"testdata/0*/verdicts.txt", readVerdict},
	} {
		for _, file := range course.Glob(root, source.pattern) {
			if strings.HasSuffix(file, "_test.go") || strings.HasSuffix(file, ".test.js") || strings.Contains(file, "testdata/tool") {
				continue
			}
			src, err := os.ReadFile(file)
			if err != nil {
				return nil, err
			}
			rel, _ := filepath.Rel(root, file)
			lines, err := source.read(filepath.ToSlash(rel), src)
			if err != nil {
				return nil, err
			}
			all = append(all, lines...)
		}
	}
	return all, nil
}

// readGo returns the sentences in the strings and help tags of a Go file.
func readGo(name string, src []byte) (all []Line, err error) {
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, name, src, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	add := func(at token.Pos, text string) {
		for _, line := range strings.Split(text, "\n") {
			if line = clean(line); isSentence(line) {
				all = append(all, Line{File: name, N: set.Position(at).Line, Text: line})
			}
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ImportSpec:
			return false
		case *ast.Field:
			if n.Tag != nil {
				tag, _ := strconv.Unquote(n.Tag.Value)
				add(n.Pos(), reflect.StructTag(tag).Get("help"))
				return false
			}
		case *ast.CallExpr:
			if isPattern(n) {
				return false
			}
		case *ast.BinaryExpr, *ast.BasicLit:
			if text, ok := joinString(n.(ast.Expr)); ok {
				add(n.Pos(), text)
				return false
			}
		}
		return true
	})
	return all, nil
}

// isPattern reports whether a call has a regular expression as its argument.
func isPattern(call *ast.CallExpr) bool {
	name, ok := call.Fun.(*ast.SelectorExpr)
	return ok && (name.Sel.Name == "MustCompile" || name.Sel.Name == "MatchString")
}

// unknown stands for what only the running program knows. The rule for spelling passes
// over words with digits in them.
const unknown = "7"

// joinString returns the text of a string, or of several that are added up. A value that
// only the running program knows becomes a word.
func joinString(e ast.Expr) (text string, ok bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		if e.Kind == token.STRING {
			text, err := strconv.Unquote(e.Value)
			return text, err == nil
		}
	case *ast.ParenExpr:
		return joinString(e.X)
	case *ast.BinaryExpr:
		if e.Op != token.ADD {
			return "", false
		}
		left, isLeft := joinString(e.X)
		right, isRight := joinString(e.Y)
		if !isLeft {
			left = unknown
		}
		if !isRight {
			right = unknown
		}
		return left + right, isLeft || isRight
	}
	return "", false
}

var (
	verb     = regexp.MustCompile(`%[-+#0-9.*]*[a-zA-Z]`)
	interval = regexp.MustCompile(`\$\{[^}]*\}`)
	word     = regexp.MustCompile(`\b[a-z]{2,}\b`)
	noProse  = regexp.MustCompile(`^(?:SELECT|INSERT|UPDATE|DELETE|CREATE|DROP|PRAGMA|BEGIN|WITH|WHERE|FROM|ON|[{<\[(]|/|[a-z]+\(|[a-z]+\.[a-z])|[a-z]=[a-z]|\(\?|\\b|=>|\|\|`)
)

// clean returns a line of a message as a paragraph of a page.
func clean(line string) string {
	line = interval.ReplaceAllString(verb.ReplaceAllString(line, unknown), unknown)
	return strings.TrimLeft(strings.TrimSpace(line), "#->*+ ")
}

// isSentence reports whether a line is prose: three words at least, and no code.
func isSentence(line string) bool {
	return len(word.FindAllString(line, 4)) >= 3 && !noProse.MatchString(line)
}

var quoted = regexp.MustCompile("\"(?:[^\"\\\\\n]|\\\\.)*\"|'(?:[^'\\\\\n]|\\\\.)*'|`[^`]*`|>[^<>{}]+<")

// readScript returns the sentences in the strings of a script, and in the text of a page.
func readScript(name string, src []byte) (all []Line, err error) {
	for n, line := range strings.Split(string(src), "\n") {
		if at := strings.Index(line, "//"); at >= 0 && !strings.Contains(line, "://") {
			line = line[:at]
		}
		for _, text := range quoted.FindAllString(line, -1) {
			if text = clean(text[1 : len(text)-1]); isSentence(text) {
				all = append(all, Line{File: name, N: n + 1, Text: text})
			}
		}
	}
	return all, nil
}

// readMakefile returns what make prints.
func readMakefile(name string, src []byte) (all []Line, err error) {
	printed := regexp.MustCompile(`\$\((?:error|info) (?:workbook: )?(.*?)\)+$|echo "(.*?)"`)
	for n, line := range strings.Split(string(src), "\n") {
		if m := printed.FindStringSubmatch(line); m != nil {
			all = append(all, Line{File: name, N: n + 1, Text: clean(regexp.MustCompile(`\$\(\w+\)|\$\w`).ReplaceAllString(m[1]+m[2], unknown))})
		}
	}
	return all, nil
}

// readCheck returns the phases of a check script, or what is wrong with an answer, and
// the cause in its verdict.
func readCheck(name string, src []byte) (all []Line, err error) {
	for n, line := range strings.Split(string(src), "\n") {
		if strings.HasPrefix(line, "-- ") {
			break
		}
		for _, before := range []string{"# ", "likely "} {
			if text, ok := strings.CutPrefix(line, before); ok && isSentence(text) {
				all = append(all, Line{File: name, N: n + 1, Text: text})
			}
		}
	}
	return all, nil
}

var field = regexp.MustCompile(`^(?:FAIL \d\.\d|  (?:check|did|expected|got|likely)) +(.*)$`)

// failure is where a verdict quotes the message of an attempt, which the workbook does not
// write.
var failure = regexp.MustCompile(`: \[\d+ \w+\] .*`)

// readVerdict returns the words of verdicts. A semicolon stands between the things that a
// check did.
func readVerdict(name string, src []byte) (all []Line, err error) {
	for n, line := range strings.Split(string(src), "\n") {
		m := field.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		for _, text := range strings.Split(failure.ReplaceAllString(m[1], ""), "; ") {
			if text = clean(text); isSentence(text) {
				all = append(all, Line{File: name, N: n + 1, Text: text})
			}
		}
	}
	return all, nil
}

// Page returns lines as one page, a paragraph each: line i of all is line 2i+1 of the
// page, counted from 1.
func Page(all []Line) string {
	var b strings.Builder
	for _, l := range all {
		fmt.Fprintf(&b, "%s\n\n", l.Text)
	}
	return b.String()
}
