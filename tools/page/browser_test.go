package page

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	neturl "net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/browser"
	"example.com/workbook/tools/sandbox"
)

// state is what the page says of itself to tests.
type state struct {
	Orders, Finished int
	Selected         string
	Marks            []string
	Charges          map[string]int
}

func stateOf(b *browser.Tab) state { return browser.Eval[state](b, "window.__state()") }

// textOf returns the text of the element that a selector selects.
func textOf(b *browser.Tab, selector string) string {
	return browser.Eval[string](b, fmt.Sprintf("document.querySelector(%q).textContent", selector))
}

func TestRecordingsAreReplayedWithoutAServer(t *testing.T) {
	t.Parallel()
	url := servePage(t, &Page{Title: "make replay"})
	b := browser.Open(t)
	b.Go(url + "/")
	b.Until("document.documentElement.dataset.view === 'replay'")
	require.True(t, browser.Eval[bool](b, "document.querySelector('#controls').hidden"), "nothing can be pressed that nothing would hear")
	for _, want := range []struct {
		name    string
		verdict string
		charges int
		marks   []string
	}{
		{"1-one-attempt", "", 1, []string{"roll 67"}},
		{"2-two-attempts", "", 1, []string{"answer 503, roll 23", "1.0 s back-off", "roll 55"}},
		{"3-three-attempts", "", 1, []string{"roll 12", "1.0 s back-off", "roll 38", "2.0 s back-off", "roll 82"}},
		{"4-four-attempts", "", 1, []string{"roll 15", "roll 8", "roll 31", "4.0 s back-off", "roll 72"}},
		{"5-killed-after-the-charge", "same", 1, []string{"program killed", "skipped: the journal has its result", "the stored answer, no second effect"}},
		{"6-two-charges", "twice", 2, []string{"program killed", "skipped: the journal has its result"}},
	} {
		b.Go(url + "/?recording=" + want.name)
		b.Until("window.__state().orders === 1")
		b.Click("#to-end")
		b.Until("window.__state().finished === 1")
		b.Frame()
		s := stateOf(b)
		require.Equal(t, want.charges, s.Charges[s.Selected], want.name)
		all := strings.Join(s.Marks, "\n")
		for _, mark := range want.marks {
			require.Contains(t, all, mark, want.name)
			_, all, _ = strings.Cut(all, mark) // in this order
		}
		b.Until(fmt.Sprintf("(v => v.hidden ? '' : v.dataset.kind)(document.querySelector('#verdict')) === %q", want.verdict))
		b.Shot(want.name)
	}

	b.Click("#theme")
	b.Shot("dark")
	b.Go(url + "/?recording=3-three-attempts")
	browser.Eval[any](b, "document.querySelector('#speed').value = '16', document.querySelector('#speed').dispatchEvent(new Event('change')), null")
	b.Until("window.__state().finished === 1") // it plays
	b.Until("document.querySelector('#play').textContent === 'play'")
	browser.Eval[any](b, "(s => { s.value = s.max / 2; s.dispatchEvent(new Event('input')) })(document.querySelector('#scrub')), null")
	b.Until("window.__state().finished === 0") // and goes back
	before := len(stateOf(b).Marks)
	b.Key(".")
	b.Until(fmt.Sprintf("window.__state().marks.length > %d", before))
	b.Size(1280, 720)
	b.Shot("at-1280")
	require.False(t, browser.Eval[bool](b, "document.documentElement.scrollWidth > innerWidth"), "nothing hangs over at the right")
}

