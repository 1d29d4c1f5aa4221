package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"example.com/workbook/tools/proxy"
	"example.com/workbook/tools/restate"
	"example.com/workbook/tools/sandbox"
)

// endings are the attempts that end from now on.
func (s *served) endings() <-chan *proxy.Attempt {
	ended := make(chan *proxy.Attempt, 1000)
	for _, p := range s.programs() {
		p.proxy.OnEvent(func(e proxy.Event) {
			s.tables.Attempts(e)
			if e.What != proxy.Ended {
				return
			}
			select {
			case ended <- e.Attempt:
			default: // nobody reads as fast as that
			}
		})
	}
	return ended
}

// printJournals prints each invocation that ends, one after the other.
func (s *served) printJournals(ctx context.Context, ended <-chan *proxy.Attempt) {
	shown := map[int]bool{}
	for {
		select {
		case a := <-ended:
			// In one piece, since the program writes here as well.
			alone := len(ended) == 0 && !s.busy()
			// What is stopped can't be asked any more, and nobody wants to know.
			if text := s.tell(ctx, a, shown, alone); ctx.Err() == nil {
				os.Stdout.WriteString(text)
			}
		case <-ctx.Done():
			return
		}
	}
}

// tell is what there is to say at the end of an attempt: the whole invocation,
// when it was the last one.
func (s *served) tell(ctx context.Context, a *proxy.Attempt, shown map[int]bool, alone bool) string {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	switch {
	case a.End == "suspended":
		return ""
	case a.End != "done":
		return fmt.Sprintf("\n%s  %s  attempt %s\n", called(a), a.Invocation, a.Line())
	}
	s.live.next()
	var b strings.Builder
	fmt.Fprintf(&b, "\n%s  %s  %s\n", called(a), a.Invocation, s.outcome(ctx, a))
	titled(&b, "journal", s.journal(ctx, a.Invocation))
	titled(&b, "attempts", s.attempts(a.Invocation))
	titled(&b, "ledger", s.caused(ctx, a, shown, alone))
	return b.String()
}

func called(a *proxy.Attempt) string {
	if a.Key == "" {
		return a.Service + "/" + a.Handler
	}
	return a.Service + "/" + a.Key + "/" + a.Handler
}

func titled(b *strings.Builder, title string, lines []string) {
	const most = 40
	if over := len(lines) - most; over > 0 {
		lines = slices.Concat(lines[:most-10], []string{fmt.Sprintf("… %d more", over)}, lines[len(lines)-10:])
	}
	for _, l := range lines {
		fmt.Fprintf(b, "  %-8s  %s\n", title, strings.TrimRight(l, " "))
		title = ""
	}
}

// outcome is how Restate's table has the invocation. The stream ends a moment
// before the table knows.
func (s *served) outcome(ctx context.Context, a *proxy.Attempt) string {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		rows, err := s.server.Admin().Invocations(ctx, restate.InvocationFilter{IDs: []string{a.Invocation}})
		switch {
		case err != nil:
			return "ended"
		case len(rows) == 0: // it asks Restate to keep nothing
			return "ended, and forgotten"
		case rows[0].Status == "completed" && rows[0].Failure != "":
			return "failed: " + rows[0].Failure
		case rows[0].Status == "completed":
			return "completed"
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return rows[0].Status
		}
	}
}

// journal is Restate's own table, in its own words.
func (s *served) journal(ctx context.Context, id string) []string {
	rows, err := s.server.Admin().Journal(ctx, id)
	if err != nil {
		return []string{"cannot be read: " + err.Error()}
	}
	var b strings.Builder
	table := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, e := range rows {
		fmt.Fprintf(table, "%2d\t%s\t%s\t%s\n", e.Index, e.Type, e.About, e.Result)
	}
	table.Flush()
	return strings.Split(strings.TrimRight(b.String(), "\n"), "\n")
}

func (s *served) attempts(id string) []string {
	var lines []string
	for _, p := range s.programs() {
		for _, a := range p.proxy.Attempts(func(a *proxy.Attempt) bool { return a.Invocation == id }) {
			lines = append(lines, a.Line())
		}
	}
	return lines
}

// caused are the ledger's lines that this invocation brought about, as far as
// one can tell: of those that no other was shown with, the lines about a name
// that it was called with; all of them when nothing else runs.
func (s *served) caused(ctx context.Context, a *proxy.Attempt, shown map[int]bool, alone bool) []string {
	entries, err := s.outside.Ledger(ctx, "")
	if err != nil {
		return []string{"cannot be read: " + err.Error()}
	}
	var lines []string
	for _, e := range sandbox.Facts(entries) {
		if shown[e.N] || !alone && !a.IsAbout(e.Subject) {
			continue
		}
		shown[e.N] = true
		lines = append(lines, e.Line())
	}
	return lines
}

func (s *served) busy() bool {
	for _, p := range s.programs() {
		if len(p.proxy.Attempts(func(a *proxy.Attempt) bool { return a.End == "" })) > 0 {
			return true
		}
	}
	return false
}
