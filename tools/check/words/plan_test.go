package words

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/check/script"
)

// What a script's words do decides when it can run.
func TestPlan(t *testing.T) {
	for _, c := range []struct {
		name, text string
		plan       script.Plan
	}{
		{"calls only", "call Cart/$K/View\nanswer 200\n", script.Plan{}},
		{"comments and files are no words", "# crash\n-- look --\nterminate\n", script.Plan{}},
		{"a kill that others can share", "crash\n", script.Plan{Standbys: 1}},
		{"two of them", "crash\ncall Cart/$K/View\ncrash\n", script.Plan{Standbys: 2}},
		{"a kill at a place", "crash Cart/$K/Add result 2\n", script.Plan{Standbys: 1, Alone: true}},
		{"a launched program", "launch once naive o-1\ncrash once\n", script.Plan{}},
		{"a restart", "restart APPROVAL_LIMIT=200ms\n", script.Plan{Alone: true, Settings: []string{"APPROVAL_LIMIT=200ms"}}},
		{"a second version", "beside second VERSION=2\nlaunch deploy deploy $second\n", script.Plan{Alone: true}},
		{"the last one", "terminate\nquits\n", script.Plan{Alone: true, Ends: true}},
		{"a sweep of cuts", "sweep cut Order/$K/CreateOrder '{}'\n", script.Plan{}},
		{"a sweep of kills", "sweep kill Order/$K/CreateOrder '{}'\n", script.Plan{Standbys: 1, Alone: true}},
		{"a sweep of outages", "sweep outage Order/$K/CreateOrder '{}'\n", script.Plan{Alone: true, KillsServer: true}},
		{"the claims of a sweep", "sweep cut Order/$K/CreateOrder '{}'\n-- claims --\napart charge 20ms\n", script.Plan{Alone: true}},
		{"what cannot be read", "crash a b c d\n'\n", script.Plan{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "1.1_crash_test.txtar")
			require.NoError(t, os.WriteFile(file, []byte(c.text), 0o666))
			require.Equal(t, c.plan, script.ReadPlan(file, With(nil)))
		})
	}
}
