package vet

import (
	"go/types"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/course"
)

// The analyzers find nothing in the solutions and in the right answers, and find mistakes in many
// of the wrong answers.
func TestTheBankOfAnswers(t *testing.T) {
	root, err := course.Root(".")
	require.NoError(t, err)
	exports, err := ListExports(t.Context(), root, "./solutions/...", "./lessons/shop/...")
	require.NoError(t, err)
	imports := exports.Importer()
	lessons, err := course.Lessons(root)
	require.NoError(t, err)
	caught, wrong := 0, 0
	for _, l := range lessons {
		dir := l.Dir(root, "solutions")
		require.Empty(t, checkAnswer(t, dir, l, course.Answer{}, imports), "%s, the solution", l.Slug)
		all, err := course.ReadAnswers(filepath.Join(root, "testdata", l.Slug))
		require.NoError(t, err)
		for _, a := range all {
			found := checkAnswer(t, dir, l, a, imports)
			if !a.IsWrong() {
				require.Empty(t, found, "%s, the right answer %s", l.Slug, a.Name)
				continue
			}
			wrong++
			if len(found) > 0 {
				caught++
				t.Logf("%s %s: %s", l.Slug, a.Name, found[0])
			}
		}
	}
	t.Logf("a finding in %d of %d wrong answers", caught, wrong)
	require.Greater(t, caught, wrong/6)
}

// checkAnswer returns the findings in those packages of a solution that an answer changes. If the
// answer has no files, checkAnswer returns the findings in all packages.
func checkAnswer(t *testing.T, dir string, l course.Lesson, a course.Answer, imports types.Importer) (found []Finding) {
	t.Helper()
	packages := map[string][]Source{}
	changed := map[string]bool{}
	err := filepath.WalkDir(dir, func(file string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(file) != ".go" || strings.HasSuffix(file, "_test.go") {
			return err
		}
		rel, err := filepath.Rel(dir, file)
		require.NoError(t, err)
		name := filepath.ToSlash(rel)
		src, err := os.ReadFile(file)
		require.NoError(t, err)
		_, isChanged := a.Files[name]
		src, err = a.Apply(name, src)
		require.NoError(t, err)
		packages[path.Dir(name)] = append(packages[path.Dir(name)], Source{name, src})
		changed[path.Dir(name)] = changed[path.Dir(name)] || isChanged || len(a.Files) == 0
		return nil
	})
	require.NoError(t, err)
	// A changed package may import another package that the answer also changes.
	own := &loader{sources: map[string][]Source{}, outside: imports, loaded: map[string]*loaded{}}
	for name, sources := range packages {
		own.sources[path.Join(course.Module, "solutions", l.Slug, name)] = sources
	}
	for _, name := range slices.Sorted(maps.Keys(packages)) {
		if !changed[name] || name == "text" { // package text has good and bad code for the page
			continue
		}
		pkg, err := own.load(path.Join(course.Module, "solutions", l.Slug, name))
		require.NoError(t, err, a.Name)
		all, err := pkg.analyze()
		require.NoError(t, err, a.Name)
		found = append(found, all...)
	}
	return found
}