// Whoever has no mouse and no eyes for it gets the same.
func TestThePageByKeyboardAlone(t *testing.T) {
	t.Parallel()
	b := browser.Open(t)
	b.Go(servePage(t, &Page{}) + "/?recording=5-killed-after-the-charge")
	b.Until("window.__state().orders === 1")
	b.Click("#to-end")
	b.Until("document.querySelector('#cursor-text').textContent === window.__state().marks.at(-1)")
	marks := stateOf(b).Marks
	require.Greater(t, len(marks), 50)
	b.Key("Home")
	for i, mark := range marks[:20] {
		b.Until(fmt.Sprintf("document.querySelector('#cursor-text').textContent === window.__state().marks[%d]", i))
		require.Equal(t, mark, textOf(b, "#cursor-text"))
		b.Key("ArrowRight")
	}
	b.Until("!!document.querySelector('#flow [aria-current=step]')")
	require.Equal(t, "polite", browser.Eval[string](b, "document.querySelector('#cursor-text').ariaLive"), "a reader says it")
	b.Key("End")
	b.Until("document.querySelector('#cursor-text').textContent === window.__state().marks.at(-1)")
	b.Key("ArrowLeft")
	b.Until("document.querySelector('#cursor-text').textContent === window.__state().marks.at(-2)")
	b.Key("Escape")

	// Each thing that is drawn says what it is, or is no mark.
	require.Empty(t, browser.Eval[[]string](b, `[...document.querySelectorAll('#timeline svg rect, #timeline svg circle, #timeline svg path')]
		.filter(e => !e.closest('[aria-label]:not(svg)') && !e.closest('[aria-hidden=true]') && !e.closest('defs'))
		.map(e => e.outerHTML).slice(0, 5)`))
	browser.Eval[any](b, "document.querySelector('#entries').open = true, null")
	b.Until(fmt.Sprintf("document.querySelectorAll('#entries-body tr').length === %d", len(marks)))

	// Tab gets to every button, and none is without a name.
	require.Empty(t, browser.Eval[[]string](b, `[...document.querySelectorAll('button, input, select')]
		.filter(e => e.tabIndex < 0 || !(e.textContent.trim() || e.labels?.length || e.ariaLabel)).map(e => e.outerHTML)`))
	smallest := browser.Eval[float64](b, `Math.min(...[...document.querySelectorAll('body *')].filter(e => e.checkVisibility() && [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())).map(e => parseFloat(getComputedStyle(e).fontSize)))`)
	require.GreaterOrEqual(t, smallest, 16.0, "readable from the last row")
}

func TestContrast(t *testing.T) {
	t.Parallel()
	b := browser.Open(t)
	url := servePage(t, &Page{})
	for _, scheme := range []string{"light", "dark"} {
		b.Prefers("prefers-color-scheme", scheme)
		b.Go(url + "/?recording=6-two-charges")
		b.Until("window.__state().orders === 1")
		b.Click("#to-end")
		b.Frame()
		require.Empty(t, browser.Eval[[]browser.Faint](b, browser.Contrast), scheme)
	}
}

func TestNothingIsInjected(t *testing.T) {
	t.Parallel()
	bad := `"><img src=x onerror="window.hacked=1"><script>window.hacked=1</script>`
	h := NewHub()
	h.Add(Event{What: Run, Name: bad})
	h.Add(Event{What: Unit, Name: bad, How: bad})
	h.Add(Event{What: Program, How: bad})
	h.Add(Event{What: Version, Name: bad, How: bad, Deployment: bad})
	h.Add(Event{What: Version, Name: "2", How: bad})
	h.Add(Event{What: Leader, How: bad})
	h.Add(Event{What: Attempt, Subject: bad, ID: bad, Service: bad, Handler: bad, Key: bad, Attempt: 1, Unit: bad})
	h.Add(Event{What: Step, Subject: bad, ID: bad, Service: bad, Attempt: 1, Name: bad, How: "begun"})
	h.Add(Event{What: Ledger, Subject: bad, Entry: &sandbox.Entry{N: 1, T: time.Now(), What: "request", Kind: "charge", Subject: bad, Key: bad, Detail: bad}})
	h.Add(Event{What: Row, Subject: bad, Name: "orders", Row: bad, How: bad, Reason: bad})
	h.Add(Event{What: Journal, Subject: bad, ID: bad, Service: bad, How: bad, Name: bad})
	h.Add(Event{What: Failure, Subject: bad, ID: bad, How: bad, Name: bad, Reason: bad})
	h.Add(Event{What: Invocation, Subject: bad, ID: bad, Service: bad, How: bad, Deployment: bad})
	h.Add(Event{What: End, Subject: bad, ID: bad, Service: bad, Attempt: 1, How: "error: " + bad})
	h.Add(Event{What: Row, Subject: "__proto__", Name: "orders", Row: "constructor", How: "toString"})
	b := browser.Open(t)
	b.Go(servePage(t, &Page{Title: bad, Hub: h, Verbs: map[string]Verb{
		"hold":    nil,
		"release": func(context.Context, []byte) (string, error) { return bad, nil },
	}}) + "/")
	b.Until("window.__state().orders === 2")
	b.Click(`[data-verb=release]`)
	b.Until(`document.querySelector('#status-line').textContent.includes('<img')`)
	for range 2 { // each order is drawn
		b.Key("Home")
		browser.Eval[any](b, "document.querySelector('#entries').open = true, null")
		b.Frame()
		require.Zero(t, browser.Eval[int](b, "document.querySelectorAll('img, main script, header script').length"))
		b.Key("]")
	}
	require.False(t, browser.Eval[bool](b, "'hacked' in window"))
}

