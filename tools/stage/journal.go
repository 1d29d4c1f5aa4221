package stage

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

// watchEnds returns a channel of the attempts that end from now on.
func (s *lessonRun) watchEnds() <-chan *proxy.Attempt {
	ended := make(chan *proxy.Attempt, 1000)
	for _, p := range s.programs() {
		p.Proxy.OnEvent(func(e proxy.Event) {
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
func (s *lessonRun) printJournals(ctx context.Context, ended <-chan *proxy.Attempt) {
	shown := map[int]bool{}
	for {
		select {
		case a := <-ended:
			// In one piece, since the program writes here as well.
			alone := len(ended) == 0 && !s.isBusy()
			// Once it is stopped, the server answers no more.
			if text := s.describeEnd(ctx, a, shown, alone); ctx.Err() == nil {
				os.Stdout.WriteString(text)
			}
		case <-ctx.Done():
			return
		}
	}
}

// describeEnd returns what to print at the end of an attempt: the whole invocation,
// when it was the last attempt.
func (s *lessonRun) describeEnd(ctx context.Context, a *proxy.Attempt, shown map[int]bool, alone bool) string {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	switch {
	case a.End == "suspended":
		return ""
	case a.End != "done":
		return fmt.Sprintf("\n%s  %s  attempt %s\n", calleeOf(a), a.Invocation, a.Line())
	}
	s.stage.Output.ResetBudget()
	var b strings.Builder
	fmt.Fprintf(&b, "\n%s  %s  %s\n", calleeOf(a), a.Invocation, s.findOutcome(ctx, a))
	writeTitled(&b, "journal", s.journalLines(ctx, a.Invocation))
	writeTitled(&b, "attempts", s.attemptLines(a.Invocation))
	writeTitled(&b, "ledger", s.ledgerLines(ctx, a, shown, alone))
	return b.String()
}

// calleeOf returns what an attempt runs, with its key: Service/key/Handler.
func calleeOf(a *proxy.Attempt) string {
	if a.Key == "" {
		return a.Service + "/" + a.Handler
	}
	return a.Service + "/" + a.Key + "/" + a.Handler
}

// writeTitled writes lines with a title before the first. Of too many lines it
// leaves out some.
func writeTitled(b *strings.Builder, title string, lines []string) {
	const most = 40
	if over := len(lines) - most; over > 0 {
		lines = slices.Concat(lines[:most-10], []string{fmt.Sprintf("… %d more", over)}, lines[len(lines)-10:])
	}
	for _, l := range lines {
		fmt.Fprintf(b, "  %-8s  %s\n", title, strings.TrimRight(l, " "))
		title = ""
	}
}

// findOutcome returns from Restate's table how the invocation ended. The stream
// ends a moment before the table is updated.
func (s *lessonRun) findOutcome(ctx context.Context, a *proxy.Attempt) string {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		rows, err := s.stage.Server.Admin().Invocations(ctx, restate.InvocationFilter{IDs: []string{a.Invocation}})
		switch {
		case err != nil:
			return "ended"
		case len(rows) == 0: // it asks Restate to keep nothing
			return "ended, and Restate has deleted it"
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

// journalLines returns Restate's own table of a journal, in its own words.
func (s *lessonRun) journalLines(ctx context.Context, id string) []string {
	rows, err := s.stage.Server.Admin().Journal(ctx, id)
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

func (s *lessonRun) attemptLines(id string) []string {
	var lines []string
	for _, p := range s.programs() {
		for _, a := range p.Proxy.Attempts(func(a *proxy.Attempt) bool { return a.Invocation == id }) {
			lines = append(lines, a.Line())
		}
	}
	return lines
}

// ledgerLines returns the ledger's lines that this invocation has caused, as far as
// one can know: of those that were printed with no other, the lines about a name
// that it was called with; all of them when nothing else runs.
func (s *lessonRun) ledgerLines(ctx context.Context, a *proxy.Attempt, shown map[int]bool, alone bool) []string {
	entries, err := s.stage.Outside.Ledger(ctx, "")
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

func (s *lessonRun) isBusy() bool {
	for _, p := range s.programs() {
		if len(p.Proxy.Attempts(func(a *proxy.Attempt) bool { return a.End == "" })) > 0 {
			return true
		}
	}
	return false
}
