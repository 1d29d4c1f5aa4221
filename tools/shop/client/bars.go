package client

import (
	"strings"
	"time"

	"example.com/workbook/tools/sandbox"
)

// bars draws an order's charges on one time axis, a line each: the same picture as
// the page's, in plain characters.
type bars struct {
	zero   time.Time     // when the first charge was asked for
	column time.Duration // how long one is; the first charge takes eight
	end    int           // the column behind the last charge
	shift  int           // columns that have gone by at the left
}

const (
	firstBar = 8
	barWidth = 60
	// underText is where the text of an order's lines begins.
	underText = 16
)

// legend explains the bars' characters.
const legend = "# gateway  . back-off  x failed  + charged  = repeated  - declined  ! broken"

// draw returns the line of a charge that took from begun to ended.
func (b *bars) draw(begun, ended time.Time, mark string) string {
	if b.column == 0 {
		b.zero, b.column = begun, max(ended.Sub(begun)/firstBar, time.Millisecond)
	}
	from := max(int(begun.Sub(b.zero)/b.column), b.end)
	to := max(int(ended.Sub(b.zero)/b.column), from+1)
	before := strings.Repeat(" ", max(0, b.end-b.shift)) + strings.Repeat(".", from-b.end)
	if to-b.shift > barWidth {
		b.shift = from
		before = "… "
	}
	b.end = to
	return strings.Repeat(" ", underText) + before + strings.Repeat("#", min(to-from, barWidth)-1) + mark
}

// endMark returns how a charge has ended, in one character.
func endMark(e sandbox.Entry) string {
	switch {
	case e.What == sandbox.Effect:
		return "+"
	case e.Again:
		return "="
	case e.What == sandbox.Dropped:
		return "!"
	case e.Status == 503:
		return "x"
	}
	return "-"
}
