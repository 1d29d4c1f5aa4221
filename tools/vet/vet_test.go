package vet

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/course"
)

var want = regexp.MustCompile(`// want (\w+)$`)

// Each analyzer finds exactly the lines that have its name in a comment.
func TestPlantedMistakes(t *testing.T) {
	root, err := course.Root(".")
	require.NoError(t, err)
	exports, err := ListExports(t.Context(), root, "./lessons/shop/outside", "github.com/restatedev/sdk-go", "database/sql", "net/http", "math/rand/v2")
	require.NoError(t, err)
	files, err := filepath.Glob("testdata/*.go")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	used := map[string]bool{}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			src, err := os.ReadFile(file)
			require.NoError(t, err)
			var wanted, found []string
			for i, line := range strings.Split(string(src), "\n") {
				if m := want.FindStringSubmatch(line); m != nil {
					wanted = append(wanted, fmt.Sprintf("%d %s", i+1, m[1]))
					used[m[1]] = true
				}
			}
			all, err := Check("example.com/p", []Source{{file, src}}, exports.Importer())
			require.NoError(t, err)
			for _, f := range all {
				found = append(found, fmt.Sprintf("%d %s", f.Line, f.Rule))
				require.Regexp(t, `^[^.]+(\.[^ ][^.]*)*\. [A-Z].*[^.]$`, f.Message, "two sentences, without the last period")
			}
			slices.Sort(wanted)
			slices.Sort(found)
			require.Equal(t, wanted, slices.Compact(found))
		})
	}
	for _, a := range Analyzers {
		require.True(t, used[a.Name], "no line is planted for %s", a.Name)
	}
}
