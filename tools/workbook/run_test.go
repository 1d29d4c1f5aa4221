package main

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/sandbox"
	"example.com/workbook/tools/stage"
)

func TestRunServesAndShowsEachJournal(t *testing.T) {
	t.Parallel()
	root := treeWithWork(t, "solutions", "")
	r := begin(t, root, "run", "1", testPortFlag(t))
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

	require.NotContains(t, r.out.String(), "has changed")
	rewrite(t, filepath.Join(root, "work/01-concepts/main.go"), func(src string) string { return src + "\n// More.\n" })
	r.curl(1)
	r.waitForText("\nwork/01-concepts has changed, and what runs here is the program as it was before. Ctrl-C stops it; then: make run 1\n")

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

// Two calls at the same time, for the same order: each has its own lines of the ledger,
// although no name tells whose they are.
func TestRunOfCallsAtTheSameTime(t *testing.T) {
	t.Parallel()
	r := begin(t, treeWithWork(t, "solutions", ""), "run", "1", testPortFlag(t))
	r.waitForText("Checkout/Draw -H")
	outside := sandbox.NewClient("http://" + regexp.MustCompile(`(?m)^  sandbox +pid \d+ +(\S+)`).FindStringSubmatch(r.out.String())[1])
	const done, again = "accepted", "first answer repeated" // each call has the same keys
	whole := func(id string, reserve, charge, email string) {
		t.Helper()
		block := regexp.MustCompile(`\nCheckout/Place  ` + id + `  completed\n(?:  .*\n)*`)
		r.waitForMatches(block, 1)
		_, ledger, _ := strings.Cut(block.FindString(r.out.String()), "  ledger    ")
		want := fmt.Sprintf("reserve o-1 book, key o-1: %s\ncharge o-1 2500 cents, key o-1: %s\nemail o-1 receipt, key o-1: %s\n", reserve, charge, email)
		require.Equal(t, want, strings.ReplaceAll(ledger, "\n            ", "\n"))
	}
	sends := func() (id string) {
		t.Helper()
		id = regexp.MustCompile(`inv_\w+`).FindString(r.types(strings.Replace(r.curlCommand(0), "/call/", "/send/", 1)))
		require.NotEmpty(t, id)
		return id
	}
	// One has charged and waits while another begins and ends; one begins while another waits.
	require.NoError(t, outside.Hold(t.Context(), sandbox.Charge, "", sandbox.After, 1))
	first := sends()
	require.NoError(t, outside.WaitHeld(t.Context(), sandbox.Charge, "o-1"))
	whole(sends(), again, again, done)
	whole(sends(), again, again, again)
	_, err := outside.Release(t.Context(), "", "")
	require.NoError(t, err)
	whole(first, done, done, again)
}

// What is paused says why, which object key it holds, and how to free it: in the terminal and
// on the page. The command that is printed works.
func TestRunOfWhatIsPaused(t *testing.T) {
	t.Parallel()
	root := treeWithLesson(t, "03-virtual-object", "solutions", "shipping/carrier.go",
		"trackingID, err = outside.Ship(ctx, key, orderID)", `trackingID, err = "", errors.New("the carrier is closed")`, `"context"`, "\"context\"\n\t\"errors\"")
	rewrite(t, filepath.Join(root, "work/03-virtual-object/main.go"), func(src string) string {
		const bound = "restate.Reflect(shipping.Shipping{DB: db}"
		require.Contains(t, src, bound)
		return strings.Replace(src, bound, bound+`, restate.WithInvocationRetryPolicy(restate.WithMaxRetryAttempts(1), restate.PauseOnMaxAttempts())`, 1)
	})
	r := begin(t, root, "run", "3", testPortFlag(t))
	r.waitForText("CreateShipment -H")
	b := r.openPage()
	send := strings.Replace(r.curlCommand(2), "/call/", "/send/", 1)
	r.types(send)
	paused := regexp.MustCompile(`(?m)
Shipping/ship-o-1/CreateShipment  (inv_\w+)  is paused: there is no attempt until somebody resumes it
  reason    step \w+: the carrier is closed
  key       ship-o-1 of Shipping is held; a later call that needs it waits
  resume    (curl -X PATCH 127\.0\.0\.1:\d+/invocations/inv_\w+/resume)
  kill      (curl -X PATCH 127\.0\.0\.1:\d+/invocations/inv_\w+/kill)
`)
	r.waitForMatches(paused, 1)
	shown := paused.FindStringSubmatch(r.out.String())
	onPage := fmt.Sprintf("(text => ['the carrier is closed', 'ship-o-1 of Shipping is held', %q].every(w => text.includes(w)))(document.querySelector('#stuck').innerText)", shown[3])
	b.Until(onPage + " && document.querySelector('#order-status').textContent === 'paused'")
	b.Until("window.__state().marks.join().includes('Restate pauses the invocation: the carrier is closed')")
	b.Shot("lesson-3-paused")

	r.types(shown[2]) // and it fails again
	r.waitForMatches(paused, 2)

	r.types(send)
	r.waitForText("waits: another invocation holds its object key\n")
	require.Regexp(t, `  key       ship-o-1 of Shipping, held by Shipping/ship-o-1/CreateShipment inv_\w+ \(paused\)\n`, r.out.String())
	b.Until("document.querySelectorAll('#stuck dl').length === 2")

	r.types(shown[3])
	r.waitForText(fmt.Sprintf("\nShipping/ship-o-1/CreateShipment  %s  failed: [409] killed\n", shown[1]))
	r.waitForMatches(paused, 3) // the second call has its turn
	last := paused.FindAllStringSubmatch(r.out.String(), -1)[2]
	r.types(last[3])
	r.waitForText(fmt.Sprintf("\nShipping/ship-o-1/CreateShipment  %s  failed: [409] killed\n", last[1]))
	b.Until("document.querySelector('#stuck').hidden && document.querySelector('#order-status').textContent === 'done'")
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
