package progress

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"example.com/workbook/tools/course"
)

// ChecksOf returns a hash of the scripts that judge a lesson. Stories are left out,
// because they judge nothing, and deep scripts too, because only the solution has to
// pass them.
func ChecksOf(root string, l course.Lesson) (string, error) {
	all := sha256.New()
	for _, f := range course.Glob(filepath.Join(root, "testdata", l.Slug), "*.txtar") {
		name := filepath.Base(f)
		if strings.Contains(name, "_story_") || strings.Contains(name, "_deep_") {
			continue
		}
		text, err := os.ReadFile(f)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(all, "%s %d\n%s", name, len(text), text)
	}
	return fmt.Sprintf("%x", all.Sum(nil)[:6]), nil
}
