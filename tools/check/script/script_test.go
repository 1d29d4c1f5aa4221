package script

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/check/record"
	"example.com/workbook/tools/check/world"
	"example.com/workbook/tools/course"
	"example.com/workbook/tools/proxy"
)

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
			name := record.ScriptName(f)
			if record.Category(f) == "story" {
				continue
			}
			require.Regexp(t, `^\d+\.\d+_(call|cut|count|predict|quiz|crash|deep)_[a-z0-9-]+$`, name)
			id, _, _ := strings.Cut(name, "_")
			_, known := l.Task(id)
			require.True(t, known, "%s judges a task that lesson %d does not have", name, l.N)
			judged[id] = true
			key := subject(name, record.Normal)
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
		{`{"a":1}`, `{"a":1,"b":null}`, true},
		{`{"a":1,"b":null}`, `{"b":null}`, true},
		{`{"b":0}`, `{"b":null}`, false},
		{`nonsense`, `{}`, false},
	} {
		ok, err := Holds([]byte(c.got), []byte(c.want))
		require.NoError(t, err)
		require.Equal(t, c.ok, ok, "%s within %s", c.want, c.got)
	}
}

// A fault that was never placed proves nothing.
func TestAFaultThatWasNotPlacedIsRed(t *testing.T) {
	f := &world.Fault{Verb: "cut", Target: world.Target{Service: "Order", Handler: "CreateOrder"}, Type: proxy.Result, K: 3}
	s := &Script{Record: &record.Record{}, Armed: []*world.Fault{f}}
	var w *record.ClaimError
	require.ErrorAs(t, s.RequirePlaced(), &w)
	require.Contains(t, w.Claim.Expected(), "message 3 of Order/CreateOrder")
	f.Placed.Store(true)
	require.NoError(t, s.RequirePlaced())
}

// Waiting is for facts, never for a time.
func TestNoScriptSleeps(t *testing.T) {
	root, err := course.Root(".")
	require.NoError(t, err)
	for _, f := range course.Glob(filepath.Join(root, "testdata"), "[0-9][0-9]-*/*.txtar") {
		src, err := os.ReadFile(f)
		require.NoError(t, err)
		require.NotRegexp(t, `(?m)^\s*(\[.*\]\s*)?(exec\s|sleep\s)`, string(src), f)
	}
}

// A script that reads a field before it has called anything is told so; it does not panic.
func TestAnswerFieldWithoutAnswer(t *testing.T) {
	s := &Script{}
	_, err := s.AnswerField("charge_id")
	require.EqualError(t, err, "there is no answer yet to take charge_id from: the script has to call a handler first")
	_, err = s.AnswerJSON("charge_id")
	require.EqualError(t, err, "there is no answer yet to take charge_id from: the script has to call a handler first")
}
