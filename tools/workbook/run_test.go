package main

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/stage"
)

func TestRunServesAndShowsEachJournal(t *testing.T) {
	t.Parallel()
	r := begin(t, treeWithWork(t, "solutions", ""), "run", "1", testPortFlag(t))
	r.waitForText("Checkout/Draw -H")
	folder := r.folder()
	for _, name := range []string{"restate ", "sandbox ", "program "} {
		require.Regexp(t, `(?m)^  `+name+` +pid \d+ +127\.0\.0\.1:\d+ `, r.out.String())
	}
	require.FileExists(t, filepath.Join(folder, "ledger.jsonl"))

	require.Contains(t, r.curl(0), `{"order_id":"o-1","charge_id":"ch_`)
	r.waitForText("email o-1 receipt, key")
	require.Regexp(t, `
Checkout/Place  inv_\w+  completed
  journal    0  Command: Input
             1  Command: Run +reserve
             2  Notification: Run +reserve +Success
             3  Command: Run +charge
             4  Notification: Run +charge +Success
             5  Command: Run +mail
             6  Notification: Run +mail +Success
             7  Command: Output +Success
  attempts  1: reserve ok, charge ok, mail ok
  ledger    reserve o-1 book, key \S+: accepted
            charge o-1 2500 cents, key \S+: accepted
            email o-1 receipt, key \S+: accepted
`, r.out.String())
	r.curl(1)
	r.waitForText("\nCheckout/Draw  inv_")

	r.signal(syscall.SIGINT)
	r.signal(syscall.SIGINT) // go and make hand on what the terminal sends
	require.Zero(t, r.waitForEnd(), r.err.String())
	require.True(t, strings.HasSuffix(r.out.String(), "\nstopped; no process or temporary file is left\n"), "it printed on: %s", r.out.String())
	require.Empty(t, r.err.String())
	leavesNothing(t, folder)
}

func TestRunOfAStubThenSIGKILL(t *testing.T) {
	t.Parallel()
	r := begin(t, treeWithWork(t, "lessons", ""), "run", "1", testPortFlag(t))
	r.waitForText("Checkout/Draw -H")
	require.Contains(t, r.curl(0), "TODO 1.2: not written yet")
	r.waitForText("failed: [501] TODO 1.2: not written yet")
	r.waitForText("reserve o-1 book, no key: accepted")
	r.signal(syscall.SIGKILL)
	r.waitForEnd()
	leavesNothing(t, r.folder())
}

// A program that ignores signals and prints without end costs neither memory
// nor the screen, and is ended all the same.
func TestRunOfBadCompany(t *testing.T) {
	t.Parallel()
	r := begin(t, treeWithWork(t, "solutions", "main.go",
		`"log"`, "\"fmt\"\n\t\"log\"\n\t\"os/signal\"\n\t\"strings\"\n\t\"syscall\"",
		"ctx := context.Background()", `ctx := context.Background()
	signal.Ignore(syscall.SIGTERM, syscall.SIGINT)
	go func() {
		for range 5000 {
			fmt.Println("noise " + strings.Repeat("x", 2000))
		}
	}()`), "run", "1", testPortFlag(t))
	r.waitForText("Checkout/Draw -H")
	require.Contains(t, r.curl(0), `"charge_id"`)
	r.waitForText("mail o-1")
	r.signal(syscall.SIGTERM)
	require.Zero(t, r.waitForEnd(), r.err.String())
	leavesNothing(t, r.folder())
	require.Contains(t, r.out.String(), "program | noise x")
	require.Contains(t, r.out.String(), "program | … and more, not shown")
	require.Less(t, len(r.out.String()), 1<<20)
}

func TestRunWhenTheProgramEnds(t *testing.T) {
	t.Parallel()
	r := begin(t, treeWithWork(t, "solutions", "checkout/draw.go",
		"discounts = map[string]int64{}", "go func() { panic(\"out of luck\") }()\n\tdiscounts = map[string]int64{}"), "run", "1", testPortFlag(t))
	r.waitForText("Checkout/Draw -H")
	folder := r.folder()
	exec.Command("sh", "-c", r.curlCommand(1)).Run()
	require.Equal(t, 1, r.waitForEnd())
	require.Contains(t, r.err.String(), "the program ended: exit status 2\nthe program's last lines:\n  | panic: out of luck\n")
	require.Contains(t, r.err.String(), "hint: everything was stopped. fix the program, then: make run 1\n")
	leavesNothing(t, folder)
}

// The lesson's test says which services of other lessons it needs.
func TestRunServesTheRest(t *testing.T) {
	t.Parallel()
	root := treeWithWork(t, "solutions", "")
	rewrite(t, filepath.Join(root, "lessons/01-concepts/lesson_test.go"), func(src string) string {
		return strings.Replace(src, "import (", "import (\n\t_ \"example.com/workbook/solutions/02-basic-service/pricing\"", 1)
	})
	rewrite(t, filepath.Join(root, "testdata/01-concepts/run.txt"), func(string) string {
		return "Pricing/Quote {\"sku\":\"book\"}\n"
	})
	r := begin(t, root, "run", "1", testPortFlag(t))
	r.waitForText("Checkout/Draw is served as well")
	require.Regexp(t, `(?m)^  rest +pid \d+ +127\.0\.0\.1:\d+ +solutions/02-basic-service$`, r.out.String())
	require.Contains(t, r.out.String(), "# not served yet")
	r.curl(0)
	r.waitForText("\nPricing/Quote  inv_")
}

func TestRunOnTakenPorts(t *testing.T) {
	root := treeWithWork(t, "solutions", "")
	_, err := builtTool() // which takes longer than the refusal may
	require.NoError(t, err)
	busy := listen(t)
	for _, port := range []int{busy, busy - stage.AdminAbove} {
		start := time.Now()
		r := tool(t, root, "run", "1", fmt.Sprint("--port=", port))
		require.Equal(t, 3, r.code)
		require.Regexp(t, fmt.Sprintf(`^port %d is taken, perhaps by make run, make shop or make class\nhint: stop what listens there, or: make run 1 PORT=\d+\n$`, busy), r.err)
		require.Empty(t, r.out)
		require.Less(t, time.Since(start), 5*time.Second)
	}
}