// The page works through a tunnel that begins at another port, and through a proxy that
// serves it below a path.
func TestThePageThroughATunnel(t *testing.T) {
	t.Parallel()
	h := NewHub()
	h.Add(Event{What: Row, Subject: "o-1", Name: "orders", Row: "o-1", How: "PENDING"})
	page, err := neturl.Parse(servePage(t, &Page{Title: "make shop", Hub: h, Verbs: map[string]Verb{
		"hold":    nil,
		"release": func(context.Context, []byte) (string, error) { return "heard", nil },
	}}))
	require.NoError(t, err)
	tunnel := httptest.NewServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(page)
		r.Out.Host = r.In.Host // as ssh -L leaves it
	}, FlushInterval: -1})
	below := httptest.NewServer(http.StripPrefix("/proxy/9095", &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(page) }, FlushInterval: -1}))
	b := browser.Open(t)
	t.Cleanup(func() {
		for _, s := range []*httptest.Server{tunnel, below} {
			s.CloseClientConnections() // the page listens to a stream
			s.Close()
		}
	})
	for _, url := range []string{tunnel.URL + "/", below.URL + "/proxy/9095/"} {
		b.Go(url)
		b.Until("window.__state().orders === 1 && document.querySelector('#connection').hidden")
		b.Until("getComputedStyle(document.querySelector('#status-line')).minHeight === '34px'") // the style is there
		b.Click(`[data-verb=release]`)
		b.Until(`document.querySelector('#status-line').textContent.includes('heard')`)
		b.Go(url + "?recording=1-one-attempt")
		b.Until("document.documentElement.dataset.view === 'replay' && window.__state().orders === 1")
	}
}

