package shop

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/check/cause"
	"example.com/workbook/tools/course"
)

// findings returns the folder that has a finding for each cause. The findings were
// recorded with CHECK_FINDINGS set, and cut down to what the rules read.
func findings(t *testing.T) string {
	root, err := course.Root(".")
	require.NoError(t, err)
	return filepath.Join(root, "testdata", "causes")
}

// readFinding reads a cause's finding.
func readFinding(t *testing.T, id string) *cause.Finding {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(findings(t), id+".json"))
	require.NoError(t, err)
	var f cause.Finding
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	require.NoError(t, d.Decode(&f))
	return &f
}

// Each cause is the first one that fits its finding.
func TestEachCauseFitsItsFindingFirst(t *testing.T) {
	rules := cause.Merge(Causes)
	for _, rule := range rules {
		t.Run(rule.ID, func(t *testing.T) {
			id, why := cause.Likely(readFinding(t, rule.ID), rules)
			require.Equal(t, rule.ID, id, why)
			require.NotEmpty(t, why)
		})
	}
}

// sentence is where one sentence of a cause ends and the next begins. The name of a
// function can begin a sentence, so the next letter may be a small one.
var sentence = regexp.MustCompile(`\. `)

// The words of each cause are two short sentences: what the check saw, and what to change.
func TestEachCauseIsTwoShortSentences(t *testing.T) {
	rules := cause.Merge(Causes)
	for _, rule := range rules {
		_, why := cause.Likely(readFinding(t, rule.ID), rules)
		sentences := sentence.Split(why, -1)
		assert.Len(t, sentences, 2, "%s: %s", rule.ID, why)
		for _, s := range sentences {
			assert.LessOrEqual(t, len(strings.Fields(s)), 25, "%s: %s", rule.ID, s)
		}
		assert.LessOrEqual(t, len(why), 200, "%s: %s", rule.ID, why)
		assert.False(t, strings.HasSuffix(why, "."), "%s ends with a period: %s", rule.ID, why)
	}
}

// If two rules fit a finding, one of them names the other in its reason, unless the
// outcome of the claim is the cause.
func TestReasonsNameTheRulesThatFitAsWell(t *testing.T) {
	rules := cause.Merge(Causes)
	for _, first := range rules {
		f := readFinding(t, first.ID)
		for _, other := range rules {
			if other.ID == first.ID || other.Explain(f) == "" || first.Because == cause.OutcomeIsCause {
				continue
			}
			named := strings.Contains(first.Because, other.ID) || strings.Contains(other.Because, first.ID)
			assert.True(t, named, "%s and %s fit the same finding: why does %[1]s come first?", first.ID, other.ID)
		}
	}
}

func TestEachFindingHasACause(t *testing.T) {
	rules := cause.Merge(Causes)
	for _, file := range course.Glob(findings(t), "*") {
		id := strings.TrimSuffix(filepath.Base(file), ".json")
		assert.True(t, slices.ContainsFunc(rules, func(r cause.Rule) bool { return r.ID == id }), "no cause has the id of %s", file)
	}
}

var (
	idForm  = regexp.MustCompile(`^[a-z]+(-[a-z]+)+$`)
	idsIn   = regexp.MustCompile(`[a-z]+(?:-[a-z]+)+`)
	reasons = regexp.MustCompile(`^(first: |before |after |anywhere: )`)
)

// Each cause has a unique id, and the reason names rules that really come after it or
// before it.
func TestEachCauseHasAReasonForItsPlace(t *testing.T) {
	rules := cause.Merge(Causes)
	place := map[string]int{}
	for i, rule := range rules {
		require.Regexp(t, idForm, rule.ID)
		require.NotContains(t, place, rule.ID, "two causes have this id")
		place[rule.ID] = i
	}
	for i, rule := range rules {
		assert.Regexp(t, reasons, rule.Because, rule.ID)
		for _, other := range idsIn.FindAllString(rule.Because, -1) {
			at, known := place[other]
			switch {
			case !known:
			case strings.HasPrefix(rule.Because, "before "):
				assert.Greater(t, at, i, "%s says that it is before %s", rule.ID, other)
			case strings.HasPrefix(rule.Because, "after "):
				assert.Less(t, at, i, "%s says that it is after %s", rule.ID, other)
			}
		}
	}
}

// Each rule of the shop names an existing rule as the next one.
func TestEveryRuleKnowsItsPlace(t *testing.T) {
	require.Len(t, cause.Merge(Causes), len(cause.Rules)+len(Causes))
}

// No rule reads the words of a claim, so anybody may improve them.
func TestNoRuleReadsTheWordsOfAClaim(t *testing.T) {
	for _, dir := range []string{".", ".."} {
		for _, file := range course.Glob(dir, "*.go") {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			fset := token.NewFileSet()
			f, err := parser.ParseFile(fset, file, nil, 0)
			require.NoError(t, err)
			ast.Inspect(f, func(n ast.Node) bool {
				if call, ok := n.(*ast.CallExpr); ok && rendersClaim(call) {
					t.Errorf("%s: a rule reads the words of a claim", fset.Position(n.Pos()))
				}
				return true
			})
		}
	}
}

// rendersClaim reports whether a call may return the words of a claim: String or
// Expected of anything except a constant of another package.
func rendersClaim(call *ast.CallExpr) bool {
	method, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || method.Sel.Name != "String" && method.Sel.Name != "Expected" {
		return false
	}
	of, ok := method.X.(*ast.SelectorExpr)
	if !ok {
		return true
	}
	_, isPackage := of.X.(*ast.Ident)
	return !isPackage || of.Sel.Name == "Claim"
}
