package words

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/stretchr/testify/require"
)

// Testscript prefers its own commands to our words, without a message. So testscript must
// not know any word of the table.
func TestNoWordIsTestscriptsOwn(t *testing.T) {
	for _, w := range With(nil) {
		word := w.Name
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

var update = flag.Bool("update", false, "write the manual of the words into ../doc.go")

// The manual in package check has the words of the table. go generate updates it.
func TestManual(t *testing.T) {
	const file = "../doc.go"
	have, err := os.ReadFile(file)
	require.NoError(t, err)
	want := string(have)
	for _, s := range Sections {
		block := regexp.MustCompile(`(?s)(\n\n` + s.Title + `[^\t]*\n\n)((?:\t[^\n]*\n)+)`)
		at := block.FindStringSubmatchIndex(want)
		require.NotNil(t, at, s.Title)
		want = want[:at[4]] + s.Words.Manual(28) + want[at[5]:]
	}
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(want), 0o666))
		return
	}
	require.Equal(t, want, string(have), "run go generate ./tools/check")
}

func TestFind(t *testing.T) {
	all := With(nil)
	for _, c := range []struct{ line, usage string }{
		{"crash", "crash"},
		{"crash name", "crash name"},
		{"crash Order/o-1/CreateOrder result", "crash target message [n]"},
		{"crash Order/o-1/CreateOrder result 2", "crash target message [n]"},
		{"gather price a b c", "gather kind subject…"},
		{"rolled", "rolled [subject] [number…]"},
		{"rolled 12 82", "rolled [subject] [number…]"},
		{"guess charges 2 mails 1", "guess name happened …"},
		{"hold before mail", "hold before|after kind [subject]"},
	} {
		f := strings.Fields(c.line)
		w, err := all.Find(f[0], f[1:])
		require.NoError(t, err, c.line)
		require.Equal(t, c.usage, w.Usage())
	}
	for _, c := range []struct{ line, err string }{
		{"crash a b c d", "usage: crash, or crash target message [n], or crash name"},
		{"hold soon mail", "usage: hold before|after kind [subject]"},
		{"gather price", "usage: gather kind subject…"},
		{"guess charges", "usage: guess name happened …"},
		{"named all", "usage: named"},
		{"explode", `there is no word "explode"`},
	} {
		f := strings.Fields(c.line)
		_, err := all.Find(f[0], f[1:])
		require.EqualError(t, err, c.err)
	}
}
