package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/browser"
	"example.com/workbook/tools/sandbox"
)

var pageLine = regexp.MustCompile(`(?m)^  see it    (http://127\.0\.0\.1:\d+/)$`)

// seen is the page that a command has printed the address of.
func (r *running) seen() *browser.Tab {
	r.t.Helper()
	b := browser.Open(r.t)
	at := pageLine.FindStringSubmatch(r.out.String())
	require.NotNil(r.t, at, r.out.String())
	b.Go(at[1])
	return b
}

// shownOrders are the orders on a page.
type shownOrders struct {
	Orders, Finished int
	Selected         string
	Marks            []string
	Charges          map[string]int
}

func shown(b *browser.Tab) shownOrders { return browser.Eval[shownOrders](b, "window.__state()") }

func press(b *browser.Tab, verb, arg string) {
	b.Click(fmt.Sprintf(`[data-verb="%s"][data-arg="%s"]`, verb, arg))
}

// says waits for what the page answers to a button.
func says(b *browser.Tab, text string) {
	b.Until(fmt.Sprintf(`document.querySelector('#status-line').textContent.includes(%q)`, text))
}

func finished(b *browser.Tab, n int) {
	b.Until(fmt.Sprintf("window.__state().finished === %d", n))
}

func programIs(b *browser.Tab, how string) {
	b.Until(fmt.Sprintf(`document.querySelector('[data-verb="start"][data-arg="program"]').disabled === %t`, how == "up"))
}

// The lesson of the page: the same kill, with the same key and with a new one.
func TestPageKillsBetweenChargeAndJournal(t *testing.T) {
	t.Parallel()
	root := tree(t)
	s := openShop(t, root, "DELAY=200ms")
	b := s.seen()
	press(b, "kill-at", "")
	says(b, "the program will be killed when the next charge is made, before the journal hears of it")
	press(b, "order", "67")
	says(b, "o-1 is placed")
	programIs(b, "down")
	press(b, "start", "program")
	finished(b, 1)
	b.Until(`document.querySelector('#verdict').dataset.kind === "same"`)
	marks := strings.Join(shown(b).Marks, "\n")
	require.Regexp(t, `(?s)charge asked, key pay-o-1.*charged: roll 67, key pay-o-1.*program killed.*skipped: its result is in the journal.*nothing done a second time, key pay-o-1.*order row → COMPLETED`, marks)
	require.Equal(t, map[string]int{"o-1": 1}, shown(b).Charges)
	b.Shot("shop-same-key")

	press(b, "program", "naive")
	says(b, "the naive program serves")
	press(b, "kill-at", "")
	press(b, "order", "67")
	says(b, "o-2 is placed")
	programIs(b, "down")
	press(b, "start", "program")
	finished(b, 2)
	b.Until(`document.querySelector('#verdict').dataset.kind === "twice"`)
	require.Equal(t, map[string]int{"o-1": 1, "o-2": 2}, shown(b).Charges)
	b.Shot("shop-two-charges")
	entries, err := sandbox.NewClient("http://"+s.view().Sandbox).Ledger(t.Context(), "o-2")
	require.NoError(t, err)
	require.Equal(t, 2, sandbox.Effects(entries, sandbox.Charge), "and it is so")
	require.Len(t, sandbox.Keys(entries, sandbox.Charge), 2)
	press(b, "program", "reference")
	says(b, "the program serves that the shop was opened with")

	saved := tool(t, root, "record", "NAME=two", "ORDER=o-2", "--title=two of them")
	require.Zero(t, saved.code, saved.err)
	require.Contains(t, saved.out, "saved: work/recordings/two.jsonl\n")
	again := tool(t, root, "record", "NAME=two")
	require.Equal(t, 2, again.code)
	require.Equal(t, "work/recordings/two.jsonl is there already, and stays as it is\nhint: choose another: make record NAME=…\n", again.err)
	require.Equal(t, 2, tool(t, root, "record", "NAME=../two").code)
	s.signal(syscall.SIGINT)
	require.Zero(t, s.ends(), s.err.String())
	s.leavesNothing()

	require.NoError(t, os.WriteFile(filepath.Join(root, "work", "recordings", "odd.jsonl"), []byte("not one\n"), 0o666))
	r := begin(t, root, "replay", testPort(t))
	r.says("left out: odd.jsonl is no recording")
	require.Contains(t, r.out.String(), "two of them")
	b = browser.Open(t)
	b.Go(regexp.MustCompile(`http://\S+recording=two\b`).FindString(r.out.String()))
	b.Until("window.__state().orders === 1")
	b.Click("#to-end")
	b.Until(`document.querySelector('#verdict').dataset.kind === "twice"`)
	require.Equal(t, map[string]int{"o-2": 2}, shown(b).Charges)
	r.signal(syscall.SIGINT)
	require.Zero(t, r.ends(), r.err.String())
	require.Equal(t, 2, tool(t, root, "record").code, "there is no shop to record")
}

