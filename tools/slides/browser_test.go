package slides

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/agenda"
	"example.com/workbook/tools/browser"
)

// measureScript defines a JavaScript function that returns what overflows a slide or
// its own box, and what is too small to be read from the last row.
const measureScript = `window.measure = section => {
	const found = [], frame = section.getBoundingClientRect();
	const say = (what, e) => found.push(what + ': ' + (e.data ?? e.outerHTML).trim().slice(0, 80));
	const out = r => r.width > 0 && (r.left < frame.left + 15 || r.right > frame.left + 1265 || r.top < frame.top + 15 || r.bottom > frame.top + 705);
	if (Math.abs(frame.width - 1280) > 1 || Math.abs(frame.height - 720) > 1) say('no slide of 1280 by 720', section);
	const slide = section.querySelector('.slide');
	for (const e of [slide, ...slide.querySelectorAll('*')]) {
		if (e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).display !== 'inline' || e.scrollHeight > Math.max(e.clientHeight, e.offsetHeight) + 1 && getComputedStyle(e).display !== 'inline') say('it scrolls', e);
		if (e !== slide && out(e.getBoundingClientRect())) say('outside', e);
		for (const text of [...e.childNodes].filter(n => n.nodeType === 3 && n.data.trim())) {
			const range = document.createRange();
			range.selectNode(text);
			if ([...range.getClientRects()].some(out)) say('text outside', text);
			if (parseFloat(getComputedStyle(e).fontSize) < (e.closest('pre') ? 22 : 28)) say('small', text);
		}
	}
	return found;
}, true`

// measureAll is a JavaScript expression that measures each slide while it is shown. The
// result has the findings by slide number.
const measureAll = `(() => {
	const found = {};
	Reveal.getSlides().forEach((section, n) => {
		Reveal.slide(n);
		const all = measure(section);
		if (all.length) found[n + 1] = all;
	});
	return found;
})()`

// writeDeck writes a deck to a file, and returns its address.
func writeDeck(t *testing.T, d *Deck) string {
	t.Helper()
	page, err := d.HTML()
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "deck.html")
	require.NoError(t, os.WriteFile(file, page, 0o666))
	return "file://" + file
}

var pdfPage = regexp.MustCompile(`/Type\s*/Page\b[^s]`)

// No slide of any plan hangs over, on the screen or on paper; and a deck asks for
// nothing outside of its file. One browser has them all, for it is dear.
func TestDecksInABrowser(t *testing.T) {
	t.Parallel()
	b := browser.Open(t)
	b.Size(1280, 720)
	for _, plan := range agenda.Plans {
		deck := makeDeck(t, plan)
		url := writeDeck(t, deck)
		b.Go(url)
		browser.Eval[bool](b, measureScript)
		require.Equal(t, len(deck.Slides), browser.Eval[int](b, "Reveal.getTotalSlides()"), plan)
		require.Empty(t, browser.Eval[map[string][]string](b, measureAll), plan)
		require.Empty(t, browser.Eval[[]string](b, "performance.getEntriesByType('resource').map(e => e.name)"), plan)
		for n := range deck.Slides {
			if os.Getenv("SCREENSHOTS") != "" {
				browser.Eval[any](b, fmt.Sprintf("Reveal.slide(%d), null", n))
				b.Shot(fmt.Sprintf("%s-%03d", plan, n+1))
			}
		}
		testPrint(t, b, url, len(deck.Slides))
	}
	short := makeDeck(t, "90m")
	b.Go(writeDeck(t, short) + "?print-pdf&showNotes=separate-page")
	b.Until(fmt.Sprintf("document.querySelectorAll('.speaker-notes-pdf').length === %d", len(short.Slides)))
	require.Equal(t, 2*len(short.Slides), len(pdfPage.FindAll(b.PDF(), -1)), "a page of notes behind each")
	testSpeakerWindow(t, b, writeDeck(t, short))
	testOverflow(t, b)
	testPapers(t, b)
}

