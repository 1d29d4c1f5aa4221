// Package style checks names and doc comments in tools against the English of Go's own packages. The code
// in lessons and solutions is part of the course's text and is reviewed with it.
//
// One command reports how far each package is:
//
//	go test ./tools/style -v
package style

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"
)

// unclean lists the packages that break a rule today. "dir/..." stands for dir and all below it.
// The list may only become shorter: a listed package that is clean fails the test.
var unclean = []string{}

// mostOneWord limits the percentage of unexported functions with a name of one word. It was 58 before this
// test, and is 16 to 23 in age, go-internal, rf and wtf.
const mostOneWord = 25.0

// riddles are function names that no reader can guess the meaning of. Most are participles, adverbs or
// prepositions; a function is a verb, a getter is a noun, a predicate starts with is, has or can.
var riddles = strings.Fields(`
	about again agreed alone aloud answered apart arrived asked at atAll attended away
	bad bare before begun below beside besides between binds blame both broken
	called carried caused charged checked coded comes completed confirmed
	dated dawdle deaf decoded deferred detached did dies differs does doomed doubled down dropped
	ended endings every everybody
	failed fails failing fallen final finished first fresh full
	given gone guarded guilty guessed
	happens heard hears hangs hopeless
	idles in is
	joined judged
	kept keyed killed known knows
	lacks last later lost looks loses
	made marked matching meant mine more mourn
	named next nothing notDone now
	of ofNothing only over ownDoing
	panicked part placed plain plainly pick
	quits
	ran red refused replayed replayable resumable rolled
	said same saying says saysElse scaled scheduled settle settled short showing shown sorted specified spent stand
	stillness stopped stuck swallows
	take taken takenAsGood takes tell telling tells there titled told took troubled truth
	unbounded unbuilt uncalled undecided unfinished unfit unhurried unmeet unmet unnamed unopened unplaced
	unpromised unsaid unstarted untilStopped untouched unused up usable used
	vouch
	waiting waits wanted went wentBack wentOn where whole whose why within worked worse
	writable
`)

// notVerbs are second words of a doc comment that end as a verb does and describe nothing.
var notVerbs = []string{
	"always", "as", "has", "is", "its", "says", "says,", "tells", "this", "thus", "was",
}

var (
	colonDoc   = regexp.MustCompile(`^[\w.]+(?:,? (?:and )?[\w.]+)?: `)
	allowedDoc = regexp.MustCompile(`^(?:TODO|BUG|Deprecated|Note|nolint)\b`)
)

// A finding is one place that breaks a rule.
type finding struct {
	pos  token.Position
	what string
}

// A survey is what one package's files add up to.
type survey struct {
	findings  []finding
	colonDocs int
	functions int // unexported functions and methods outside of tests
	oneWord   int // those of them whose name is one word
}

func TestStyle(t *testing.T) {
	packages := surveyAll(t, "tools")
	for _, dir := range slices.Sorted(maps.Keys(packages)) {
		s := packages[dir]
		t.Logf("%-28s %3d findings, %3d name: comments, %3d of %3d unexported functions have one word (%.0f %%)",
			dir, len(s.findings), s.colonDocs, s.oneWord, s.functions, s.share())
		if !isListed(dir) {
			for _, f := range s.findings {
				t.Errorf("%s: %s", f.pos, f.what)
			}
		}
	}
	for _, pattern := range unclean {
		if !isUnclean(packages, pattern) {
			t.Errorf("%s is clean: take it off the list", pattern)
		}
	}
	total := sum(packages, "tools/...")
	require.Less(t, total.share(), mostOneWord, "name functions with a verb and a noun")
	t.Logf("tools: %d findings, %d name: comments, %d of %d unexported functions have one word (%.0f %%)",
		len(total.findings), total.colonDocs, total.oneWord, total.functions, total.share())
}

// surveyAll surveys every package below root, a folder of the project.
func surveyAll(t *testing.T, root string) map[string]*survey {
	packages := map[string]*survey{}
	err := fs.WalkDir(os.DirFS("../.."), root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".go" {
			return err
		}
		dir := filepath.ToSlash(filepath.Dir(path))
		if packages[dir] == nil {
			packages[dir] = &survey{}
		}
		return packages[dir].addFile(path)
	})
	require.NoError(t, err)
	return packages
}

