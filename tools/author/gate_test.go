package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/process"
)

const race = `package proxy

import "testing"

func TestRace(t *testing.T) {
	n, done := 0, make(chan bool)
	go func() { n++; close(done) }()
	n++
	<-done
}
`

// Each part of the gate accepts a small workbook, and refuses the workbook with a fault of the kind
// that the part looks for.
func TestTheGateRefusesFaults(t *testing.T) {
	if testing.Short() {
		t.Skip("every part of the gate, half a minute: make test without SHORT=1")
	}
	keeper, err := process.NewKeeper()
	require.NoError(t, err)
	defer keeper.Close()
	for _, c := range []struct{ part, file, fault, finding string }{
		{"gofmt", "tools/proxy/fault.go", "package proxy\nvar  Wide int\n", "fault.go"},
		{"modules", "go.mod", "module example.com/workbook\n\ngo 1.25.0\n\nrequire github.com/stretchr/testify v1.12.1\n", "-require github.com/stretchr/testify"},
		{"vet", "tools/proxy/fault.go", "package proxy\n\nfunc F(n int) { n = n }\n", "self-assignment"},
		{"staticcheck", "tools/proxy/fault.go", "package proxy\n\nfunc unused() {}\n", "U1000"},
		{"staticcheck", "lessons/shop/store/fault.go", "package store\n\nfunc unused() {}\n", "U1000"},
		{"workflows", ".github/workflows/fault.yml", "on: push\njobs:\n  a:\n    runs-on: nowhere\n", "steps"},
		{"javascript", "tools/page/fault.test.js", "throw new Error('planted')\n", "planted"},
		{"race", "tools/proxy/fault_test.go", race, "DATA RACE"},
	} {
		t.Run(c.part, func(t *testing.T) {
			if c.part == "javascript" {
				if _, err := exec.LookPath("npm"); err != nil {
					t.Skip("npm is not on the PATH")
				}
			}
			i := slices.IndexFunc(parts, func(p part) bool { return p.name == c.part })
			p := smallWorkbook(t)
			output, err := parts[i].run(context.Background(), keeper, p)
			require.NoError(t, err, output)
			write(t, p, c.file, c.fault)
			output, err = parts[i].run(context.Background(), keeper, p)
			require.Error(t, err)
			require.Contains(t, output, c.finding)
		})
	}
}

// smallWorkbook makes a workbook with the folders that the gate checks, and with a stub that does
// not use all of its code yet.
func smallWorkbook(t *testing.T) *place {
	t.Helper()
	p := &place{root: t.TempDir()}
	write(t, p, "go.mod", "module example.com/workbook\n\ngo 1.25.0\n")
	write(t, p, "solutions/01-concepts/main.go", "package main\n\nfunc main() {}\n")
	write(t, p, "lessons/01-concepts/main.go", "package main\n\nfunc main() {}\n\nfunc given() {}\n")
	write(t, p, "solutions/01-concepts/text/text.go", "package text\n")
	write(t, p, "lessons/01-concepts/README.md", "# Concepts\n\n## 1.1 First\n")
	write(t, p, "tools/style/doc.go", "package style\n")
	write(t, p, "tools/prose/doc.go", "package prose\n")
	write(t, p, "tools/page/package.json", `{"private": true, "scripts": {"test": "node --test"}}`)
	write(t, p, "tools/page/package-lock.json", `{"lockfileVersion": 3, "requires": true, "packages": {"": {}}}`)
	write(t, p, "tools/page/model.test.js", "")
	write(t, p, ".github/workflows/test.yml", "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps: [run: make test]\n")
	for _, folder := range append(raced, "./lessons/shop/store") {
		folder = strings.TrimSuffix(folder, "/...")
		write(t, p, folder+"/doc.go", "package "+filepath.Base(folder)+"\n")
	}
	for _, shared := range []string{"tools/lint/lint.mod", "tools/lint/lint.sum", "lessons/staticcheck.conf", "lessons/shop/staticcheck.conf"} {
		content, err := os.ReadFile(filepath.Join("../..", shared))
		require.NoError(t, err)
		write(t, p, shared, string(content))
	}
	require.NoError(t, exec.Command("git", "init", "-q", p.root).Run()) // actionlint looks for a git repository
	return p
}

func write(t *testing.T, p *place, name, content string) {
	t.Helper()
	file := filepath.Join(p.root, name)
	require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o777))
	require.NoError(t, os.WriteFile(file, []byte(content), 0o666))
}
