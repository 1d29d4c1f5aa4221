package verdict

import (
	"fmt"
	"os"
	"path/filepath"
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
	var blocks []string
	for _, v := range r.tasks() {
		blocks = append(blocks, r.resultOf(v).Short())
	}
	if os.Getenv(setting.WriteStubs) != "" {
		all := "# What the tasks of the stub print. Made by make matrix.\n\n" + strings.Join(blocks, "\n")
		return os.WriteFile(r.stubFile(), []byte(all), 0o666)
	}
	promised, err := os.ReadFile(r.stubFile())
	if err != nil {
		return err
	}
	for _, block := range blocks {
		if !strings.Contains(string(promised)+"\n", "\n"+block+"\n") {
			return fmt.Errorf("testdata/%s/stub.txt promises other words than:\n%s", r.Lesson.Slug, block)
		}
	}
	return nil
}
