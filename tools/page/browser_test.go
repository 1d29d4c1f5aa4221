package page

import (
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/browser"
)

// state is what the page says of itself to tests.
type state struct {
	Orders, Finished int
	Selected         string
	Marks            []string
	Charges          map[string]int
}

func stateOf(b *browser.Tab) state { return browser.Eval[state](b, "window.__state()") }

func TestReplayWithoutAServer(t *testing.T) {
	t.Parallel()
	b := browser.Open(t)
	b.Go(served(t, &Page{Title: "make replay"}) + "/?recording=6-two-charges")
	b.Until("window.__state().orders === 1")
	b.Click("#to-end")
	s := stateOf(b)
	require.Equal(t, 1, s.Finished)
	for _, n := range s.Charges {
		require.Equal(t, 2, n)
	}
	b.Shot("replay-two-charges-light")
	b.Prefers("prefers-color-scheme", "dark")
	b.Shot("replay-two-charges-dark")
}
