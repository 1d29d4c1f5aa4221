package verdict

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"example.com/workbook/tools/check/setting"
)

// stubFile returns the file that has what the stub's tasks print: the first thing
// that a learner reads.
func (r *Report) stubFile() string {
	return filepath.Join(r.Root, "testdata", r.Lesson.Slug, "stub.txt")
}

// checkStubFile returns an error where the stub prints another thing than its file
// has.
func (r *Report) checkStubFile() error {
	var lines []string
	for _, v := range r.tasks() {
		lines = append(lines, fmt.Sprintf("%s  %s: %s", v.task.ID, v.red.Phase, cmp.Or(v.red.Likely, v.red.Claim.String())))
	}
	said := "# What the tasks of the stub say. Made by make matrix.\n\n" + strings.Join(lines, "\n") + "\n"
	if os.Getenv(setting.WriteStubs) != "" {
		return os.WriteFile(r.stubFile(), []byte(said), 0o666)
	}
	promised, err := os.ReadFile(r.stubFile())
	if err != nil {
		return err
	}
	all := strings.Split(string(promised), "\n")
	for _, line := range lines {
		if !slices.Contains(all, line) {
			return fmt.Errorf("testdata/%s/stub.txt promises other words than: %s", r.Lesson.Slug, line)
		}
	}
	return nil
}
