package stage

import (
	"context"
	"fmt"
	"maps"
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
			s.tables.Attempts(e, "")
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

// journalPrinter prints what becomes of the invocations of a lesson that is served.
type journalPrinter struct {
	*lessonRun
	ended <-chan *proxy.Attempt // attempts
	stuck chan restate.Stuck
	free  chan restate.Invocation // that were stuck

	shown map[int]bool      // entries of the ledger, by number
	whole map[string]string // what was called, by the id of each invocation that was printed whole
}

// printJournals prints each invocation that ends, one after the other, and each that does
// not go on by itself.
func (s *lessonRun) printJournals(ctx context.Context, ended <-chan *proxy.Attempt) {
	warned := false
	p := journalPrinter{s, ended, make(chan restate.Stuck), make(chan restate.Invocation), map[int]bool{}, map[string]string{}}
	stuck, free := hand(ctx, p.stuck), hand(ctx, p.free)
	go s.stage.Server.Admin().FollowStuck(ctx, func(i restate.Stuck, changed bool) {
		if changed {
			stuck(i)
		}
	}, free)
	for ctx.Err() == nil {
		text := p.nextText(ctx)
		// Once it is stopped, the server answers no more.
		if ctx.Err() == nil {
			os.Stdout.WriteString(text) // in one piece, since the program writes here as well
			if !warned && s.sources.HaveChanged() {
				warned = true
				fmt.Printf("\nwork/%s has changed, and what runs here is the program as it was before. Ctrl-C stops it; then: %s\n", s.lesson.Slug, s.command())
			}
		}
	}
}

// hand returns a function that hands on values until ctx is done.
func hand[T any](ctx context.Context, to chan<- T) func(T) {
	return func(v T) {
		select {
		case to <- v:
		case <-ctx.Done():
		}
	}
}

// nextText waits for what is to be printed next, and returns it.
func (p *journalPrinter) nextText(ctx context.Context) string {
	select {
	case a := <-p.ended:
		return p.describeEnd(ctx, a)
	case i := <-p.stuck:
		return DescribeStuck(i)
	case i := <-p.free:
		return p.describeKilled(ctx, i)
	case <-ctx.Done():
		return ""
	}
}

// describeKilled returns what to print of an invocation that was killed, of which no
// attempt tells the end.
func (p *journalPrinter) describeKilled(ctx context.Context, i restate.Invocation) string {
	if i.Status != "completed" || !strings.Contains(i.Failure, "killed") {
		return ""
	}
	a := &proxy.Attempt{Invocation: i.ID, Service: i.Service, Key: i.Key, Handler: i.Handler}
	return p.describeWhole(ctx, a, "failed: "+i.Failure)
}

// DescribeStuck returns what to print of an invocation that does not go on by itself.
func DescribeStuck(i restate.Stuck) string {
	var b strings.Builder
	fmt.Fprintf(&b, "\n%s  %s  %s\n", i.Target(), i.ID, i.Headline())
	for _, l := range i.Lines() {
		fmt.Fprintf(&b, "  %-8s  %s\n", l.Title, l.Text)
	}
	return b.String()
}

// describeEnd returns what to print at the end of an attempt: the whole invocation,
// when it was the last attempt.
func (p *journalPrinter) describeEnd(ctx context.Context, a *proxy.Attempt) string {
	switch {
	case a.End == "suspended":
		return ""
	case a.End != "done":
		return fmt.Sprintf("\n%s  %s  attempt %s\n", calleeOf(a), a.Invocation, a.Line())
	}
	return p.describeWhole(ctx, a, "")
}

// describeWhole returns what to print of an invocation that has ended, and of what others
// have done since they were printed. a is its last attempt. Without an outcome, it asks
// Restate for that.
func (p *journalPrinter) describeWhole(ctx context.Context, a *proxy.Attempt, outcome string) string {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	p.stage.Output.ResetBudget()
	if outcome == "" {
		outcome = p.findOutcome(ctx, a)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "\n%s  %s  %s\n", calleeOf(a), a.Invocation, outcome)
	writeTitled(&b, "journal", p.journalLines(ctx, a.Invocation))
	writeTitled(&b, "attempts", p.attemptLines(a.Invocation))
	own, late := p.ledgerLines(ctx, a)
	writeTitled(&b, "ledger", own)
	for _, id := range slices.Sorted(maps.Keys(late)) {
		fmt.Fprintf(&b, "\n%s  %s  after its end\n", p.whole[id], id)
		writeTitled(&b, "ledger", late[id])
	}
	p.whole[a.Invocation] = calleeOf(a)
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

// ledgerLines returns the ledger's lines that an invocation has caused, and those that
// others have caused since they were printed, by id. A request from outside of Restate's
// contexts does not say who sent it. Its lines belong to the invocation if they are about
// a name that it was called with, or if nothing else runs.
func (p *journalPrinter) ledgerLines(ctx context.Context, a *proxy.Attempt) (own []string, late map[string][]string) {
	entries, err := p.stage.Outside.Ledger(ctx, "")
	if err != nil {
		return []string{"cannot be read: " + err.Error()}, nil
	}
	alone := len(p.ended) == 0 && !p.isBusy() // after the ledger was read: a call may have begun before
	late = map[string][]string{}
	for _, e := range sandbox.Facts(entries) {
		if p.shown[e.N] {
			continue
		}
		switch by := e.Invocation; {
		case by == a.Invocation, by == "" && (alone || a.IsAbout(e.Subject)):
			own = append(own, e.Line())
		case p.whole[by] != "":
			late[by] = append(late[by], e.Line())
		default:
			continue
		}
		p.shown[e.N] = true
	}
	return own, late
}

func (s *lessonRun) isBusy() bool {
	for _, p := range s.programs() {
		if len(p.Proxy.Attempts(func(a *proxy.Attempt) bool { return a.End == "" })) > 0 {
			return true
		}
	}
	return false
}
