package verdict

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// The functions that a handler calls are found through helpers and other files, and neither
// fields nor functions of other packages that have the same names.
func TestFindCallees(t *testing.T) {
	dir := t.TempDir()
	for name, src := range map[string]string{
		"cart.go": `package cart

import "example.com/outside"

func (c Cart) Add() {
	outside.Pay(order{Status: 1}, c.Total)
	step(func() { c.known() })
}

func (c Cart) known() { c.begin() }

func (c Cart) Total() {}

func Status() {}

func step(f func()) { f() }
`,
		"row.go": `package cart

func (c Cart) begin() {}

func Pay() {}

func (o order) Status() {}
`,
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(src), 0o666))
	}
	require.Equal(t, map[string][]lineRange{"cart.go": {{16, 16}, {10, 10}}, "row.go": {{3, 3}}}, findCallees(dir, "Cart.Add"))
	require.Empty(t, findCallees(dir, "Cart.begin"))
	require.Empty(t, findCallees(dir, "Cart.unknown"))
}
