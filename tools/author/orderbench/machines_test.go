package main

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/workbook/lessons/shop/store"
	"example.com/workbook/tools/restate"
	"example.com/workbook/tools/sandbox"
)

// An order of the empty twin costs as much of Restate as an order of the shop only if both have the
// same invocations, and each of these the same journal.
func TestTheTwinHasTheJournalsOfTheShop(t *testing.T) {
	t.Parallel()
	r := openShop(t, setting{})
	_, err := r.startFloor(t.Context())
	require.NoError(t, err)
	require.NoError(t, r.placeOrder(t.Context(), "a"))
	require.NoError(t, r.placeTwin(t.Context(), "a"))
	require.NoError(t, r.awaitMails(t.Context(), 1))
	require.NoError(t, r.awaitTwins(t.Context(), 1))

	all, err := r.nodes.Nodes[0].Admin().Invocations(t.Context(), restate.InvocationFilter{})
	require.NoError(t, err)
	shop, twin := map[string][]string{}, map[string][]string{}
	steps := 0
	for _, i := range all {
		entries, err := r.nodes.Nodes[0].Admin().Journal(t.Context(), i.ID)
		require.NoError(t, err)
		var journal []string
		for _, e := range entries {
			if e.Type == "Command: Run" {
				steps++
			}
			journal = append(journal, strings.ReplaceAll(e.Type+" "+e.About, "Empty", ""))
		}
		if i.Service == "Noop" {
			continue
		}
		if name, isTwin := strings.CutPrefix(i.HandlerName(), "Empty"); isTwin {
			twin[name] = journal
		} else {
			shop[name] = journal
		}
	}
	require.Equal(t, shop, twin)
	require.Len(t, shop, 4, "invocations")
	require.Equal(t, 2*9, steps)

	require.NoError(t, r.checkAll(t.Context(), []string{"a"}))
	require.EqualError(t, r.checkAll(t.Context(), []string{"a", "b"}), "order b is lost: it has no row\norder b was charged 0 times")
}

// An order that is not COMPLETED is an error, and so is one that was not charged once.
func TestCheckOrders(t *testing.T) {
	charge := func(id, what string) sandbox.Entry {
		return sandbox.Entry{What: what, Kind: sandbox.Charge, Subject: id}
	}
	rows := map[string]store.Order{"a": {Status: store.Completed}, "b": {Status: store.Completed}, "c": {Status: store.Paid}, "d": {Status: store.Completed}}
	ledger := []sandbox.Entry{
		charge("a", sandbox.Request), charge("a", sandbox.Request), charge("a", sandbox.Effect), charge("a", sandbox.Answer),
		{What: sandbox.Effect, Kind: sandbox.Mail, Subject: "a"},
		charge("b", sandbox.Effect), charge("c", sandbox.Effect), charge("d", sandbox.Effect), charge("b", sandbox.Effect),
	}
	require.NoError(t, checkOrders([]string{"a", "d"}, rows, ledger))
	for id, want := range map[string]string{
		"b": "order b was charged 2 times",
		"c": "order c is lost: it is PAID",
		"e": "order e is lost: it has no row\norder e was charged 0 times",
	} {
		require.EqualError(t, checkOrders([]string{"a", id, "d"}, rows, ledger), want)
	}
}

func TestCostLine(t *testing.T) {
	sampleOf := func(rate, server, others float64) sample {
		return sample{rate, [kinds]float64{servers: server, databases: 2, programs: 3.5, gateways: 1, clients: 0.25}, others}
	}
	line := costLine("one node", []sample{sampleOf(100, 5, 0.1), sampleOf(400, 4, 0.3), sampleOf(160, 6, 0.2)})
	require.Equal(t, "one node 160.0 200.0 | 5.0 2.0 3.5 10.5 | 1.0 0.2 | 0.20", strings.Join(strings.Fields(line), " "))
	requireSameColumns(t, costTitle, line)
	require.Regexp(t, `\| +unknown$`, costLine("one node", []sample{sampleOf(1, 1, math.NaN())}))
}

func TestRoomLine(t *testing.T) {
	line := roomLine("one node", room{memory: [kinds]int64{servers: 200, databases: 30, programs: 4, gateways: 1000}, disk: [kinds]int64{servers: 150, databases: 41}})
	require.Equal(t, "one node 200 30 4 234 | 150 41", strings.Join(strings.Fields(line), " "))
	requireSameColumns(t, roomTitle, line)
}

// requireSameColumns requires that the columns of a line end where those of the title do.
func requireSameColumns(t *testing.T, title, line string) {
	t.Helper()
	title, _, _ = strings.Cut(title, "\n")
	for i, c := range line {
		if c == '|' {
			require.Equal(t, '|', rune(title[i]), "%s\n%s", title, line)
		}
	}
}

func TestDescribe(t *testing.T) {
	require.Equal(t, "2.50 s (1.00 to 9.00 s)", describe([]time.Duration{9 * time.Second, time.Second, 2500 * time.Millisecond}))
}

// The sum of each kind of processes is that of its processes.
func TestMeasureCost(t *testing.T) {
	t.Parallel()
	r := openShop(t, setting{})
	m := &meter{rig: r, bench: &bench{runs: 1, scale: 1}}
	s, err := m.measureOrders(t.Context(), 8, 40)
	require.NoError(t, err)
	require.Positive(t, s.rate)
	for _, k := range []kind{servers, programs} { // 10 ms are the least time that is counted
		require.Positive(t, s.ms[k], "kind %d", k)
	}
	require.Zero(t, s.ms[databases], "SQLite is in the program")
	require.InDelta(t, s.ms[servers]+s.ms[programs], cpuOf(servers, programs)(s), 1e-9)
	used, err := r.measureRoom()
	require.NoError(t, err)
	require.Greater(t, used.memory[servers], int64(10))
	require.Greater(t, used.disk[servers], int64(10))
	require.Zero(t, used.memory[databases])
}

func TestReadDisk(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a", "b/c"} {
		path := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o777))
		var text bytes.Buffer
		_, err := fmt.Fprintf(&text, "%s", rand.Text()+strings.Repeat(rand.Text(), 50_000))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(path, text.Bytes(), 0o666))
		f, err := os.Open(path)
		require.NoError(t, err)
		require.NoError(t, f.Sync()) // some file systems give a file its blocks late
		require.NoError(t, f.Close())
	}
	of := func(path string) int64 {
		bytes, err := readDisk(path)
		require.NoError(t, err)
		return bytes
	}
	require.Positive(t, of(filepath.Join(dir, "a")))
	require.GreaterOrEqual(t, of(dir), of(filepath.Join(dir, "a"))+of(filepath.Join(dir, "b")))
	require.Zero(t, of(filepath.Join(dir, "gone")))
}
