package mutants

import (
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"example.com/workbook/tools/course"
	"example.com/workbook/tools/vet"
)

// source is a lesson's solution: the packages that a learner edits, and the packages that a learner
// gets.
type source struct {
	fset     *token.FileSet
	packages []*pkg
	imports  types.Importer
}

// pkg is one package of a solution.
type pkg struct {
	path  string
	files []*file
	info  *types.Info
}

// file is a file of a package. Its name is relative to the solution's folder.
type file struct {
	name  string
	src   []byte
	ast   *ast.File
	tasks []region
}

// region is a range of lines that a learner writes for a task.
type region struct {
	task        string
	first, last int // the numbers of the first and the last line
}

// isLeftOut reports whether no check runs the code of a file. These are the programs without
// Restate, the code that the page shows, and the answers to the quiz.
func isLeftOut(name string) bool {
	switch path.Base(name) {
	case "naive.go", "answers.go", "text.go":
		return true
	}
	return strings.HasSuffix(name, "_test.go")
}

// load reads and type-checks the solution of a lesson. go compiles the packages that the solution
// imports, which takes minutes the first time, and 0.2 s after that.
func load(root string, l course.Lesson) (*source, error) {
	s := &source{fset: token.NewFileSet()}
	exports, err := vet.ListExports(context.Background(), root, "./solutions/"+l.Slug+"/...")
	if err != nil {
		return nil, err
	}
	s.imports = exports.Importer()
	own := course.Module + "/solutions/" + l.Slug
	for _, p := range slices.Sorted(maps.Keys(exports)) {
		if p != own && !strings.HasPrefix(p, own+"/") {
			continue
		}
		loaded, err := s.loadPackage(l.Dir(root, "solutions"), p, strings.TrimPrefix(p, own))
		if err != nil {
			return nil, err
		}
		if loaded != nil {
			s.packages = append(s.packages, loaded)
		}
	}
	return s, nil
}

// loadPackage loads a package whose folder is below dir. It returns nil if no check runs a file of
// the package.
func (s *source) loadPackage(dir, importPath, folder string) (*pkg, error) {
	loaded := &pkg{path: importPath}
	var parsed []*ast.File
	names, err := filepath.Glob(filepath.Join(dir, filepath.FromSlash(folder), "*.go"))
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		src, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		rel, err := filepath.Rel(dir, name)
		if err != nil {
			return nil, err
		}
		f := &file{name: filepath.ToSlash(rel), src: src, tasks: regions(src)}
		if f.ast, err = parser.ParseFile(s.fset, f.name, src, parser.ParseComments|parser.SkipObjectResolution); err != nil {
			return nil, err
		}
		parsed = append(parsed, f.ast)
		loaded.files = append(loaded.files, f)
	}
	var errs []types.Error
	loaded.info, errs = s.check(s.fset, importPath, parsed)
	if len(errs) > 0 {
		return nil, fmt.Errorf("%s does not compile: %w", importPath, errs[0])
	}
	if slices.IndexFunc(loaded.files, func(f *file) bool { return !isLeftOut(f.name) }) < 0 {
		return nil, nil
	}
	return loaded, nil
}

// check type-checks a package, and returns all errors.
func (s *source) check(fset *token.FileSet, path string, files []*ast.File) (*types.Info, []types.Error) {
	info := &types.Info{
		Types:      map[ast.Expr]types.TypeAndValue{},
		Uses:       map[*ast.Ident]types.Object{},
		Defs:       map[*ast.Ident]types.Object{},
		Selections: map[*ast.SelectorExpr]*types.Selection{},
	}
	var errs []types.Error
	conf := types.Config{Importer: s.imports, Error: func(err error) { errs = append(errs, err.(types.Error)) }}
	_, _ = conf.Check(path, fset, files, info) // errs has all errors
	return info, errs
}

var (
	taskMark = regexp.MustCompile(`^\s*//task (\d+\.\d+)$`)
	endMark  = regexp.MustCompile(`^\s*//end$`)
)

// regions returns the lines between the marks //task and //end.
func regions(src []byte) (all []region) {
	open := region{}
	for i, line := range strings.Split(string(src), "\n") {
		switch m := taskMark.FindStringSubmatch(line); {
		case m != nil:
			open = region{task: m[1], first: i + 1}
		case endMark.MatchString(line) && open.task != "":
			open.last = i + 1
			all = append(all, open)
			open = region{}
		}
	}
	return all
}

// taskAt returns the task for which a learner writes the line. It returns "" for a line that the
// learner gets.
func (f *file) taskAt(line int) string {
	for _, r := range f.tasks {
		if r.first <= line && line <= r.last {
			return r.task
		}
	}
	return ""
}
