package replays

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/answers"
	"example.com/workbook/tools/course"
	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/process"
	"example.com/workbook/tools/restate"
)

// Each change of a lesson's solution gets the verdict that its folder is named after, fits or strands,
// and sends no request to the outside world. The journals are those of the unchanged solution.
func TestChangesOfTheShop(t *testing.T) {
	if testing.Short() {
		t.Skip("thirty changes, each in a build of its own: make test without SHORT=1")
	}
	root, err := course.Root(".")
	require.NoError(t, err)
	lessons, err := course.Lessons(root)
	require.NoError(t, err)
	judged := 0
	for _, l := range lessons {
		fits, strands, err := course.ReadChanges(filepath.Join(root, "testdata", l.Slug))
		require.NoError(t, err)
		if len(fits)+len(strands) == 0 {
			continue
		}
		s := newShop(t, root, l, slices.Concat(fits, strands))
		for _, a := range fits {
			s.requireKind(t, a, Fits)
		}
		for _, a := range strands {
			s.requireKind(t, a, Strands)
		}
		judged += len(fits) + len(strands)
	}
	require.GreaterOrEqual(t, judged, 30)
}

// shop has a program that contains all changes, and the journals of the unchanged solution.
type shop struct {
	program  string
	journals []Journal
}

// unchanged is the name of the solution without changes.
const unchanged = "unchanged"

// waiting is the number of orders that wait for their approval.
const waiting = 30

func newShop(t *testing.T, root string, l course.Lesson, changes []course.Answer) *shop {
	t.Helper()
	binary, err := answers.Compile(root, l, append(changes, course.Answer{Name: unchanged}), t.TempDir())
	require.NoError(t, err)
	s := &shop{}
	s.program, err = binary.Program()
	require.NoError(t, err)
	k := keeper(t)
	found, err := restate.Find(t.Context(), os.Stderr)
	if err != nil {
		t.Fatal(hint.Text(err))
	}
	server, err := restate.Start(t.Context(), k, found, restate.Options{Unsynced: true})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Stop()) })
	dir := t.TempDir()
	p, err := process.Serve(t.Context(), k, func(addr string) *exec.Cmd {
		cmd := exec.Command(s.program)
		cmd.Env = append(os.Environ(), s.env(unchanged, filepath.Join(dir, "shop.db"), "LISTEN="+addr)...)
		return cmd
	}, (*process.Process).Up)
	require.NoError(t, err)
	t.Cleanup(p.Kill)
	require.NoError(t, server.Admin().Register(t.Context(), "http://"+p.Addr()))
	c := &scene{Server: server}
	for i := range waiting {
		c.send(t, fmt.Sprintf("Order/o-%d/CreateOrder", i), `{"customer_id":"ann","amount_cents":250000,"token":"tok_ok"}`, 5, "suspended")
	}
	c.send(t, "Order/small/CreateOrder", `{"customer_id":"bob","amount_cents":2500,"token":"tok_ok"}`, 5, "suspended")
	c.send(t, "NewField/f-1/Run", `{"id":"f-1"}`, 10, "suspended")
	c.send(t, "LogLine/f-2/Run", `{"id":"f-2"}`, 10, "suspended")
	c.send(t, "Cart/ann/Add", `{"sku":"pen","quantity":1}`, 3, "backing-off", "running")
	s.journals, err = Find(t.Context(), server.Admin().URL())
	require.NoError(t, err)
	require.Len(t, s.journals, waiting+5, "with the payment of the small order")
	return s
}

// env returns the environment with which the program has one change, and reaches no outside world.
func (s *shop) env(name, database string, more ...string) []string {
	return append([]string{"VARIANT=" + name, "SHOP_DB=" + database, "SHOP_FAILPOINT=", "SANDBOX_URL=http://127.0.0.1:1", "RETRY_FIRST=1h"}, more...)
}

// requireKind requires that a change fits all journals, or strands at least one, as want demands.
func (s *shop) requireKind(t *testing.T, a course.Answer, want Kind) {
	t.Run(a.Name, func(t *testing.T) {
		begin := time.Now()
		r, err := Judge(t.Context(), keeper(t), Build{Path: s.program, Env: s.env(a.Name, "shop.db")}, s.journals)
		if err != nil {
			t.Fatal(hint.Text(err))
		}
		t.Log(time.Since(begin).Round(time.Millisecond))
		is := Fits
		for _, v := range r.Verdicts {
			require.NotEqual(t, CannotTell, v.Kind, v.String())
			if v.Kind == Strands {
				is = Strands
				t.Log(v)
			}
		}
		assert.Equal(t, want, is)
		assert.Zero(t, r.Refused, "requests to the outside world")
	})
}
