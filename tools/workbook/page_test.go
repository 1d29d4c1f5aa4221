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
	"example.com/workbook/tools/restate"
	"example.com/workbook/tools/sandbox"
	"example.com/workbook/tools/shop/client"
)

var pageLine = regexp.MustCompile(`(?m)^  see it    (http://127\.0\.0\.1:\d+/)$`)

// openPage opens the page whose address the command has printed.
func (r *running) openPage() *browser.Tab {
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

func fetchState(b *browser.Tab) shownOrders { return browser.Eval[shownOrders](b, "window.__state()") }

// The page of a shop, in a browser: each button, the lesson that it is made for, and
// a rush.
func TestPageOfTheShop(t *testing.T) {
	t.Parallel()
	root := newTree(t)
	r := beginWith(t, append(trimmedEnv(), "RETRY_FIRST=100ms"), root, "shop", testPortFlag(t), "DELAY=200ms")
	r.waitForText("the program starts again")
	s := &pageOfShop{opened: &opened{r, root}, b: r.openPage()}
	s.outside = sandbox.NewClient("http://" + s.view().Sandbox)
	s.takesOrders()
	s.holds()
	s.breaks()
	s.testKills()
	s.deploys()
	s.testFiveHundred()
	s.isRecorded()
}

// pageOfShop is a shop and its page, where orders are placed.
type pageOfShop struct {
	*opened
	b       *browser.Tab
	outside *sandbox.Client
	placed  int
	twice   string // the order that was charged twice
}

// press presses a button.
func (s *pageOfShop) press(verb, arg string) {
	s.t.Helper()
	s.b.Click(fmt.Sprintf(`[data-verb="%s"][data-arg="%s"]`, verb, arg))
}

// answers waits for what the page answers to a button.
func (s *pageOfShop) answers(text string) {
	s.t.Helper()
	s.b.Until(fmt.Sprintf(`document.querySelector('#status-line').textContent.includes(%q)`, text))
}

// order places an order by its button, and returns its id.
func (s *pageOfShop) order(rolls string) string {
	s.t.Helper()
	s.press("order", rolls)
	s.placed++
	id := fmt.Sprintf("o-%d", s.placed)
	s.answers(id + " is placed")
	return id
}

// awaitOrders waits until all placed orders have ended and the page shows it, so that
// the next element to click on does not move.
func (s *pageOfShop) awaitOrders() {
	s.t.Helper()
	s.b.Until(fmt.Sprintf("window.__state().finished === %d && window.__state().drawn", s.placed))
}

// unit waits until the page says so of a process.
func (s *pageOfShop) unit(name, how string) {
	s.t.Helper()
	s.b.Until(fmt.Sprintf(`document.querySelector('[data-unit="%s"]')?.textContent.includes("%s %s")`, name, name, how))
}

func (s *pageOfShop) verdict(kind string) {
	s.t.Helper()
	s.b.Until(fmt.Sprintf(`document.querySelector('#verdict').dataset.kind === %q`, kind))
}

func (s *pageOfShop) takesOrders() {
	s.t.Helper()
	for _, rolls := range []string{"67", "23,55", "12,38,82", "15,8,31,72", ""} {
		s.order(rolls)
	}
	s.b.Type("#own-rolls", "12, x")
	s.press("order", "own")
	s.answers("rolls are numbers from 0 to 99")
	s.b.Type("#own-rolls", "39, 40")
	own := s.order("own")
	s.b.Click("#declined")
	declined := s.order("67")
	s.b.Click("#declined")
	s.awaitOrders()
	s.b.Click(fmt.Sprintf(`[data-order="%s"]`, declined))
	s.b.Until(fmt.Sprintf(`document.querySelector('#order-id').textContent === %q && window.__state().marks.join().includes("order row → FAILED")`, declined))
	require.Zero(s.t, fetchState(s.b).Charges[declined])
	s.b.Click(fmt.Sprintf(`[data-order="%s"]`, own))
	s.b.Until(`window.__state().marks.join().includes("roll 39") && window.__state().marks.join().includes("roll 40")`)
	s.b.Click("#help-button")
	s.b.Until("document.querySelector('#help').open")
	s.b.Click("#help-close")
	s.b.Until("!document.querySelector('#help').open")
}

func (s *pageOfShop) holds() {
	s.t.Helper()
	for charged, when := range []string{"before", "after"} {
		s.press("hold", when)
		s.answers([]string{"will wait before the gateway does anything", "hold its answer back"}[charged])
		id := s.order("67")
		require.NoError(s.t, s.outside.WaitHeld(s.t.Context(), sandbox.Charge, id))
		s.b.Until(fmt.Sprintf("window.__state().charges[%q] === %d", id, charged))
		s.press("release", "")
		s.answers("1 request released")
		s.awaitOrders()
	}
	s.press("release", "")
	s.answers("no charge was held")
}

// breaks kills each process while an order is under way, and brings it back. What
// was held is dropped with it.
func (s *pageOfShop) breaks() {
	s.t.Helper()
	for _, name := range client.UnitNames {
		s.press("hold", "before")
		s.answers("will wait before")
		id := s.order("67")
		require.NoError(s.t, s.outside.WaitHeld(s.t.Context(), sandbox.Charge, id))
		s.unit(name, "up")
		s.press("kill", name)
		s.answers(name + ", pid ")
		s.unit(name, "killed")
		if name == "sandbox" {
			s.press("order", "67")
			s.answers("nothing was ordered: sandbox is down")
		}
		s.press("start", name)
		s.answers(name + " is back, pid ")
		s.awaitOrders()
	}
	s.b.Shot("shop-every-button")
}

// testKills compares a kill after the charge with the same key and with a new key.
func (s *pageOfShop) testKills() {
	s.t.Helper()
	same := s.killAfterCharge()
	s.verdict("same")
	marks := strings.Join(fetchState(s.b).Marks, "\n")
	require.Regexp(s.t, strings.ReplaceAll(`(?s)charge requested, key pay-ID.*charged: roll 67, key pay-ID.*program killed.*skipped: the journal has its result.*`+
		`no second effect, key pay-ID.*order row → COMPLETED`, "ID", same), marks)
	s.b.Shot("shop-same-key")

	s.press("program", "naive")
	s.b.Go(pageLine.FindStringSubmatch(s.out.String())[1]) // and the old page is gone before the program is built
	s.b.Until("!document.querySelector('#naive').hidden")
	s.unit("program", "up")
	twice := s.killAfterCharge()
	s.verdict("twice")
	s.b.Shot("shop-two-charges")
	s.twice = twice
	entries, err := s.outside.Ledger(s.t.Context(), twice)
	require.NoError(s.t, err)
	require.Equal(s.t, 2, sandbox.Effects(entries, sandbox.Charge), "and it is so")
	require.Len(s.t, sandbox.Keys(entries, sandbox.Charge), 2)
	s.press("deploy", "")
	s.answers("nothing was deployed: the naive program serves")
	s.press("program", "reference")
	s.answers("the program with which the shop was opened serves again")
	for id, n := range fetchState(s.b).Charges {
		want := map[string]int{twice: 2, "o-7": 0}
		if _, other := want[id]; !other {
			want[id] = 1
		}
		require.Equal(s.t, want[id], n, id)
	}
}

// killAfterCharge places an order and kills its program between the charge and the
// journal entry.
func (s *pageOfShop) killAfterCharge() (id string) {
	s.t.Helper()
	s.unit("program", "up") // it may be another one's death that is shown
	s.press("kill-at", "")
	s.answers("the program will be killed after the next charge, before the result is in the journal")
	s.b.Type("#own-rolls", "67, 67") // a new key would have a random roll
	id = s.order("own")
	s.unit("program", "killed")
	s.press("start", "program")
	s.awaitOrders()
	return id
}

// testFiveHundred expects five hundred orders on the page and in the chart.
func (s *pageOfShop) testFiveHundred() {
	s.t.Helper()
	browser.Eval[any](s.b, `(window.long = [], new PerformanceObserver(l => window.long.push(...l.getEntries().map(e => Math.round(e.duration)))).observe({type: "longtask"}), null)`)
	s.b.Size(1280, 720) // a picture that is drawn that often takes its time
	s.b.Type("#how-many", "501")
	s.press("order", "")
	s.answers("places 1 to 500 orders")
	s.b.Type("#how-many", "500")
	s.press("order", "")
	s.answers("500 orders are placed")
	s.placed += 500
	s.awaitOrders()
	s.b.Until(fmt.Sprintf(`document.querySelector('#odds-title').textContent.includes("%d finished payments")`, s.placed-1)) // one was declined
	s.b.Size(1920, 1080)
	s.b.Shot("shop-500")
	require.Equal(s.t, s.placed, browser.Eval[int](s.b, "document.querySelectorAll('#orders [data-order]').length"))
	twice := 0
	for _, n := range fetchState(s.b).Charges {
		twice += map[int]int{2: 1}[n]
	}
	require.Equal(s.t, 1, twice, "the naive program's")
	s.t.Log("tasks over 50 ms, in ms:", browser.Eval[[]int](s.b, "window.long"))
}

// deploys deploys version 2 while an order waits on version 1, and removes version 1 when it is
// drained.
func (s *pageOfShop) deploys() {
	s.t.Helper()
	text := func(selector, want string) {
		s.t.Helper()
		s.b.Until(fmt.Sprintf("document.querySelector(%q)?.textContent.includes(%q)", selector, want))
	}
	chip := func(id string) string { return fmt.Sprintf(`[data-order="%s"]`, id) }
	call := func(path, body string) {
		s.t.Helper()
		s.types(restate.Curl(s.view().Ingress[0], path, body))
	}
	require.True(s.t, browser.Eval[bool](s.b, "document.querySelector('#versions').hidden && !document.querySelector('[data-version]:not([data-version=\"\"])')"))
	s.placed++
	large := fmt.Sprintf("o-%d", s.placed) // as the shop would have named it
	call("Order/"+large+"/CreateOrder/send", `{"customer_id":"ann","amount_cents":250000,"token":"tok_ok"}`)
	s.b.Until(fmt.Sprintf(`document.querySelector('%s')?.dataset.status === "PENDING"`, chip(large)))
	s.press("deploy", "")
	s.answers("Order " + large + " stays on version 1 until it ends")
	s.unit("program-2", "up")
	text("#versions", "Version 2 serves new calls. Version 1 still has 1 invocation, so its program keeps running.")
	text(chip(large), " v1")
	text(chip(s.order("67")), "COMPLETED v2")
	s.b.Until("document.querySelector('[data-verb=program]').disabled")
	require.True(s.t, browser.Eval[bool](s.b, "document.querySelector('[data-verb=remove]').disabled"))
	s.b.Shot("shop-two-versions")

	call("Order/"+large+"/Approve", `{"approved":true}`)
	s.awaitOrders()
	s.b.Click(chip(large))
	text("#order-versions", "CreateOrder: version 1")
	text("#order-versions", "ProcessPayment: version 2")
	text("#versions", "Version 1 is drained: all its invocations have ended.")
	s.press("remove", "")
	s.answers("version 1 is removed")
	text("#versions", "Version 1 is removed.")
	s.b.Until(`!document.querySelector('[data-unit="program"]') && document.querySelector('[data-verb=kill][data-arg=program]').hidden`)
	s.order("67")
	s.awaitOrders()
	s.b.Shot("shop-version-1-removed")
}

func (s *pageOfShop) isRecorded() {
	s.t.Helper()
	t, root, twice := s.t, s.root, s.twice
	saved := tool(t, root, "record", "NAME=two", "ORDER="+twice, "--title=two of them")
	require.Zero(t, saved.code, saved.err)
	require.Contains(t, saved.out, "saved: work/recordings/two.jsonl\n")
	again := tool(t, root, "record", "NAME=two")
	require.Equal(t, 2, again.code)
	require.Equal(t, "work/recordings/two.jsonl exists already and was not changed\nhint: choose another: make record NAME=…\n", again.err)
	require.Equal(t, 2, tool(t, root, "record", "NAME=../two").code)
	s.signal(syscall.SIGINT)
	require.Zero(t, s.waitForEnd(), s.err.String())
	s.leavesNothing()

	require.NoError(t, os.WriteFile(filepath.Join(root, "work", "recordings", "odd.jsonl"), []byte("not one\n"), 0o666))
	r := begin(t, root, "replay", testPortFlag(t))
	r.waitForText("left out: odd.jsonl is not a recording")
	require.Contains(t, r.out.String(), "two of them")
	s.b.Go(regexp.MustCompile(`http://\S+recording=two\b`).FindString(r.out.String()))
	s.b.Until("window.__state().orders === 1")
	s.b.Click("#to-end")
	s.verdict("twice")
	require.Equal(t, map[string]int{twice: 2}, fetchState(s.b).Charges)
	r.signal(syscall.SIGINT)
	require.Zero(t, r.waitForEnd(), r.err.String())
	require.Equal(t, 2, tool(t, root, "record").code, "there is no shop to record")
}

// A lesson that is served shows its own services, and has no buttons.
func TestPageOfALesson(t *testing.T) {
	t.Parallel()
	r := begin(t, treeWithWork(t, "solutions", ""), "run", "1", testPortFlag(t))
	r.waitForText("Checkout/Draw -H")
	b := r.openPage()
	b.Until("document.querySelector('.odds').hidden") // nobody has paid
	r.curl(0)
	b.Until(`window.__state().orders === 1 && window.__state().marks.join().includes("journal entry 7, Command: Output")`)
	require.True(t, browser.Eval[bool](b, "document.querySelector('#controls').hidden"))
	marks := strings.Join(fetchState(b).Marks, "\n")
	for _, want := range []string{"Checkout", "warehouse", "gateway", "mail", "step charge"} {
		require.Contains(t, marks, want)
	}
	b.Shot("lesson-1")
}