func TestEveryButtonOfThePage(t *testing.T) {
	t.Parallel()
	s := openShop(t, tree(t), "DELAY=200ms")
	b := s.seen()
	for i, rolls := range []string{"67", "23,55", "12,38,82", "15,8,31,72", ""} {
		press(b, "order", rolls)
		says(b, fmt.Sprintf("o-%d is placed", i+1))
	}
	b.Type("#own-rolls", "12, x")
	press(b, "order", "own")
	says(b, "rolls are numbers from 0 to 99")
	b.Type("#own-rolls", "39, 40")
	press(b, "order", "own")
	says(b, "o-6 is placed")
	b.Click("#declined")
	press(b, "order", "67")
	says(b, "o-7 is placed")
	b.Click("#declined")
	finished(b, 7)
	b.Click(`[data-order="o-7"]`)
	b.Until(`document.querySelector('#order-id').textContent === "o-7" && window.__state().marks.join().includes("order row → FAILED")`)
	require.Zero(t, shown(b).Charges["o-7"])
	b.Click(`[data-order="o-6"]`)
	b.Until(`window.__state().marks.join().includes("roll 39") && window.__state().marks.join().includes("roll 40")`)

	for i, when := range []string{"before", "after"} {
		press(b, "hold", when)
		says(b, map[string]string{"before": "will wait before the gateway does anything", "after": "its answer held back"}[when])
		press(b, "order", "67")
		says(b, fmt.Sprintf("o-%d is placed", 8+i))
		id := fmt.Sprintf("o-%d", 8+i)
		require.NoError(t, sandbox.NewClient("http://"+s.view().Sandbox).WaitHeld(t.Context(), sandbox.Charge, id))
		b.Until(fmt.Sprintf("window.__state().charges[%q] === %d", id, i)) // an answer that is held is no charge that is held
		press(b, "release", "")
		says(b, "1 request released")
		finished(b, 8+i)
	}
	press(b, "release", "")
	says(b, "nothing was held")

	// Each is killed while an order is under way, and brought back. What was held is
	// dropped with it.
	for i, name := range unitNames {
		press(b, "hold", "before")
		says(b, "will wait before")
		press(b, "order", "67")
		id := fmt.Sprintf("o-%d", 10+i)
		says(b, id+" is placed")
		require.NoError(t, sandbox.NewClient("http://"+s.view().Sandbox).WaitHeld(t.Context(), sandbox.Charge, id))
		press(b, "kill", name)
		says(b, name+", pid ")
		b.Until(fmt.Sprintf(`document.querySelector('[data-unit="%s"]').textContent.includes("%s killed")`, name, name))
		if name == "sandbox" {
			press(b, "order", "67")
			says(b, "nothing was ordered: sandbox is down")
		}
		press(b, "start", name)
		says(b, name+" is back, pid ")
		finished(b, 10+i)
	}
	b.Shot("shop-every-button")
	for id, charges := range shown(b).Charges {
		require.Equal(t, map[bool]int{true: 0, false: 1}[id == "o-7"], charges, id)
	}
	b.Click("#help-button")
	b.Until("document.querySelector('#help').open")
	b.Click("#help-close")
	b.Until("!document.querySelector('#help').open")
}

// 500 at once: each is on the page, and the plot has filled.
func TestPageOfFiveHundredOrders(t *testing.T) {
	t.Parallel()
	s := openShop(t, tree(t), "DELAY=20ms")
	b := s.seen()
	browser.Eval[any](b, `(window.long = [], new PerformanceObserver(l => window.long.push(...l.getEntries().map(e => Math.round(e.duration)))).observe({type: "longtask"}), null)`)
	b.Type("#how-many", "501")
	press(b, "order", "")
	says(b, "1 to 500 orders at once")
	b.Type("#how-many", "500")
	press(b, "order", "")
	says(b, "500 orders are placed")
	finished(b, 500)
	b.Until(`document.querySelector('#odds-title').textContent.includes("500 finished payments")`)
	b.Shot("shop-500")
	require.Equal(t, 500, browser.Eval[int](b, "document.querySelectorAll('#orders [data-order]').length"))
	for id, n := range shown(b).Charges {
		require.Equal(t, 1, n, id)
	}
	t.Log("tasks over 50 ms, in ms:", browser.Eval[[]int](b, "window.long"))
}

// A lesson that is served shows its own services, and has no buttons.
func TestPageOfALesson(t *testing.T) {
	t.Parallel()
	r := begin(t, written(t, "solutions", ""), "run", "1", testPort(t))
	r.says("Checkout/Draw -H")
	b := r.seen()
	r.curl(0)
	b.Until(`window.__state().orders === 1 && window.__state().marks.join().includes("journal entry 7, Command: Output")`)
	require.True(t, browser.Eval[bool](b, "document.querySelector('#controls').hidden"))
	marks := strings.Join(shown(b).Marks, "\n")
	for _, want := range []string{"Checkout", "warehouse", "gateway", "mail", "step charge"} {
		require.Contains(t, marks, want)
	}
	b.Shot("lesson-1")
}
