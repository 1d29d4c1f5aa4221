package words

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/stretchr/testify/require"
)

// A word that testscript has already would never be ours: its builtins win in
// silence. It calls an unknown word unknown, so each of ours must be that.
func TestNoWordIsTestscriptsOwn(t *testing.T) {
	for word := range table {
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
	manual, err := os.ReadFile("../doc.go")
	require.NoError(t, err)
	for word := range table {
		require.Regexp(t, `(?m)^\t`+word+`( |$)`, string(manual), word)
	}
	for _, m := range regexp.MustCompile(`(?m)^\t([a-z]+)( \S+)*  `).FindAllStringSubmatch(string(manual), -1) {
		if _, ok := table[m[1]]; !ok {
			require.Contains(t, []string{"call", "cut", "count", "predict", "quiz", "crash", "deep", "story"}, m[1])
		}
	}
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
