package sandbox

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"example.com/workbook/tools/hint"
)

func TestWrongCalls(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"-ledger", "x", "-listen", "0.0.0.0:0"}, "not a loopback address"},
		{[]string{"-ledger", "x", "-listen", "[::]:0"}, "not a loopback address"},
		{[]string{"-ledger", "x", "-listen", ":0"}, "not a loopback address"},
		{[]string{"-ledger", "x", "-listen", "here"}, "not host:port"},
		{[]string{"-ledger", "x", "-fail", "101"}, "0 to 100"},
		{[]string{"-ledger", "x", "-latency", "-1s"}, "below 0"},
		{[]string{"-ledger", "x", "extra"}, "unexpected argument"},
		{nil, "no ledger file"},
	} {
		config, err := parseFlags(c.args)
		if err == nil {
			err = Serve(t.Context(), config)
		}
		assert.ErrorContains(t, err, c.want)
		assert.Equal(t, 2, hint.ExitCode(err))
	}
}

func TestNoSuchFolder(t *testing.T) {
	err := Serve(t.Context(), Config{Listen: "127.0.0.1:0", Ledger: t.TempDir() + "/no/ledger"})
	assert.ErrorContains(t, err, "no such file")
	assert.Equal(t, 3, hint.ExitCode(err))
}
