package vet

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"github.com/google/renameio/v2"

	"example.com/workbook/tools/course"
)

// Folder is a folder of Go packages that import each other, such as a learner's copy of a
// lesson.
type Folder struct {
	Root  string // the module's folder
	Dir   string // the folder with the packages
	Path  string // the import path of the package in Dir
	Cache string // the folder in which Check stores the list of compiled packages
}

// Check runs all analyzers on the packages in the folder and below it, without their tests. The
// file names of the findings are relative to Dir.
//
// If no list of compiled packages is stored, Check runs go list, which takes 0.2 s. Check returns
// an error if a package does not compile, or if the context ends before go list ends.
func (f Folder) Check(ctx context.Context) ([]Finding, error) {
	sources, err := f.read()
	if err != nil {
		return nil, err
	}
	imports, err := f.findImports(sources)
	if err != nil {
		return nil, err
	}
	exports, err := f.findExports(ctx, imports)
	if err != nil {
		return nil, err
	}
	l := &loader{folder: f, sources: sources, outside: exports.Importer(), loaded: map[string]*loaded{}}
	var all []Finding
	for _, p := range slices.Sorted(maps.Keys(sources)) {
		pkg, err := l.load(p)
		if err != nil {
			return nil, err
		}
		found, err := pkg.analyze()
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	sortFindings(all)
	return all, nil
}

// read returns the source files of each package, by import path.
func (f Folder) read() (map[string][]Source, error) {
	all := map[string][]Source{}
	for _, file := range course.GoFiles(f.Dir) {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		fromDir, err := filepath.Rel(f.Dir, file)
		if err != nil {
			return nil, err
		}
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		name := filepath.ToSlash(fromDir)
		p := path.Join(f.Path, path.Dir(name))
		all[p] = append(all[p], Source{name, text})
	}
	return all, nil
}

// findImports returns the sorted import paths of all packages outside of the folder that the
// packages import.
func (f Folder) findImports(sources map[string][]Source) ([]string, error) {
	all := map[string]bool{}
	for _, files := range sources {
		for _, s := range files {
			parsed, err := parser.ParseFile(token.NewFileSet(), s.Name, s.Text, parser.ImportsOnly)
			if err != nil {
				return nil, err
			}
			for _, i := range parsed.Imports {
				p, err := strconv.Unquote(i.Path.Value)
				if _, own := sources[p]; err == nil && !own && p != "unsafe" && p != "C" {
					all[p] = true
				}
			}
		}
	}
	return slices.Sorted(maps.Keys(all)), nil
}

// remembered is the content of the file in which Check stores a folder's list of compiled packages.
type remembered struct {
	Of      string // a hash of everything that the packages depend on
	Exports Exports
}

// findExports returns the compiled packages, from the stored list or from go list.
func (f Folder) findExports(ctx context.Context, imports []string) (Exports, error) {
	of := f.hash(imports)
	place := sha256.Sum256(fmt.Append(nil, f.Root, f.Path, imports))
	file := filepath.Join(f.Cache, "exports-"+hex.EncodeToString(place[:8])+".json")
	var known remembered
	if text, err := os.ReadFile(file); err == nil && json.Unmarshal(text, &known) == nil && known.Of == of && known.Exports.exist() {
		return known.Exports, nil
	}
	all, err := ListExports(ctx, f.Root, imports...)
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(remembered{of, all})
	if err != nil {
		return nil, err
	}
	// If the file cannot be written, the next run calls go list again.
	if os.MkdirAll(f.Cache, 0o777) == nil {
		renameio.WriteFile(file, text, 0o666)
	}
	return all, nil
}

// exist reports whether Go's cache still has all the files.
func (e Exports) exist() bool {
	for _, file := range e {
		if file == "" {
			continue
		}
		if _, err := os.Stat(file); err != nil {
			return false
		}
	}
	return true
}

// hash returns a hash of everything that the compiled packages depend on.
func (f Folder) hash(imports []string) string {
	h := sha256.New()
	fmt.Fprintln(h, runtime.Version(), f.Root, os.Getenv("GOFLAGS"), os.Getenv("CGO_ENABLED"), imports)
	for _, name := range []string{"go.mod", "go.sum"} {
		text, _ := os.ReadFile(filepath.Join(f.Root, name))
		h.Write(text)
	}
	for _, i := range imports {
		below, own := strings.CutPrefix(i, course.Module+"/")
		if !own {
			continue
		}
		files, _ := filepath.Glob(filepath.Join(f.Root, filepath.FromSlash(below), "*.go"))
		for _, file := range files {
			text, _ := os.ReadFile(file)
			fmt.Fprintln(h, file, len(text))
			h.Write(text)
		}
	}
	return hex.EncodeToString(h.Sum(nil))[:20]
}

// loader type-checks the packages of a folder. It checks a package after the packages that this
// package imports.
type loader struct {
	folder  Folder
	sources map[string][]Source
	outside types.Importer
	loaded  map[string]*loaded
}

// Import returns a package of the folder, or a compiled package.
func (l *loader) Import(p string) (*types.Package, error) {
	if _, own := l.sources[p]; !own {
		return l.outside.Import(p)
	}
	pkg, err := l.load(p)
	if err != nil {
		return nil, err
	}
	return pkg.types, nil
}

func (l *loader) load(p string) (*loaded, error) {
	if known, ok := l.loaded[p]; ok {
		if known == nil {
			return nil, fmt.Errorf("the package %s imports itself", p)
		}
		return known, nil
	}
	l.loaded[p] = nil
	pkg, err := typeCheck(p, l.sources[p], l)
	if err != nil {
		return nil, err
	}
	l.loaded[p] = pkg
	return pkg, nil
}

// loaded is a package with its syntax and its types.
type loaded struct {
	path  string
	fset  *token.FileSet
	files []*ast.File
	types *types.Package
	info  *types.Info
}
