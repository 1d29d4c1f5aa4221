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

var browserNames = []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"}

// maxWait is the limit for one action on a page. It allows for a busy machine.
const maxWait = 90 * time.Second

// Open opens an empty tab, 1920 by 1080, that is closed with the test. Where there is
// no browser, the test is skipped with a message. A script error on the page is an
// error of the test.
func Open(t testing.TB) *Tab {
	t.Helper()
	path := ""
	for _, name := range browserNames {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		t.Skip("there is no Chromium: apt-get install chromium, or on macOS install Chrome")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.WindowSize(1920, 1080), chromedp.NoSandbox,
		chromedp.Env("TMPDIR="+makeTempDir(t))) // the browser leaves folders there
	alloc, stop := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(stop)
	ctx, cancel := chromedp.NewContext(alloc)
	t.Cleanup(cancel)
	b := &Tab{t, ctx}
	b.runActions(chromedp.EmulateViewport(1920, 1080))
	require.NoError(t, chromedp.Listen(ctx, func(e any) {
		if thrown, ok := e.(*runtime.EventExceptionThrown); ok {
			t.Errorf("the page: %v", thrown.ExceptionDetails)
		}
	}))
	return b
}

// makeTempDir returns a folder for a browser's temporary files. Its path is short,
// because sockets are made in it.
func makeTempDir(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "browser")
	require.NoError(t, err)
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

func (b *Tab) runActions(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	require.NoError(b.t, chromedp.Do(b.ctx, steps...))
}

// Go loads a page and waits until it sets data-ready on its root element.
func (b *Tab) Go(url string) {
	b.t.Helper()
	b.runActions(chromedp.Navigate(url))
	b.Until(`document.documentElement.dataset.ready === "1"`)
}

// Until waits until a JavaScript expression is true.
func (b *Tab) Until(expression string) {
	b.t.Helper()
	_, err := chromedp.Run(b.ctx, chromedp.Poll[bool](expression, chromedp.WithPollingInterval(20*time.Millisecond), chromedp.WithPollingTimeout(maxWait)))
	if err != nil {
		b.Shot("failed")
	}
	require.NoError(b.t, err, expression)
}

// Eval returns the value of a JavaScript expression as a T.
func Eval[T any](b *Tab, expression string) (value T) {
	b.t.Helper()
	value, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	require.NoError(b.t, err, expression)
	return value
}

// Click clicks on the one element that a selector selects, as soon as it is visible and
// enabled.
func (b *Tab) Click(selector string) {
	b.t.Helper()
	b.runActions(chromedp.WaitVisible(selector), chromedp.ScrollIntoView(selector), chromedp.WaitEnabled(selector), chromedp.Click(selector, chromedp.NodeVisible))
}

// Type replaces the text of a field.
func (b *Tab) Type(selector, text string) {
	b.t.Helper()
	Eval[bool](b, fmt.Sprintf("document.querySelector(%q).select() ?? true", selector))
	b.runActions(chromedp.SendKeys(selector, text))
}

// Key presses a key, given its JavaScript name.
func (b *Tab) Key(name string) {
	b.t.Helper()
	keys := map[string]string{"ArrowLeft": kb.ArrowLeft, "ArrowRight": kb.ArrowRight, "Home": kb.Home, "End": kb.End, "Tab": kb.Tab, "Enter": kb.Enter, "Escape": kb.Escape}
	if keys[name] != "" {
		name = keys[name]
	}
	b.runActions(chromedp.KeyEvent(name))
}

// Size resizes the window.
func (b *Tab) Size(width, height int64) {
	b.t.Helper()
	b.runActions(chromedp.EmulateViewport(width, height))
}

// Prefers sets a media feature such as prefers-color-scheme.
func (b *Tab) Prefers(feature, value string) {
	b.t.Helper()
	_, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: feature, Value: value}}})
	require.NoError(b.t, err)
}

// Frame waits until the browser has drawn what was changed.
func (b *Tab) Frame() {
	b.t.Helper()
	Eval[bool](b, "new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(() => drawn(true))))")
}

// Shot saves a screenshot as a PNG in the folder that SCREENSHOTS names. Without
// SCREENSHOTS it does nothing.
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

// PDF returns the page as it would be printed.
func (b *Tab) PDF() []byte {
	b.t.Helper()
	yes := true
	printed, err := chromedp.Call(b.ctx, page.PrintToPDF, page.PrintToPDFParams{PrintBackground: &yes, PreferCSSPageSize: &yes})
	require.NoError(b.t, err)
	return printed.Data
}
