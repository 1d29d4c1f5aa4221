package script

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"example.com/workbook/tools/check/cause"
	"example.com/workbook/tools/check/record"
	"example.com/workbook/tools/check/setting"
)

// keepFinding writes a finding to a file of its own where setting.Findings names a
// folder: below it, the folder of the cause that fits first, or none.
func (s *Script) keepFinding(f *cause.Finding) {
	dir := os.Getenv(setting.Findings)
	if dir == "" {
		return
	}
	id := s.Cause
	if id == "" {
		id = "none"
	}
	if err := writeFinding(filepath.Join(dir, id), s.Record, f); err != nil {
		fmt.Fprintln(os.Stderr, "no finding was kept:", err)
	}
}

func writeFinding(dir string, rec *record.Record, f *cause.Finding) error {
	b, err := json.MarshalIndent(f, "", "\t")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	name := rec.Script
	if rec.Pass != record.Normal {
		name += "-" + string(rec.Pass)
	}
	return os.WriteFile(filepath.Join(dir, name+os.Getenv(setting.SharedKey)+".json"), append(b, '\n'), 0o666)
}
