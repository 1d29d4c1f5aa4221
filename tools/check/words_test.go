package check

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/course"
	"example.com/workbook/tools/proxy"
)

// A word that testscript has already would never be ours: its builtins win in
// silence. It calls an unknown word unknown, so each of ours must be that.
func TestNoWordIsTestscriptsOwn(t *testing.T) {
	for word := range words {
		file := filepath.Join(t.TempDir(), word+".txtar")
		require.NoError(t, os.WriteFile(file, []byte(word+"\n"), 0o666))
		log := &logOnly{}
		func() {
			defer func() { recover() }()
			testscript.RunT(log, testscript.Params{Files: []string{file}})
		}()
		require.Contains(t, log.text, fmt.Sprintf("unknown command %q", word))
	}
}

// logOnly is a testscript.T that keeps the log.
type logOnly struct{ text string }

func (l *logOnly) Skip(...any)                          {}
func (l *logOnly) Fatal(args ...any)                    { panic(fmt.Sprint(args...)) }
func (l *logOnly) Parallel()                            {}
func (l *logOnly) Log(args ...any)                      { l.text += fmt.Sprint(args...) }
func (l *logOnly) FailNow()                             { panic("failed") }
func (l *logOnly) Run(_ string, f func(t testscript.T)) { f(l) }
func (l *logOnly) Verbose() bool                        { return false }

func TestEveryWordIsInTheManual(t *testing.T) {
	manual, err := os.ReadFile("doc.go")
	require.NoError(t, err)
	for word := range words {
		require.Regexp(t, `(?m)^\t`+word+`( |$)`, string(manual), word)
	}
	for _, m := range regexp.MustCompile(`(?m)^\t([a-z]+)( \S+)*  `).FindAllStringSubmatch(string(manual), -1) {
		if _, ok := words[m[1]]; !ok {
			require.Contains(t, []string{"call", "cut", "count", "predict", "quiz", "crash", "deep", "story"}, m[1])
		}
	}
}

// Names say what a script judges and how it runs; keys must not run together.
func TestScriptsAreNamedWell(t *testing.T) {
	root, err := course.Root(".")
	require.NoError(t, err)
	lessons, err := course.Lessons(root)
	require.NoError(t, err)
	for _, l := range lessons {
		judged := map[string]bool{}
		keys := map[string]string{}
		for _, f := range course.Glob(filepath.Join(root, "testdata", l.Slug), "*.txtar") {
			name := scriptName(f)
			if category(f) == "story" {
				continue
			}
			require.Regexp(t, `^\d+\.\d+_(call|cut|count|predict|quiz|crash|deep)_[a-z0-9-]+$`, name)
			id, _, _ := strings.Cut(name, "_")
			_, known := l.Task(id)
			require.True(t, known, "%s judges a task that lesson %d does not have", name, l.N)
			judged[id] = true
			key := subject(name, passNormal)
			for other, of := range keys {
				require.False(t, strings.HasPrefix(key, other) || strings.HasPrefix(other, key), "the keys of %s and %s run together", name, of)
			}
			keys[key] = name
		}
		for _, task := range l.Tasks {
			require.True(t, judged[task.ID], "no script judges task %s", task.ID)
		}
	}
}

func TestHolds(t *testing.T) {
	for _, c := range []struct {
		got, want string
		ok        bool
	}{
		{`{"a":1,"b":2}`, `{"a":1}`, true},
		{`{"a":1}`, `{"a":1,"b":2}`, false},
		{`{"a":{"x":1,"y":2}}`, `{"a":{"y":2}}`, true},
		{`[1,2]`, `[1]`, false},
		{`[{"a":1,"b":1}]`, `[{"a":1}]`, true},
		{`9007199254740993`, `9007199254740992`, false},
		{`"x"`, `"x"`, true},
		{`nonsense`, `{}`, false},
	} {
		ok, err := holds([]byte(c.got), []byte(c.want))
		require.NoError(t, err)
		require.Equal(t, c.ok, ok, "%s within %s", c.want, c.got)
	}
}

func TestCompareSaysItInWords(t *testing.T) {
	require.NoError(t, compare("1", 1, "charge", "for o-1"))
	require.NoError(t, compare(">=2", 5, "attempt", "of A/b"))
	require.EqualError(t, compare("1", 2, "charge", "for o-1"), "expected 1 charge for o-1, got 2")
	require.EqualError(t, compare(">=2", 1, "attempt", "of A/b"), "expected at least 2 attempts of A/b, got 1")
}

func TestSplitWords(t *testing.T) {
	for line, want := range map[string][]string{
		"effects charge 1\n":                  {"effects", "charge", "1"},
		"  call A/$K/b '{\"k\":\"'$K'\"}'":    {"call", "A/o-1/b", `{"k":"o-1"}`},
		"rows 'id = ''pay-'' || $K' '[]' # x": {"rows", "id = 'pay-' || $K", "[]"},
		"a ''":                                {"a", ""},
		"# nothing":                           nil,
		"":                                    nil,
	} {
		got, err := splitWords(line, "o-1")
		require.NoError(t, err)
		require.Equal(t, want, got, line)
	}
	_, err := splitWords("rows 'x", "o-1")
	require.ErrorContains(t, err, "not closed")
}

// A fault that was never placed proves nothing.
func TestAFaultThatWasNotPlacedIsRed(t *testing.T) {
	f := &fault{verb: "cut", target: target{service: "Order", handler: "CreateOrder"}, typ: proxy.Result, k: 3}
	s := &Script{record: &record{}, armed: []*fault{f}}
	var w *wrong
	require.ErrorAs(t, s.unplaced(), &w)
	require.Contains(t, w.expected, "message 3 of Order/CreateOrder")
	f.placed.Store(true)
	require.NoError(t, s.unplaced())
}

// Waiting is for facts, never for a time.
func TestNoScriptSleeps(t *testing.T) {
	root, err := course.Root(".")
	require.NoError(t, err)
	for _, f := range course.Glob(filepath.Join(root, "testdata"), "*/*.txtar") {
		src, err := os.ReadFile(f)
		require.NoError(t, err)
		require.NotRegexp(t, `(?m)^\s*(\[.*\]\s*)?(exec\s|sleep\s)`, string(src), f)
	}
}
