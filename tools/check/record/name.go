package record

import (
	"path/filepath"
	"strings"
)

// TaskOf returns the first part of a script's name, N.M.
func TaskOf(file string) string {
	id, _, _ := strings.Cut(ScriptName(file), "_")
	return id
}

// Category returns the second part of a script's name, N.M_category_detail.txtar.
func Category(file string) string {
	parts := strings.SplitN(ScriptName(file), "_", 3)
	if len(parts) < 2 {
		return ""
	}
	return parts[1]
}

// ScriptName returns a script's file name without its ending.
func ScriptName(file string) string {
	return strings.TrimSuffix(filepath.Base(file), ".txtar")
}
