package prose

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/course"
)

var (
	fenced  = regexp.MustCompile("(?ms)^\\s*```.*?^\\s*```$")
	link    = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	heading = regexp.MustCompile(`(?m)^#+ (.+)$`)
	noSlug  = regexp.MustCompile(`[^\p{L}\p{N} _-]`)
)

// Each link from one page to another leads to a file that exists and, if the link names a
// heading, to a heading of that page.
func TestLinksLeadSomewhere(t *testing.T) {
	root, err := course.Root(".")
	require.NoError(t, err)
	for _, file := range Files(root) {
		if filepath.Ext(file) != ".md" {
			continue
		}
		text := readText(t, filepath.Join(root, file))
		for _, m := range link.FindAllStringSubmatch(text, -1) {
			if strings.Contains(m[1], "://") {
				continue
			}
			name, anchor, _ := strings.Cut(m[1], "#")
			to := filepath.Join(root, file)
			if name != "" {
				to = filepath.Join(root, filepath.Dir(file), name)
			}
			if _, err := os.Stat(to); err != nil {
				t.Errorf("%s: %s leads to no file", file, m[1])
			} else if anchor != "" && !slugs(readText(t, to))[anchor] {
				t.Errorf("%s: %s leads to no heading", file, m[1])
			}
		}
	}
}

// readText returns a page without its blocks of code.
func readText(t *testing.T, file string) string {
	t.Helper()
	src, err := os.ReadFile(file)
	require.NoError(t, err)
	return fenced.ReplaceAllString(string(src), "")
}

// slugs returns the anchors that GitHub gives to the headings of a page.
func slugs(text string) map[string]bool {
	all := map[string]bool{}
	for _, m := range heading.FindAllStringSubmatch(text, -1) {
		all[strings.ReplaceAll(strings.ToLower(noSlug.ReplaceAllString(m[1], "")), " ", "-")] = true
	}
	return all
}
