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

// findings returns the folder that has a finding for each cause. They were recorded
// with CHECK_FINDINGS set, and cut down to what the causes read.
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

// Each finding shows one cause at work, without a server: no rule in front of it fits.
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

// Where two rules fit a finding, one of them names the other in its reason, or stands
// among the first.
func TestReasonsNameTheRulesThatFitAsWell(t *testing.T) {
	rules := cause.Merge(Causes)
	for _, first := range rules {
		f := readFinding(t, first.ID)
		for _, other := range rules {
			if other.ID == first.ID || other.Explain(f) == "" || first.Because == cause.OutcomeIsCause {
				continue
			}
			named := strings.Contains(first.Because, other.ID) || strings.Contains(other.Because, first.ID)
			assert.True(t, named, "%s and %s fit the same finding: why is %[1]s in front?", first.ID, other.ID)
		}
	}
}

func TestEachFindingHasACause(t *testing.T) {
	rules := cause.Merge(Causes)
	for _, file := range course.Glob(findings(t), "*") {
		id := strings.TrimSuffix(filepath.Base(file), ".json")
		assert.True(t, slices.ContainsFunc(rules, func(r cause.Rule) bool { return r.ID == id }), "%s is of no cause", file)
	}
}

var (
	idForm  = regexp.MustCompile(`^[a-z]+(-[a-z]+)+$`)
	idsIn   = regexp.MustCompile(`[a-z]+(?:-[a-z]+)+`)
	reasons = regexp.MustCompile(`^(first: |before |after |anywhere: )`)
)

// A cause has an id of its own, and its reason names rules that really stand behind it
// or in front of it.
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

// A lesson's cause stands in front of one that is there.
func TestEveryRuleKnowsItsPlace(t *testing.T) {
	require.Len(t, cause.Merge(Causes), len(cause.Rules)+len(Causes))
}

// Anybody may improve the words of a claim: no rule reads them.
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

// rendersClaim reports whether a call may give the words of a claim: String or Expected
// of anything but a constant of another package.
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
