package script

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/check/cause"
	"example.com/workbook/tools/check/claim"
	"example.com/workbook/tools/check/record"
	"example.com/workbook/tools/check/setting"
	"example.com/workbook/tools/proxy"
)

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
