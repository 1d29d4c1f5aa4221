package prose

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/course"
)

// finding is what vale prints of a text.
type finding struct {
	Line    int
	Check   string
	Message string
}

// runVale returns what vale finds in files, by file.
func runVale(t *testing.T, root string, files ...string) map[string][]finding {
	t.Helper()
	locate := exec.Command("go", "tool", "-modfile=tools/lint/lint.mod", "-n", "vale")
	locate.Dir = root
	vale, err := locate.Output()
	require.NoError(t, err, "go builds vale from tools/lint/lint.mod, and needs the network once")
	cmd := exec.Command(strings.TrimSpace(string(vale)), append([]string{"--no-exit", "--output=JSON", "--config=" + filepath.Join(root, ".vale.ini")}, files...)...)
	cmd.Dir = root
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	require.NoError(t, err, "%s%s", out, stderr.String())
	found := map[string][]finding{}
	require.NoError(t, json.Unmarshal(out, &found), "%s", out)
	return found
}

// readRules reads the rules, so that go test notices when a cached result is stale.
func readRules(t *testing.T, root string) (names []string) {
	t.Helper()
	for _, pattern := range []string{".vale.ini", ".vale/*/*.yml", ".vale/config/*/*/*.txt", "tools/lint/lint.mod"} {
		for _, file := range course.Glob(root, pattern) {
			_, err := os.ReadFile(file)
			require.NoError(t, err)
			if filepath.Ext(file) == ".yml" {
				names = append(names, "Workbook."+strings.TrimSuffix(filepath.Base(file), ".yml"))
			}
		}
	}
	return names
}

// vale finds nothing in any text that a person reads.
func TestProse(t *testing.T) {
	root, err := course.Root(".")
	require.NoError(t, err)
	readRules(t, root)
	files := Files(root)
	require.NotEmpty(t, files)
	for _, file := range files {
		_, err := os.ReadFile(filepath.Join(root, file))
		require.NoError(t, err)
	}
	all := 0
	for file, found := range runVale(t, root, files...) {
		for _, f := range found {
			all++
			t.Errorf("%s:%d: %s (%s)", file, f.Line, f.Message, f.Check)
		}
	}
	lines, err := Lines(root)
	require.NoError(t, err)
	require.Greater(t, len(lines), 1000)
	page := filepath.Join(t.TempDir(), "lines.md")
	require.NoError(t, os.WriteFile(page, []byte(Page(lines)), 0o666))
	for _, found := range runVale(t, root, page) {
		for _, f := range found {
			all++
			l := lines[(f.Line-1)/2]
			t.Errorf("%s:%d: %s (%s): %s", l.File, l.N, f.Message, f.Check, l.Text)
		}
	}
	t.Logf("%d files, %d other texts, %d findings", len(files), len(lines), all)
}

// Every rule finds the sentence that is planted for it, and every planted sentence is
// found by its rule.
func TestRulesFindPlantedSentences(t *testing.T) {
	root, err := course.Root(".")
	require.NoError(t, err)
	rules := readRules(t, root)
	src, err := os.ReadFile("testdata/planted.md")
	require.NoError(t, err)
	found := runVale(t, root, "tools/prose/testdata/planted.md")["tools/prose/testdata/planted.md"]
	planted := map[string]bool{}
	for i, line := range strings.Split(string(src), "\n") {
		rule, _, ok := strings.Cut(line, ": ")
		if !strings.HasPrefix(rule, "Workbook.") || !ok {
			continue
		}
		planted[rule] = true
		sentence := i + 3 // below the name of its rule
		hit := slices.ContainsFunc(found, func(f finding) bool { return f.Line == sentence && f.Check == rule })
		require.True(t, hit, fmt.Sprintf("planted.md:%d: %s did not find the sentence", sentence, rule))
	}
	for _, rule := range rules {
		require.True(t, planted[rule], "no sentence is planted for %s", rule)
	}
	clean := runVale(t, root, "tools/prose/testdata/plain.md")
	require.Empty(t, clean, "plain sentences in which a rule finds something")
}

func TestLinesOfEachSort(t *testing.T) {
	for name, c := range map[string]struct {
		read func(string, []byte) ([]Line, error)
		src  string
		want string
	}{
		"go":       {readGo, "package a\n\nvar x = hint.New(\"it is not \" + y + \" there: %s\", z)\n", "it is not 7 there: 7"},
		"tag":      {readGo, "package a\n\ntype x struct {\n\tY bool `help:\"Print all of the lines.\"`\n}\n", "Print all of the lines."},
		"script":   {readScript, "// no text of a page\nbutton('Hold the next charge')\n", "Hold the next charge"},
		"html":     {readScript, "<p>The order is paid</p>\n", "The order is paid"},
		"makefile": {readMakefile, "$(error $(go) is too old; hint: install Go)\n", "7 is too old; hint: install Go"},
		"check":    {readCheck, "# the card is charged once\ncall X\n-- a.go --\n# no text here at all\n", "the card is charged once"},
		"failure":  {readVerdict, "FAIL 1.2\n  got       the cart failed: [500 Internal] cannot unmarshal object into\n", "the cart failed"},
		"verdict":  {readVerdict, "# made\n\nFAIL 1.2  Two\n  got       nothing came of the call\n", "nothing came of the call"},
	} {
		lines, err := c.read(name, []byte(c.src))
		require.NoError(t, err)
		require.Len(t, lines, 1, name)
		require.Equal(t, c.want, lines[0].Text, name)
	}
}
