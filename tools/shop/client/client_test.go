package client

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestBars(t *testing.T) {
	s, placed := time.Second, time.Now()
	for _, c := range []struct {
		name    string
		charges [][2]time.Duration
		want    string
	}{
		{"one", [][2]time.Duration{{0, 5 * s}}, "#######x"},
		{"three", [][2]time.Duration{{0, 5 * s}, {6 * s, 11 * s}, {13 * s, 18 * s}}, "#######x\n        .#######x\n                 ...#######x"},
		{"at once", [][2]time.Duration{{0, 0}, {0, 0}}, "x\n x"},
		{"slow, after a fast one", [][2]time.Duration{{0, 8 * time.Millisecond}, {s, 2 * s}}, "#######x\n… " + strings.Repeat("#", 59) + "x"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var b bars
			var lines []string
			for _, charge := range c.charges {
				line := b.draw(placed.Add(charge[0]), placed.Add(charge[1]), "x")
				require.LessOrEqual(t, len([]rune(line)), 80, c.name)
				lines = append(lines, line[underText:])
			}
			require.Equal(t, c.want, strings.Join(lines, "\n"), c.name)
		})
	}
	require.LessOrEqual(t, len(legend), 80)
}
