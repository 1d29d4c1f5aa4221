package verdict

import (
	"errors"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/course"
)

func TestBrokenPrintsWhereToReport(t *testing.T) {
	clone := t.TempDir()
	require.NoError(t, exec.Command("git", "init", "-q", clone).Run())
	require.NoError(t, exec.Command("git", "-C", clone, "remote", "add", "origin", "git@github.com:o/shop.git").Run())
	r := &Report{Root: clone, Tree: "work", Lesson: course.Lesson{Slug: "01-concepts"}, internal: errors.New("no replay")}
	var printed strings.Builder
	require.False(t, r.printVerdict(NewPrinter(&printed)))
	require.Equal(t, "BROKEN the workbook has an error of its own\n  got       no replay\n"+
		"  next      please report this, with the verdict, and what make doctor prints: "+
		"https://github.com/o/shop/issues/new?template=wrong-verdict.yml\n", printed.String())
}