// addFile adds the findings of one file.
func (s *survey) addFile(path string) error {
	fset := token.NewFileSet()
	source, err := os.ReadFile(filepath.Join("../..", path))
	if err != nil {
		return err
	}
	file, err := parser.ParseFile(fset, path, source, parser.ParseComments)
	if err != nil {
		return err
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			s.addFunction(fset, n, strings.HasSuffix(path, "_test.go"))
		case *ast.GenDecl:
			s.checkColon(fset, n.Doc)
		case *ast.TypeSpec:
			s.checkColon(fset, n.Doc)
		case *ast.ValueSpec:
			s.checkColon(fset, n.Doc)
		case *ast.Field:
			s.checkColon(fset, n.Doc)
		}
		return true
	})
	return nil
}

// addFunction counts a function and checks its name and its doc comment.
func (s *survey) addFunction(fset *token.FileSet, f *ast.FuncDecl, inTest bool) {
	name := f.Name.Name
	if !inTest && !f.Name.IsExported() {
		s.functions++
		if isOneWord(name) {
			s.oneWord++
		}
	}
	if slices.Contains(riddles, name) {
		s.report(fset, f.Pos(), "%s is no name of a function: use a verb, a noun, or is, has, can", name)
	}
	if s.checkColon(fset, f.Doc) || f.Doc == nil || isTest(name) {
		return
	}
	text := f.Doc.Text()
	if text == "" { // a directive
		return
	}
	if !startsWithVerb(text, name) {
		s.report(fset, f.Doc.Pos(), "the doc comment of %s should start with %q and a verb", name, name)
	}
}

// checkColon reports a doc comment of the form "name: …".
func (s *survey) checkColon(fset *token.FileSet, doc *ast.CommentGroup) bool {
	if doc == nil {
		return false
	}
	text := doc.Text()
	if !colonDoc.MatchString(text) || allowedDoc.MatchString(text) {
		return false
	}
	s.colonDocs++
	s.report(fset, doc.Pos(), "a doc comment is a sentence, not %q", firstLine(text))
	return true
}

func (s *survey) report(fset *token.FileSet, pos token.Pos, format string, args ...any) {
	s.findings = append(s.findings, finding{fset.Position(pos), fmt.Sprintf(format, args...)})
}

// share returns the percentage of unexported functions whose name is one word.
func (s *survey) share() float64 {
	return 100 * float64(s.oneWord) / float64(max(s.functions, 1))
}

// startsWithVerb reports whether text begins with name and a verb in the third person ("name returns"),
// or with two names and a plain verb ("name and other return").
func startsWithVerb(text, name string) bool {
	words := strings.Fields(text)
	if len(words) < 2 || words[0] != name {
		return false
	}
	second := words[1]
	if second == "and" {
		return true
	}
	return strings.HasSuffix(second, "s") && !slices.Contains(notVerbs, second)
}

// isOneWord reports whether a name is one word. The names that the language gives do not count.
func isOneWord(name string) bool {
	return name != "main" && name != "init" && name != "_" && !strings.ContainsFunc(name[1:], func(r rune) bool {
		return unicode.IsUpper(r) || unicode.IsDigit(r) || r == '_'
	})
}

// isTest reports whether go test calls a function of this name. Its doc comment may state what holds.
func isTest(name string) bool {
	for _, prefix := range []string{"Test", "Fuzz", "Benchmark", "Example"} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

// isListed reports whether a package is on the list of unclean ones.
func isListed(dir string) bool {
	return slices.ContainsFunc(unclean, func(pattern string) bool { return matches(pattern, dir) })
}

// isUnclean reports whether a package that the pattern names breaks a rule. A folder that does not exist yet
// counts as unclean: it is to be filled with code of a listed package.
func isUnclean(packages map[string]*survey, pattern string) bool {
	total := sum(packages, pattern)
	return total == nil || len(total.findings) > 0
}

// sum adds up the packages that a pattern names, and returns nil where there are none.
func sum(packages map[string]*survey, pattern string) *survey {
	var total *survey
	for dir, s := range packages {
		if !matches(pattern, dir) {
			continue
		}
		if total == nil {
			total = &survey{}
		}
		total.findings = append(total.findings, s.findings...)
		total.colonDocs += s.colonDocs
		total.functions += s.functions
		total.oneWord += s.oneWord
	}
	return total
}

// matches reports whether dir is named by pattern, which is a folder or "folder/...".
func matches(pattern, dir string) bool {
	parent, below := strings.CutSuffix(pattern, "/...")
	return dir == parent || below && strings.HasPrefix(dir, parent+"/")
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}
