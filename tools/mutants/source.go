package mutants

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"example.com/workbook/tools/course"
)

// source is a lesson's solution: the packages that a learner edits or gets.
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

// file is one file of a package. Its name is relative to the solution's folder.
type file struct {
	name  string
	src   []byte
	ast   *ast.File
	tasks []region
}

// region is a range of lines that a learner writes for a task.
type region struct {
	task        string
	first, last int // lines
}

// isLeftOut reports whether no check runs the file's code: the programs without Restate,
// the code of the page, and the answers to the quiz.
func isLeftOut(name string) bool {
	switch path.Base(name) {
	case "naive.go", "answers.go", "text.go":
		return true
	}
	return strings.HasSuffix(name, "_test.go")
}

// load reads and type-checks the solution of a lesson. The go command compiles what the
// solution imports, which takes minutes the first time and 0.2 s after that.
func load(root string, l course.Lesson) (*source, error) {
	s := &source{fset: token.NewFileSet()}
	list, err := goList(root, "./solutions/"+l.Slug+"/...")
	if err != nil {
		return nil, err
	}
	exports := map[string]string{}
	for _, p := range list {
		exports[p.ImportPath] = p.Export
	}
	s.imports = importer.ForCompiler(token.NewFileSet(), "gc", func(path string) (io.ReadCloser, error) {
		if exports[path] == "" {
			return nil, fmt.Errorf("go list names no export data of %s", path)
		}
		return os.Open(exports[path])
	})
	own := course.Module + "/solutions/" + l.Slug
	for _, p := range list {
		if p.ImportPath != own && !strings.HasPrefix(p.ImportPath, own+"/") {
			continue
		}
		loaded, err := s.loadPackage(l.Dir(root, "solutions"), p)
		if err != nil {
			return nil, err
		}
		if loaded != nil {
			s.packages = append(s.packages, loaded)
		}
	}
	return s, nil
}

// listed is what go list -json says about a package.
type listed struct {
	ImportPath string
	Dir        string
	Export     string
	GoFiles    []string
}

func goList(root string, patterns ...string) ([]listed, error) {
	cmd := exec.Command("go", append([]string{"list", "-export", "-deps", "-json=ImportPath,Dir,Export,GoFiles"}, patterns...)...)
	cmd.Dir = root
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	var all []listed
	for d := json.NewDecoder(bytes.NewReader(out)); d.More(); {
		var p listed
		if err := d.Decode(&p); err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	return all, nil
}

// loadPackage returns nil if the package has no file that checks run.
func (s *source) loadPackage(dir string, p listed) (*pkg, error) {
	loaded := &pkg{path: p.ImportPath}
	var parsed []*ast.File
	for _, name := range p.GoFiles {
		src, err := os.ReadFile(filepath.Join(p.Dir, name))
		if err != nil {
			return nil, err
		}
		rel, err := filepath.Rel(dir, filepath.Join(p.Dir, name))
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
	loaded.info, errs = s.check(s.fset, p.ImportPath, parsed)
	if len(errs) > 0 {
		return nil, fmt.Errorf("%s does not compile: %w", p.ImportPath, errs[0])
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
	_, _ = conf.Check(path, fset, files, info) // each error has gone to errs
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

// taskAt returns the task for which a learner writes the line, or "" for a given line.
func (f *file) taskAt(line int) string {
	for _, r := range f.tasks {
		if r.first <= line && line <= r.last {
			return r.task
		}
	}
	return ""
}