// In a short list and in a long one, each chip shows the id of its order, whatever else
// there is to say about the order.
func TestTheListOfOrders(t *testing.T) {
	t.Parallel()
	h := NewHub()
	b := browser.Open(t)
	url := servePage(t, &Page{Title: "make shop SHOP=mine", Hub: h})
	b.Go(url + "/")
	n := 0
	add := func(how string) (id string) {
		n++
		id = fmt.Sprintf("o-%d", 100+n)
		h.Add(Event{What: Row, Subject: id, Name: "orders", Row: id, How: how})
		return id
	}
	charge := func(id string) {
		n++
		h.Add(Event{What: Ledger, Subject: id, Entry: &sandbox.Entry{N: 1000 + n, T: time.Now(), What: sandbox.Request, Kind: sandbox.Charge, Subject: id, Key: "k"}})
		h.Add(Event{What: Ledger, Subject: id, Entry: &sandbox.Entry{N: 2000 + n, T: time.Now(), What: sandbox.Effect, Request: 1000 + n, Kind: sandbox.Charge, Subject: id, Key: "k"}})
	}
	for _, how := range []string{"COMPLETED", "FAILED", "PENDING"} {
		id := add(how)
		charge(id)
		charge(id)
		if how == "PENDING" {
			h.Add(Event{What: Stuck, ID: "inv_1", Subject: id, Service: "Payment", Handler: "ProcessPayment", Key: "pay-" + id, How: "backing-off", Name: "has failed"})
		}
	}
	h.Add(Event{What: Attempt, ID: "inv_9", Subject: "inv_9", Service: "Report", Handler: "Attempts", Attempt: 1})
	orders := 3
	for _, long := range []bool{false, true} {
		for long && orders < 40 {
			add("COMPLETED")
			orders++
		}
		b.Until(fmt.Sprintf("window.__state().orders === %d && window.__state().calls === 1 && window.__state().drawn", orders))
		require.Equal(t, long, browser.Eval[bool](b, "document.querySelector('#orders').classList.contains('compact')"))
		require.Equal(t, 3, browser.Eval[int](b, "document.querySelectorAll('#orders .twice').length"))
		require.Empty(t, browser.Eval[[]string](b, `[...document.querySelectorAll('#orders li[data-order^=o-]')].filter(li => {
			const id = li.querySelector('.cell-id'), how = li.querySelector('.cell-how');
			return id.textContent !== li.dataset.order || id.scrollWidth > id.clientWidth && id.clientWidth || li.scrollWidth > li.clientWidth || li.scrollHeight > li.clientHeight
				|| id.getBoundingClientRect().right > how.getBoundingClientRect().left + 1;
		}).map(li => li.textContent)`))
		require.Contains(t, textOf(b, "#orders-sum"), fmt.Sprintf("%d orders: ", orders))
		require.Contains(t, textOf(b, "#orders-sum"), "; 1 other call")
		b.Shot(fmt.Sprintf("orders-charged-twice-%t", long))
	}
}

// While there is one version, the page does not name it. With two, each order has its version, in
// a short list and in a long one.
func TestTheVersions(t *testing.T) {
	t.Parallel()
	h := NewHub()
	b := browser.Open(t)
	b.Go(servePage(t, &Page{Title: "make shop", Hub: h, Verbs: map[string]Verb{"order": nil, "kill": nil, "deploy": nil, "remove": nil}}) + "/")
	place := func(id, deployment string) {
		h.Add(Event{What: Invocation, ID: "inv_" + id, Subject: id, Service: "Order", Handler: "CreateOrder", Key: id, How: "running", Deployment: deployment})
		h.Add(Event{What: Row, Subject: id, Name: "orders", Row: id, How: "COMPLETED"})
	}
	is := func(selector, want string) {
		t.Helper()
		b.Until(fmt.Sprintf("(e => e && !e.hidden && e.textContent === %q)(document.querySelector(%q))", want, selector))
	}
	place("o-101", "dp_1")
	b.Until("window.__state().finished === 1 && window.__state().drawn")
	require.True(t, browser.Eval[bool](b, `document.querySelector('#versions').hidden && document.querySelector('#order-versions').hidden
		&& document.querySelector('[data-verb=remove]').hidden && document.querySelector('[data-arg=program-2]').hidden`))
	is(`[data-order="o-101"] .cell-how`, "COMPLETED")

	h.Add(Event{What: Version, Name: "1", Deployment: "dp_1", How: "deployed", Open: 2})
	h.Add(Event{What: Version, Name: "2", Deployment: "dp_2", How: "deployed"})
	h.Add(Event{What: Unit, Name: "program-2", How: "up"})
	place("o-102", "dp_2")
	h.Add(Event{What: Invocation, ID: "inv_pay", Subject: "o-101", Parent: "inv_o-101", Service: "Payment", Handler: "ProcessPayment", Key: "pay-o-101", How: "completed", Deployment: "dp_2"})
	is("#versions", "Version 2 serves new calls. Version 1 still has 2 invocations, so its program keeps running.")
	is(`[data-order="o-101"] .cell-how`, "COMPLETED v1")
	is(`[data-order="o-102"] .cell-how`, "COMPLETED v2")
	b.Click(`[data-order="o-101"]`)
	is("#order-versions", "CreateOrder: version 1, ProcessPayment: version 2")
	b.Until("document.querySelector('[data-verb=deploy]').disabled && document.querySelector('[data-verb=remove]').disabled && !document.querySelector('[data-arg=program-2]').hidden")

	h.Add(Event{What: Version, Name: "1", Deployment: "dp_1", How: "deployed"})
	is("#versions", "Version 2 serves new calls. Version 1 is drained: all its invocations have ended.")
	b.Until("!document.querySelector('[data-verb=remove]').disabled")
	h.Add(Event{What: Version, Name: "1", Deployment: "dp_1", How: "removed"})
	is("#versions", "Version 2 serves new calls. Version 1 is removed.")
	b.Until("document.querySelector('[data-verb=remove]').hidden")
	for n := range 20 {
		place(fmt.Sprintf("o-%d", 200+n), "dp_2")
	}
	is(`[data-order="o-101"] .cell-how`, "CO v1")
	is(`[data-order="o-219"] .cell-how`, "CO v2")
	b.Size(1280, 720)
	require.Empty(t, browser.Eval[[]string](b, `[...document.querySelectorAll('#orders li')].filter(li => {
		const id = li.querySelector('.cell-id');
		return id.scrollWidth > id.clientWidth || li.scrollWidth > li.clientWidth || li.scrollHeight > li.clientHeight;
	}).map(li => li.textContent)`))
	require.False(t, browser.Eval[bool](b, "document.documentElement.scrollWidth > innerWidth"), "nothing hangs over at the right")
	require.Empty(t, browser.Eval[[]browser.Faint](b, browser.Contrast))
	b.Shot("two-versions")
}

