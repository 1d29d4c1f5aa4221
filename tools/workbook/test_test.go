package main

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFold(t *testing.T) {
	in := `{"Action":"output","Package":"a","Test":"TestGood","Output":"=== RUN   TestGood\n"}
{"Action":"output","Package":"a","Test":"TestGood","Output":"chatter\n"}
{"Action":"pass","Package":"a","Test":"TestGood"}
{"Action":"output","Package":"a","Output":"PASS\n"}
{"Action":"output","Package":"a","Output":"ok  \ta\t0.1s\n"}
{"Action":"pass","Package":"a"}
{"Action":"output","Package":"b","Test":"TestBad","Output":"    b_test.go:3: no\n"}
{"Action":"fail","Package":"b","Test":"TestBad"}
{"Action":"output","Package":"b","Test":"TestFine","Output":"fine\n"}
{"Action":"pass","Package":"b","Test":"TestFine"}
{"Action":"output","Package":"b","Output":"FAIL\tb\t0.2s\n"}
{"Action":"fail","Package":"b"}
{"Action":"output","Package":"c","Test":"TestNot","Output":"=== RUN   TestNot\n"}
{"Action":"output","Package":"c","Test":"TestNot","Output":"    c_test.go:9: npm is not there\n"}
{"Action":"output","Package":"c","Test":"TestNot","Output":"--- SKIP: TestNot (0.00s)\n"}
{"Action":"skip","Package":"c","Test":"TestNot"}
{"Action":"output","Package":"c","Output":"ok  \tc\t0.1s\n"}
{"Action":"pass","Package":"c"}
not json
`
	var out strings.Builder
	notRun, err := fold(&out, strings.NewReader(in))
	require.NoError(t, err)
	require.Equal(t, "ok  \ta\t0.1s\n    b_test.go:3: no\nFAIL\tb\t0.2s\nok  \tc\t0.1s\nnot json\n", out.String())
	require.Equal(t, []string{"c TestNot: c_test.go:9: npm is not there"}, notRun)
}

// The tool is built before anything can be shown, so it links neither the SDK
// nor SQLite.
func TestTheToolIsSmall(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".").Output()
	require.NoError(t, err)
	for _, heavy := range []string{"restatedev/sdk-go", "mattn/go-sqlite3", "testscript"} {
		require.NotContains(t, string(out), heavy)
	}
}

func TestTemporaryFilesAreInMemoryWhereThereIsRoom(t *testing.T) {
	memory := t.TempDir()
	t.Setenv("TMPDIR", memory)
	require.Empty(t, inMemory(memory), "somebody has said where")
	t.Setenv("TMPDIR", "")
	require.Empty(t, inMemory(filepath.Join(memory, "none")))
	if free, err := freeBytes(memory); err == nil && free >= roomy {
		require.DirExists(t, inMemory(memory))
	}
}
