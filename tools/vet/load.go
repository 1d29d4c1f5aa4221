package vet

import (
	"bytes"
	"cmp"
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
	"path/filepath"
	"slices"

	"golang.org/x/tools/go/analysis/checker"
	"golang.org/x/tools/go/packages"
)

// Finding is one mistake.
type Finding struct {
	File    string // as the file was named
	Line    int
	Rule    string // the analyzer's name
	Message string
}

func (f Finding) String() string {
	return fmt.Sprintf("%s:%d: %s (%s)", f.File, f.Line, f.Message, f.Rule)
}

// Exports is where the compiled packages are that a program imports, by import path.
type Exports map[string]string

// ListExports asks go list for the compiled packages that the patterns need. The go command
// compiles what is not in its cache, which takes minutes the first time.
func ListExports(dir string, patterns ...string) (Exports, error) {
	cmd := exec.Command("go", append([]string{"list", "-export", "-deps", "-json=ImportPath,Export"}, patterns...)...)
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

// ReadDir returns the Go files of a folder, without tests.
func ReadDir(dir string) (all []Source, err error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	for _, f := range files {
		if matched, _ := filepath.Match("*_test.go", filepath.Base(f)); matched || err != nil {
			continue
		}
		var text []byte
		text, err = os.ReadFile(f)
		all = append(all, Source{f, text})
	}
	return all, err
}

// Check type-checks one package and runs all analyzers. The findings are in the sequence
// of the analyzers, and then of the lines. Check fails if the package does not compile.
func Check(path string, sources []Source, imports types.Importer) ([]Finding, error) {
	fset := token.NewFileSet()
	var files []*ast.File
	for _, s := range sources {
		f, err := parser.ParseFile(fset, s.Name, s.Text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	info := &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Instances: map[*ast.Ident]types.Instance{}, Defs: map[*ast.Ident]types.Object{},
		Uses: map[*ast.Ident]types.Object{}, Implicits: map[ast.Node]types.Object{}, Selections: map[*ast.SelectorExpr]*types.Selection{},
		Scopes: map[ast.Node]*types.Scope{}, FileVersions: map[*ast.File]string{},
	}
	sizes := types.SizesFor("gc", "amd64")
	conf := types.Config{Importer: imports, Sizes: sizes}
	pkg, err := conf.Check(path, fset, files, info)
	if err != nil {
		return nil, err
	}
	return analyze(&packages.Package{ID: path, PkgPath: path, Name: pkg.Name(), Fset: fset, Syntax: files, Types: pkg, TypesInfo: info, TypesSizes: sizes})
}

func analyze(p *packages.Package) (all []Finding, err error) {
	graph, err := checker.Analyze(Analyzers, []*packages.Package{p}, nil)
	if err != nil {
		return nil, err
	}
	for act := range graph.All() {
		if act.Err != nil {
			return nil, fmt.Errorf("%s: %w", act.Analyzer.Name, act.Err)
		}
		for _, d := range act.Diagnostics {
			at := p.Fset.Position(d.Pos)
			all = append(all, Finding{at.Filename, at.Line, act.Analyzer.Name, d.Message})
		}
	}
	rank := func(f Finding) int {
		for i, a := range Analyzers {
			if a.Name == f.Rule {
				return i
			}
		}
		return -1
	}
	slices.SortStableFunc(all, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
	return all, nil
}
