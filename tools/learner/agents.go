package learner

import (
	_ "embed"
	"path/filepath"

	"example.com/workbook/tools/files"
)

// agentsText lists what a coding assistant may do for a learner.
//
//go:embed agents.md
var agentsText []byte

// writeAgentsFile writes work/AGENTS.md unless it exists.
func writeAgentsFile(root string) error {
	file := filepath.Join(root, "work", "AGENTS.md")
	if files.Exists(file) {
		return nil
	}
	if err := files.CreateNew(file, agentsText); err != nil {
		return files.WriteError("work/AGENTS.md was not made", filepath.Dir(file), err)
	}
	return nil
}
