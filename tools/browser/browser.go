// Package browser drives a real browser in tests: headless Chromium or Chrome.
package browser

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"
)

// Tab is a page in a browser of its own.
type Tab struct {
	t   testing.TB
	ctx context.Context
}

var names = []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"}

// patience is how long a page may take for one thing, on a busy machine.
const patience = 90 * time.Second

// Open opens an empty tab, 1920 by 1080, that is closed with the test. Where there
// is no browser the test is skipped, and says so. A script error on the page is an
// error of the test.
func Open(t testing.TB) *Tab {
	t.Helper()
	path := ""
	for _, name := range names {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		t.Skip("there is no Chromium: apt-get install chromium, or on macOS install Chrome")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.WindowSize(1920, 1080), chromedp.NoSandbox,
		chromedp.Env("TMPDIR="+ownTemp(t))) // it leaves folders behind there
	alloc, stop := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(stop)
	ctx, cancel := chromedp.NewContext(alloc)
	t.Cleanup(cancel)
	b := &Tab{t, ctx}
	b.run(chromedp.EmulateViewport(1920, 1080))
	require.NoError(t, chromedp.Listen(ctx, func(e any) {
		if thrown, ok := e.(*runtime.EventExceptionThrown); ok {
			t.Errorf("the page: %v", thrown.ExceptionDetails)
		}
	}))
	return b
}

// ownTemp is a folder for a browser's temporary files; its path is short, for sockets.
func ownTemp(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "browser")
	require.NoError(t, err)
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

func (b *Tab) run(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	require.NoError(b.t, chromedp.Do(b.ctx, steps...))
}

// Go goes to a page and waits until it says that it is ready.
func (b *Tab) Go(url string) {
	b.t.Helper()
	b.run(chromedp.Navigate(url))
	b.Until(`document.documentElement.dataset.ready === "1"`)
}

// Until waits until an expression of JavaScript's is true.
func (b *Tab) Until(expression string) {
	b.t.Helper()
	_, err := chromedp.Run(b.ctx, chromedp.Poll[bool](expression, chromedp.WithPollingInterval(20*time.Millisecond), chromedp.WithPollingTimeout(patience)))
	if err != nil {
		b.Shot("failed")
	}
	require.NoError(b.t, err, expression)
}

// Eval is the value of an expression of JavaScript's, as T.
func Eval[T any](b *Tab, expression string) (value T) {
	b.t.Helper()
	value, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	require.NoError(b.t, err, expression)
	return value
}

// Click clicks on the one thing that a selector selects, once it can be clicked on.
func (b *Tab) Click(selector string) {
	b.t.Helper()
	b.run(chromedp.WaitVisible(selector), chromedp.ScrollIntoView(selector), chromedp.WaitEnabled(selector), chromedp.Click(selector, chromedp.NodeVisible))
}

// Type puts text into a field, in the place of what was there.
func (b *Tab) Type(selector, text string) {
	b.t.Helper()
	Eval[bool](b, fmt.Sprintf("document.querySelector(%q).select() ?? true", selector))
	b.run(chromedp.SendKeys(selector, text))
}

// Key presses a key, by the name that JavaScript has for it.
func (b *Tab) Key(name string) {
	b.t.Helper()
	keys := map[string]string{"ArrowLeft": kb.ArrowLeft, "ArrowRight": kb.ArrowRight, "Home": kb.Home, "End": kb.End, "Tab": kb.Tab, "Enter": kb.Enter, "Escape": kb.Escape}
	if keys[name] != "" {
		name = keys[name]
	}
	b.run(chromedp.KeyEvent(name))
}

// Size makes the window another size.
func (b *Tab) Size(width, height int64) {
	b.t.Helper()
	b.run(chromedp.EmulateViewport(width, height))
}

// Prefers sets a media feature, prefers-color-scheme for one.
func (b *Tab) Prefers(feature, value string) {
	b.t.Helper()
	_, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: feature, Value: value}}})
	require.NoError(b.t, err)
}

// Frame waits until what was done is drawn.
func (b *Tab) Frame() {
	b.t.Helper()
	Eval[bool](b, "new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(() => drawn(true))))")
}

// Shot saves what is to be seen as a PNG in the folder that SCREENSHOTS names; where
// it names none, nothing.
func (b *Tab) Shot(name string) {
	b.t.Helper()
	dir := os.Getenv("SCREENSHOTS")
	if dir == "" {
		return
	}
	b.Frame()
	png, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
	require.NoError(b.t, err)
	require.NoError(b.t, os.MkdirAll(dir, 0o777))
	require.NoError(b.t, os.WriteFile(filepath.Join(dir, name+".png"), png, 0o666))
}

// PDF is what the page looks like on paper.
func (b *Tab) PDF() []byte {
	b.t.Helper()
	yes := true
	printed, err := chromedp.Call(b.ctx, page.PrintToPDF, page.PrintToPDFParams{PrintBackground: &yes, PreferCSSPageSize: &yes})
	require.NoError(b.t, err)
	return printed.Data
}
