package page

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestHubNumbersAndKeeps(t *testing.T) {
	h := NewHub()
	news, changed := h.After(0, 10)
	require.Empty(t, news)
	h.Add(Event{What: Run, Name: "a run"})
	<-changed
	for range maxEvents {
		h.Add(Event{What: Row, Subject: "o-1"})
	}
	news, _ = h.After(0, 1)
	require.Equal(t, maxEvents/10+1, news[0].N, "the oldest tenth is gone")
	news, _ = h.After(maxEvents, 10)
	require.Len(t, news, 1)
	require.Equal(t, maxEvents+1, news[0].N)
	require.WithinDuration(t, time.Now(), news[0].T, time.Minute)

	lines := record(t, h, "")
	require.Equal(t, "a title", lines[0].Name, "it begins with the run, though that is kept no more")
}

// record returns the events of a recording of one order.
func record(t *testing.T, h *Hub, subject string) (all []Event) {
	t.Helper()
	var b strings.Builder
	require.NoError(t, h.Write(&b, "a title", "about", subject))
	for line := range strings.Lines(b.String()) {
		var e Event
		require.NoError(t, json.Unmarshal([]byte(line), &e))
		require.Equal(t, len(all)+1, e.N)
		all = append(all, e)
	}
	return all
}

func TestRecordingOfOneOrder(t *testing.T) {
	h := NewHub()
	begin := time.Now()
	add := func(ms int, e Event) {
		e.T = begin.Add(time.Duration(ms) * time.Millisecond)
		h.Add(e)
	}
	add(0, Event{What: Run, Name: "make shop"})
	require.ErrorContains(t, h.Write(&strings.Builder{}, "", "", ""), "nothing has happened")
	add(1, Event{What: Unit, Name: "program", How: "up"})
	add(2, Event{What: Unit, Name: "program", How: "signal: killed"})
	add(3, Event{What: Row, Subject: "o-1", How: "PENDING"})
	add(4, Event{What: Unit, Name: "program", How: "up"})
	add(6, Event{What: Row, Subject: "o-2", How: "PAID"})
	add(5, Event{What: Journal, Subject: "o-2"}) // it came to be known late
	add(7, Event{What: Unit, Name: "restate", How: "signal: killed"})
	add(8, Event{What: Row, Subject: "o-2", How: "COMPLETED"})
	add(9, Event{What: Unit, Name: "program", How: "signal: killed"})

	var got []string
	for _, e := range record(t, h, "o-2") {
		got = append(got, strings.TrimSpace(e.What+" "+e.Name+" "+e.How))
	}
	require.Equal(t, []string{"run a title", "unit program up", "journal", "row  PAID", "unit restate signal: killed", "row  COMPLETED"}, got)
	require.Len(t, record(t, h, ""), 9)
}

// What ships was made by the real system, and shows what it says.
func TestRecordingsThatShip(t *testing.T) {
	all, err := Recordings(nil)
	require.NoError(t, err)
	want := map[string]struct{ charges, effects, keys int }{
		"1-one-attempt": {1, 1, 1}, "2-two-attempts": {2, 1, 1}, "3-three-attempts": {3, 1, 1}, "4-four-attempts": {4, 1, 1},
		"5-killed-after-the-charge": {2, 1, 1}, "6-two-charges": {2, 2, 2},
	}
	require.Len(t, all, len(want))
	for _, r := range all {
		text, err := files.ReadFile("recordings/" + r.Name + suffix)
		require.NoError(t, err)
		charges, effects, keys, orders := 0, 0, map[string]bool{}, map[string]bool{}
		sources := map[string]bool{}
		for line := range strings.Lines(string(text)) {
			var e Event
			require.NoError(t, json.Unmarshal([]byte(line), &e))
			sources[e.What] = true
			if e.Subject != "" {
				orders[e.Subject] = true
			}
			if e.What == Ledger && e.Entry.Kind == "charge" {
				keys[e.Entry.Key] = true
				charges += map[string]int{"request": 1}[e.Entry.What]
				effects += map[string]int{"effect": 1}[e.Entry.What]
			}
		}
		require.Equal(t, want[r.Name], struct{ charges, effects, keys int }{charges, effects, len(keys)}, r.Name)
		require.Len(t, orders, 1, r.Name)
		for _, what := range []string{Run, Unit, Program, Attempt, Step, Message, End, Ledger, Row, Journal, Invocation} {
			require.True(t, sources[what], "%s has no %s", r.Name, what)
		}
		require.NotEmpty(t, r.Title)
		require.NotEmpty(t, r.About)
	}
}
