package script

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/check/cause"
	"example.com/workbook/tools/check/claim"
	"example.com/workbook/tools/check/record"
	"example.com/workbook/tools/check/setting"
	"example.com/workbook/tools/check/watchdog"
	"example.com/workbook/tools/check/world"
	"example.com/workbook/tools/proxy"
	"example.com/workbook/tools/sandbox"
)

// Attempts of two payments, which alternate, have the object key as their label. With
// many object keys, the lines have no label, so equal ones can be folded.
func TestAttemptLinesNameTheObjectKey(t *testing.T) {
	of := func(key, handler string, n int) proxy.Attempt {
		return proxy.Attempt{Service: "Payment", Handler: handler, Key: key, N: n, End: "done"}
	}
	list := []proxy.Attempt{of("pay-o-1", "ProcessPayment", 1)}
	require.Equal(t, []string{"1: done"}, attemptLines(list))

	list = append(list, of("pay-o-2", "ProcessPayment", 1), of("pay-o-1", "ProcessPayment", 2))
	require.Equal(t, []string{"pay-o-1 1: done", "pay-o-2 1: done", "pay-o-1 2: done"}, attemptLines(list))

	list = append(list, of("pay-o-1", "Refund", 1))
	require.Equal(t, []string{
		"Payment/ProcessPayment pay-o-1 1: done", "Payment/ProcessPayment pay-o-2 1: done",
		"Payment/ProcessPayment pay-o-1 2: done", "Payment/Refund 1: done",
	}, attemptLines(list))

	many := []proxy.Attempt{of("a", "Refund", 1), of("b", "Refund", 1), of("c", "Refund", 1), of("d", "Refund", 1)}
	require.Equal(t, []string{"1: done", "1: done", "1: done", "1: done"}, attemptLines(many))
}

// A rule does not get the attempts that found no program: it would take their error for an
// error of the learner's handler.
func TestFindingLeavesOutAttemptsThatFoundNoProgram(t *testing.T) {
	died := proxy.Attempt{N: 1, Steps: []proxy.StepRun{{Name: "book", How: "begun"}}, End: "broken off"}
	missed := proxy.Attempt{N: 2, End: proxy.Unreachable}
	done := proxy.Attempt{N: 3, Steps: []proxy.StepRun{{Name: "book", How: "ok"}}, End: "done"}
	s := &Script{Record: &record.Record{Attempts: []proxy.Attempt{died, missed, done}}, Shared: &Shared{}, Watch: &watchdog.Watch{World: &world.World{}}}
	require.Equal(t, []proxy.Attempt{died, done}, s.finding(t.Context(), nil).Attempts)
}

// What a script made fail still fails while the verdict is made: the next attempt would end
// the invocation, and its journal would be gone.
func TestUndoComesAfterTheVerdict(t *testing.T) {
	dir := t.TempDir()
	t.Setenv(setting.Findings, dir)
	s := &Script{
		Record: &record.Record{Script: "3.4_call_cancelled", Failure: errors.New("no answer")},
		Shared: &Shared{}, Watch: &watchdog.Watch{World: &world.World{Outside: &sandbox.Client{}}},
	}
	s.HideLedger()
	undone := false
	s.Undo(func() error {
		undone = true
		require.FileExists(t, filepath.Join(dir, "none", "3.4_call_cancelled.json"))
		return nil
	})
	s.close()
	require.True(t, undone)
}

// A finding that was kept is read back as it was, and lies in its cause's folder.
func TestKeepFinding(t *testing.T) {
	dir := t.TempDir()
	t.Setenv(setting.Findings, dir)
	t.Setenv(setting.SharedKey, "-v1")
	f := &cause.Finding{
		Claim:    claim.ExpectAnswer(200, "").With(claim.GotAnswer(404, []byte("service 'Cart' not found"))),
		Subject:  "o-3.1-adds",
		Attempts: []proxy.Attempt{{Service: "Cart", Handler: "Add", N: 2, Steps: []proxy.StepRun{{Name: "price", How: "ok"}}, End: "done"}},
	}
	s := &Script{Record: &record.Record{Script: "3.1_call_adds", Pass: record.Replay, Cause: "not-served"}}
	s.keepFinding(f)
	s.Cause = ""
	s.keepFinding(f)

	for _, folder := range []string{"not-served", "none"} {
		b, err := os.ReadFile(filepath.Join(dir, folder, "3.1_call_adds-replay-v1.json"))
		require.NoError(t, err)
		var read cause.Finding
		require.NoError(t, json.Unmarshal(b, &read))
		require.Equal(t, f, &read)
	}
}
