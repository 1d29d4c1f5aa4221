package vet

import (
	"bytes"
	"cmp"
	"context"
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
	"runtime"
	"slices"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/checker"
	"golang.org/x/tools/go/packages"
)

// Finding is a mistake in the code.
type Finding struct {
	File    string // the name that the file has in Source
	Line    int
	Rule    string // the analyzer's name
	Message string
}

func (f Finding) String() string {
	return fmt.Sprintf("%s:%d: %s (%s)", f.File, f.Line, f.Message, f.Rule)
}

// Cause returns the id of the cause that a verdict has when the finding explains a failure.
func (f Finding) Cause() string { return "vet-" + f.Rule }

// certain has the rules whose findings explain any failure. Restate does not allow an operation
// inside of a step. Work that no code waits for may happen late or never.
var certain = []string{Operation.Name, Goroutine.Name, Await.Name}

// IsCertain reports whether the finding explains a failure better than the rules for likely causes.
// Those rules see only the run, and a run with such a mistake can fail in many ways.
func (f Finding) IsCertain() bool { return slices.Contains(certain, f.Rule) }

// IsRefused reports whether the lessons' text forbids what the finding names. The text forbids a
// step to use the context of the handler.
func (f Finding) IsRefused() bool { return f.Rule == Operation.Name || f.Rule == Context.Name }

// Exports has the files of the compiled packages that a program imports, by import path.
type Exports map[string]string

// ListExports asks go list for the compiled packages that the patterns need. go compiles the
// packages that are not in its cache, which takes minutes the first time. When the context ends, go
// list ends.
func ListExports(ctx context.Context, dir string, patterns ...string) (Exports, error) {
	cmd := exec.CommandContext(ctx, "go", append([]string{"list", "-export", "-deps", "-json=ImportPath,Export"}, patterns...)...)
	cmd.Dir = dir
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w: %s", err, stderr.String())
	}
	all := Exports{}
	for d := json.NewDecoder(bytes.NewReader(out)); d.More(); {
		var p struct{ ImportPath, Export string }
		if err := d.Decode(&p); err != nil {
			return nil, err
		}
		all[p.ImportPath] = p.Export
	}
	return all, nil
}

// Importer returns an importer that reads the compiled packages. It is not safe for
// concurrent use.
func (e Exports) Importer() types.Importer {
	return importer.ForCompiler(token.NewFileSet(), "gc", func(path string) (io.ReadCloser, error) {
		if e[path] == "" {
			return nil, fmt.Errorf("go list names no export data of %s", path)
		}
		return os.Open(e[path])
	})
}

// Source is the text of one file.
type Source struct {
	Name string
	Text []byte
}

// Check type-checks one package and runs all analyzers. It returns the findings in the order of the
// analyzers, and then of the files and lines. Check returns an error if the package does not
// compile.
func Check(path string, sources []Source, imports types.Importer) ([]Finding, error) {
	pkg, err := typeCheck(path, sources, imports)
	if err != nil {
		return nil, err
	}
	all, err := pkg.analyze()
	sortFindings(all)
	return all, err
}

func typeCheck(path string, sources []Source, imports types.Importer) (*loaded, error) {
	l := &loaded{path: path, fset: token.NewFileSet(), info: &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Instances: map[*ast.Ident]types.Instance{}, Defs: map[*ast.Ident]types.Object{},
		Uses: map[*ast.Ident]types.Object{}, Implicits: map[ast.Node]types.Object{}, Selections: map[*ast.SelectorExpr]*types.Selection{},
		Scopes: map[ast.Node]*types.Scope{}, FileVersions: map[*ast.File]string{},
	}}
	for _, s := range sources {
		f, err := parser.ParseFile(l.fset, s.Name, s.Text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		l.files = append(l.files, f)
	}
	var err error
	conf := types.Config{Importer: imports, Sizes: sizes}
	l.types, err = conf.Check(path, l.fset, l.files, l.info)
	return l, err
}

var sizes = types.SizesFor("gc", runtime.GOARCH)

func (l *loaded) analyze() (all []Finding, err error) {
	graph, err := checker.Analyze(Analyzers, []*packages.Package{{
		ID: l.path, PkgPath: l.path, Name: l.types.Name(), Fset: l.fset, Syntax: l.files, Types: l.types, TypesInfo: l.info, TypesSizes: sizes,
	}}, nil)
	if err != nil {
		return nil, err
	}
	for act := range graph.All() {
		if act.Err != nil {
			return nil, fmt.Errorf("%s: %w", act.Analyzer.Name, act.Err)
		}
		for _, d := range act.Diagnostics {
			at := l.fset.Position(d.Pos)
			all = append(all, Finding{at.Filename, at.Line, act.Analyzer.Name, d.Message})
		}
	}
	return all, nil
}

// sortFindings sorts by analyzer, file and line.
func sortFindings(all []Finding) {
	rank := func(f Finding) int {
		return slices.IndexFunc(Analyzers, func(a *analysis.Analyzer) bool { return a.Name == f.Rule })
	}
	slices.SortStableFunc(all, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
}
