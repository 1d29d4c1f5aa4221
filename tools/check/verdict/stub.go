package verdict

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"example.com/workbook/tools/check/result"
	"example.com/workbook/tools/check/setting"
)

// stubFile returns the file with the verdicts of the stub's tasks, which are the first
// verdicts that a learner reads.
func (r *Report) stubFile() string {
	return filepath.Join(r.Root, "testdata", r.Lesson.Slug, "stub.txt")
}

// checkStubFile returns an error if the stub prints something that its file does not
// have.
func (r *Report) checkStubFile() error {
	src, err := os.ReadFile(r.stubFile())
	if err != nil && os.Getenv(setting.WriteStubs) == "" {
		return err
	}
	known := map[string]string{}
	for _, block := range strings.Split(string(src), "\n\n") {
		id, _, _ := strings.Cut(strings.TrimPrefix(block, "FAIL "), " ")
		known[id] = strings.TrimRight(block, "\n") + "\n"
	}
	all := []string{"# What the tasks of the stub print. Made by make matrix.\n"}
	for _, v := range r.tasks() {
		block := r.resultOf(v).Short()
		switch {
		case result.AreAlike(known[v.task.ID], block):
			block = known[v.task.ID] // so that the file changes only with the words
		case os.Getenv(setting.WriteStubs) == "":
			return fmt.Errorf("testdata/%s/stub.txt does not have this text:\n%s", r.Lesson.Slug, block)
		}
		all = append(all, block)
	}
	if os.Getenv(setting.WriteStubs) == "" {
		return nil
	}
	return os.WriteFile(r.stubFile(), []byte(strings.Join(all, "\n")), 0o666)
}