// testPapers expects the handout to fit one page on A4 and on letter, and the quiz to
// have no key.
func testPapers(t *testing.T, b *browser.Tab) {
	t.Helper()
	for _, p := range []string{"HANDOUT", "QUIZ"} {
		text, err := Paper(moduleRoot(t), p, "full")
		require.NoError(t, err)
		require.NotContains(t, string(text), "key</h2>")
		most := 1 // page
		if p == "QUIZ" {
			most = 2
		}
		for _, size := range []string{"A4", "letter"} {
			file := filepath.Join(t.TempDir(), p+".html")
			sized := strings.Replace(string(text), "@page {", "@page { size: "+size+";", 1)
			require.NoError(t, os.WriteFile(file, []byte(sized), 0o666))
			b.Go("file://" + file)
			require.LessOrEqual(t, len(pdfPage.FindAll(b.PDF(), -1)), most, "%s on %s", p, size)
		}
		require.Empty(t, browser.Eval[[]string](b, "performance.getEntriesByType('resource').map(e => e.name)"), p)
		b.Shot(strings.ToLower(p))
	}
}

// testPrint expects one complete page for each slide.
func testPrint(t *testing.T, b *browser.Tab, url string, slides int) {
	t.Helper()
	b.Go(url + "?print-pdf")
	browser.Eval[bool](b, measureScript)
	b.Until("document.querySelectorAll('.pdf-page section').length === " + fmt.Sprint(slides))
	require.Empty(t, browser.Eval[[]string](b, "[...document.querySelectorAll('.pdf-page section')].flatMap(measure)"))
	require.Empty(t, browser.Eval[[]string](b, `[...document.querySelectorAll('.pdf-page')].filter(p => p.offsetHeight < 719 || p.offsetHeight > 720 || p.offsetWidth !== 1280).map(p => p.offsetWidth + ' by ' + p.offsetHeight)`))
	require.Empty(t, browser.Eval[[]browser.Faint](b, browser.Contrast))
	require.Equal(t, slides, len(pdfPage.FindAll(b.PDF(), -1)), "pages")
}

// testSpeakerWindow expects S to open the speaker's window, from a file too, and its
// notes and slides to follow the deck.
func testSpeakerWindow(t *testing.T, b *browser.Tab, url string) {
	t.Helper()
	b.Go(url)
	browser.Eval[any](b, "(open => window.open = (...all) => window.speaker = open.apply(window, all))(window.open), null")
	b.Key("s")
	says := `!!window.speaker?.document.querySelector('.speaker-controls-notes .value')?.textContent.includes(%q)`
	b.Until(fmt.Sprintf(says, "make agenda PLAN=90m"))
	browser.Eval[any](b, `speaker.addEventListener('message', e => window.shown ||= e.source !== window && e.data.includes('"slidechanged"')), null`)
	b.Key("ArrowRight")
	b.Until(fmt.Sprintf(says, "A sentence for each"))
	b.Until("window.shown === true")
	browser.Eval[any](b, "window.speaker.close(), null")
}

// testOverflow expects every kind of overflow to be found.
func testOverflow(t *testing.T, b *browser.Tab) {
	t.Helper()
	b.Go(writeDeck(t, &Deck{Title: "too long", Slides: []Slide{
		{Text: "## Fits"},
		{Text: "## Too many lines\n" + strings.Repeat("\n- line", 14)},
		{Text: "## Too wide\n\n```text\n" + strings.Repeat("x", 100) + "\n```"},
		{Text: "## Too much code\n\n```text\n" + strings.Repeat("x\n", 24) + "```"},
		{Text: "## " + strings.Repeat("unbroken", 12)},
		{Kind: "title", Text: "# " + strings.Repeat("Too much of a title ", 20)},
	}}))
	browser.Eval[bool](b, measureScript)
	found := browser.Eval[map[string][]string](b, measureAll)
	require.Len(t, found, 5, "%v", found)
	require.NotContains(t, found, "1")
}

// The file is whole: nothing in it is to be fetched.
func TestADeckIsOneFile(t *testing.T) {
	script := regexp.MustCompile(`(?s)<script>.*?</script>`)
	for _, plan := range agenda.Plans {
		page, err := makeDeck(t, plan).HTML()
		require.NoError(t, err)
		require.Equal(t, 1, bytes.Count(page, []byte("<script")), "what the scripts hold ends none")
		rest := strings.ReplaceAll(script.ReplaceAllString(string(page), ""), "url(data:", "")
		for _, fetched := range []string{" src=", " href=", "@import", "url("} {
			require.False(t, strings.Contains(rest, fetched), "%s: %s", plan, fetched)
		}
	}
}
