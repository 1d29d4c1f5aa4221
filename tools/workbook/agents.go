package main

import (
	_ "embed"
	"path/filepath"

	"example.com/workbook/tools/files"
)

// advice says what a coding assistant may do for a learner.
//
//go:embed agents.md
var advice []byte

// adviseAssistants puts it into work/, unless there is some.
func adviseAssistants(root string) error {
	file := filepath.Join(root, "work", "AGENTS.md")
	if files.Exists(file) {
		return nil
	}
	if err := files.CreateNew(file, advice); err != nil {
		return files.WriteError("work/AGENTS.md was not made", filepath.Dir(file), err)
	}
	return nil
}