// With three nodes the page names the node that leads, and the copies of the program that have
// served an order; each process has its buttons.
func TestTheNodes(t *testing.T) {
	t.Parallel()
	h := NewHub()
	b := browser.Open(t)
	h.Add(Event{What: Run, Name: "make shop NODES=3", How: "reference"})
	h.Add(Event{What: Program, How: "reference"})
	units := []string{"node-1", "node-2", "node-3", "postgres", "sandbox", "copy-1", "copy-2"}
	for n, name := range units {
		h.Add(Event{What: Unit, Name: name, How: "up", PID: 100 + n})
	}
	b.Go(servePage(t, &Page{Title: "make shop NODES=3", Hub: h, Verbs: map[string]Verb{"order": nil, "kill": nil, "start": nil}}) + "/")
	is := func(selector, want string) {
		t.Helper()
		b.Until(fmt.Sprintf("(e => e && !e.hidden && e.textContent === %q)(document.querySelector(%q))", want, selector))
	}
	is("[data-unit=node-2]", "● node-2 up")
	h.Add(Event{What: Leader, How: "node-2"})
	is("[data-unit=node-2]", "● node-2 up, leads")
	is("[data-unit=node-1]", "● node-1 up")
	buttons := func(verb, which string) []string {
		return browser.Eval[[]string](b, fmt.Sprintf("[...document.querySelectorAll('button[data-verb=%s]:not([hidden])%s')].map(b => b.textContent)", verb, which))
	}
	require.ElementsMatch(t, units, buttons("kill", ":not([disabled])"))
	require.ElementsMatch(t, units, buttons("start", "[disabled]"))

	h.Add(Event{What: Unit, Name: "node-2", How: "signal: killed", T: time.Now().Add(time.Second)})
	h.Add(Event{What: Leader})
	is("[data-unit=node-2]", "× node-2 killed")
	h.Add(Event{What: Leader, How: "node-3"})
	is("[data-unit=node-3]", "● node-3 up, leads")
	require.Equal(t, []string{"node-2"}, buttons("start", ":not([disabled])"))

	serve := func(id, service, handler, unit string, n int) {
		e := Event{What: Attempt, Subject: "o-101", ID: id, Service: service, Handler: handler, Key: "o-101", Attempt: n, Unit: unit}
		h.Add(e)
		e.What, e.How = End, "done"
		h.Add(e)
	}
	serve("inv_1", "Order", "CreateOrder", "copy-1", 1)
	serve("inv_1", "Order", "CreateOrder", "copy-2", 2)
	serve("inv_2", "Payment", "ProcessPayment", "copy-2", 1)
	is("#order-versions", "CreateOrder: copy-1, then copy-2; ProcessPayment: copy-2")
	b.Size(1280, 720)
	require.False(t, browser.Eval[bool](b, "document.documentElement.scrollWidth > innerWidth"), "nothing hangs over at the right")
	require.Empty(t, browser.Eval[[]browser.Faint](b, browser.Contrast))
	b.Shot("three-nodes")
}

