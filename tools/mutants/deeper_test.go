package mutants

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/course"
	"example.com/workbook/tools/vet"
)

const planted = `package p

import (
	restate "github.com/restatedev/sdk-go"

	"example.com/workbook/lessons/shop/outside"
)

type Shop struct{}

func (Shop) Ship(ctx restate.Context, ids []string) (string, error) {
	key := restate.UUID(ctx).String()
	all := []restate.Future{}
	for _, id := range ids {
		all = append(all, restate.RunAsync(ctx, func(rc restate.RunContext) (string, error) { return id, nil }))
	}
	for _, err := range restate.Wait(ctx, all...) {
		if err != nil {
			return "", err
		}
	}
	return restate.Run(ctx, func(rc restate.RunContext) (string, error) {
		return outside.Ship(rc, key, ids[0])
	})
}
`

// loadPlanted returns a package with one file, which has the source text src.
func loadPlanted(t *testing.T, src string) (*source, *pkg) {
	root, err := course.Root(".")
	require.NoError(t, err)
	exports, err := vet.ListExports(t.Context(), root, "./solutions/01-concepts/...", "./lessons/shop/outside")
	require.NoError(t, err)
	s := &source{fset: token.NewFileSet(), imports: exports.Importer()}
	f := &file{name: "p.go", src: []byte(src), tasks: regions([]byte(src))}
	f.ast, err = parser.ParseFile(s.fset, f.name, f.src, parser.ParseComments)
	require.NoError(t, err)
	p := &pkg{path: "example.com/p", files: []*file{f}}
	info, errs := s.check(s.fset, p.path, []*ast.File{f.ast})
	require.Empty(t, errs)
	p.info = info
	return s, p
}

// Each operator makes its change in a small handler, and the result compiles.
func TestOperators(t *testing.T) {
	s, p := loadPlanted(t, planted)
	f := p.files[0]
	made := map[string][]string{}
	for _, c := range changes(s, p, f) {
		if m, ok := s.apply(p, f, c); ok {
			made[m.Operator()] = append(made[m.Operator()], m.New)
		}
	}
	for operator, want := range map[string]string{
		"chance-in-step":       `func() string { v, _ := restate.Run(ctx, func(restate.RunContext) (string, error) { return restate.UUID(ctx).String(), nil }); return v }()`,
		"uuid-in-step":         `restate.UUID(ctx).String()`,
		"one-key-empty":        `""`,
		"one-key-constant":     `"the-key"`,
		"one-key-random":       `mutantFmt.Sprint(mutantRand.Uint64())`,
		"one-key-from-clock":   `mutantTime.Now().Format(mutantTime.DateTime)`,
		"one-key-from-process": `mutantFmt.Sprint(mutantOS.Getpid(), restate.UUID(ctx).String())`,
		"one-key-captured": "var key string\n" +
			`restate.RunVoid(ctx, func(restate.RunContext) error { key = restate.UUID(ctx).String(); return nil }, restate.WithName("mutant"))`,
		"drop-wait":          ``,
		"wait-without-range": `_ = restate.Wait(ctx, all...)`,
		"map-order":          `func() map[int]string { m := map[int]string{}; for i, v := range ids { m[i] = v }; return m }()`,
		"step-in-step": "func(restate.RunContext) (string, error) { v, e := restate.Run(ctx, func(rc restate.RunContext) (string, error) {\n" +
			"\t\treturn outside.Ship(rc, key, ids[0])\n\t}); return v, e }",
	} {
		require.True(t, slices.Contains(made[operator], want), "%s makes %q", operator, made[operator])
	}
	require.Len(t, made["wait-for-first"], 1)
}