// The page names the program that serves, and does not say that one serves which is down.
func TestWhoseProgramServes(t *testing.T) {
	t.Parallel()
	for opened, label := range map[string]string{"mine": "yours", "reference": "reference"} {
		h := NewHub()
		b := browser.Open(t)
		h.Add(Event{What: Run, Name: "make shop", How: opened})
		h.Add(Event{What: Program, How: opened})
		h.Add(Event{What: Unit, Name: "program", How: "up"})
		b.Go(servePage(t, &Page{Title: "make shop", Hub: h, Verbs: map[string]Verb{"order": nil, "program": nil}}) + "/")
		lit := "[...document.querySelectorAll('button[data-verb=program][aria-pressed=true]')].map(e => e.textContent).join()"
		b.Until(fmt.Sprintf("%s === %q && !!document.querySelector('#program').textContent", lit, label))
		h.Add(Event{What: Program, How: "naive"})
		b.Until(lit + " === 'naive' && !document.querySelector('#naive').hidden")
		h.Add(Event{What: Unit, Name: "program", How: "signal: killed", T: time.Now().Add(time.Second)})
		b.Until("document.querySelector('#naive').hidden && !document.querySelector('#program').textContent")
		h.Add(Event{What: Unit, Name: "program", How: "up", T: time.Now().Add(2 * time.Second)})
		b.Until("!document.querySelector('#naive').hidden")
	}
}

// A page whose server goes away says so, and misses nothing once it is back.
func TestADroppedConnection(t *testing.T) {
	t.Parallel()
	h := NewHub()
	p := &Page{Title: "make shop", Hub: h}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	addr := l.Addr().String()
	serve := func(l net.Listener) *httptest.Server {
		s := &httptest.Server{Listener: l, Config: &http.Server{Handler: p.newHandler(t.Context(), addr)}}
		s.Start()
		return s
	}
	s := serve(l)
	h.Add(Event{What: Row, Subject: "o-1", Name: "orders", Row: "o-1", How: "PENDING"})
	b := browser.Open(t)
	b.Go("http://" + addr + "/")
	b.Until("window.__state().orders === 1 && document.querySelector('#connection').hidden")

	s.CloseClientConnections()
	h.Add(Event{What: Row, Subject: "o-2", Name: "orders", Row: "o-2", How: "PENDING"})
	b.Until("window.__state().orders === 2 && document.querySelector('#connection').hidden")

	s.CloseClientConnections()
	s.Close()
	b.Until("!document.querySelector('#connection').hidden")
	require.Contains(t, textOf(b, "#connection"), "The connection to the server is lost. The page keeps trying.")
	b.Shot("connection-lost")
	h.Add(Event{What: Row, Subject: "o-3", Name: "orders", Row: "o-3", How: "PENDING"})
	l, err = net.Listen("tcp", addr)
	require.NoError(t, err)
	s = serve(l)
	b.Until("window.__state().orders === 3 && document.querySelector('#connection').hidden")

	// Another shop at the same address knows nothing of these orders.
	s.CloseClientConnections()
	s.Close()
	p.Hub = NewHub()
	p.Hub.Add(Event{What: Row, Subject: "o-1", Name: "orders", Row: "o-1", How: "PENDING"})
	l, err = net.Listen("tcp", addr)
	require.NoError(t, err)
	s = serve(l)
	b.Until("window.__state().orders === 1")
	s.CloseClientConnections()
	s.Close()
}
