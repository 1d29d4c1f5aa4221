package replays

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"sort"
	"strings"

	"example.com/workbook/tools/proxy"
)

// Kind is what a verdict says.
type Kind string

// The kinds of verdicts.
const (
	Fits       Kind = "fits"        // the new build replays all that was recorded
	Strands    Kind = "strands"     // the new build does not replay it: the invocation would fail again and again
	CannotTell Kind = "cannot tell" // for the reason in Verdict.Reason
)

// A Verdict says whether an invocation can go on with the new build.
type Verdict struct {
	ID, Target, Status string // of the invocation, as in Journal

	Kind     Kind
	Of       int    // commands recorded, without the input
	At       int    // the command that differs, counted from 1; 0 if none does, or if its place is not known
	Recorded string // that command
	New      string // what the new build does in its place; for Fits what it does next
	Early    string // for Fits: what the new build does while the server waits for something else, or ""
	Line     string // of the new code: file:line, "" where it is not known
	Reason   string // what else is to be said

	Refused int // requests to the outside world that the replay made, in plain code outside of steps
}

// judge lets the program replay one journal.
func (r *room) judge(ctx context.Context, j Journal) Verdict {
	before := r.countRefused()
	v := Verdict{ID: j.ID, Target: j.Target(), Status: j.Status}
	if err := r.decide(ctx, j, &v); err != nil {
		v.Kind, v.Reason = CannotTell, err.Error()
	}
	v.Refused = r.countRefused() - before
	return v
}

// decide sets the verdict on a journal. An error is a reason why there is none.
func (r *room) decide(ctx context.Context, j Journal, v *Verdict) error {
	if err := j.check(); err != nil {
		return fmt.Errorf("%w: it went on at each reading", err)
	}
	if !slices.Contains(r.handlers, j.Service+"/"+j.Handler) {
		v.Kind, v.Reason = Strands, "the new build has no handler "+j.Service+"/"+j.Handler
		return nil
	}
	places, err := j.commands()
	if err != nil {
		return err
	}
	last := len(places) - 1
	v.Of = last
	f, err := r.replay(ctx, j, len(places), proxy.Step)
	if err != nil {
		return err
	}
	switch {
	case hasEnded(f) && j.Entries[places[last]].Type == "Command: Output":
		v.Kind, v.New = Fits, "nothing, since the handler has ended"
	case f.Code != proxy.Mismatch:
		return v.setFailed(f)
	case !isAwait(f) && f.Command == nil:
		return fmt.Errorf("the SDK does not say where the handler differs: %s", firstLine(f.Message))
	case !isAwait(f) && *f.Command < len(places):
		v.setStrands(j.Entries[places[*f.Command]], *f.Command, f)
		v.New = r.nameCommand(ctx, j, f)
	case !isAwait(f):
		v.Kind, v.New = Fits, r.nameCommand(ctx, j, f)
		if j.hasWait() {
			v.Early = v.New
		}
	default:
		return r.decideAwait(ctx, j, places, f, v)
	}
	return nil
}

// decideAwait sets the verdict on a handler that waits. Waiting fits behind the last command, and nowhere before: at
// an earlier place the handler did not wait when the journal was recorded.
func (r *room) decideAwait(ctx context.Context, j Journal, places []int, f proxy.Failure, v *Verdict) error {
	awaited := cmp.Or(j.awaited(f.Message), "something")
	var failed error
	reaches := func(n int) bool {
		f, err := r.replay(ctx, j, n, proxy.Step)
		failed = errors.Join(failed, err)
		return err == nil && !isAwait(f) && f.Command != nil && *f.Command == n
	}
	last := len(places) - 1
	if last == 0 || reaches(last) {
		v.Kind, v.New = Fits, "waits for "+awaited
		return failed
	}
	reached := sort.Search(last, func(i int) bool { return reaches(last - i) })
	if failed != nil {
		return failed
	}
	v.New = "a wait for " + awaited
	v.At = len(places) - reached
	v.Kind, v.Recorded = Strands, j.Entries[places[v.At]].describe()
	return nil
}

// nameCommand returns the command at which a handler ended with a mismatch. The SDK gives a step's name, and of
// other commands the type alone. For these the replay is repeated, with a barrier of the same type in that place.
func (r *room) nameCommand(ctx context.Context, j Journal, f proxy.Failure) string {
	target := map[proxy.Type]bool{proxy.Call: true, proxy.Send: true}
	if f.Name != "" || !target[f.Type] && !hasKey[f.Type] {
		return describe(f.Type, f.Name)
	}
	again, err := r.replay(ctx, j, *f.Command, f.Type)
	if err != nil || again.Command == nil || *again.Command != *f.Command || again.Type != f.Type {
		return describe(f.Type, "")
	}
	value := func(field string) string {
		m := regexp.MustCompile(`(?m)^ *` + field + `: .* != '?(.*?)'?$`).FindStringSubmatch(again.Message)
		if m == nil {
			return ""
		}
		return m[1]
	}
	if hasKey[f.Type] {
		return describe(f.Type, value("key"))
	}
	if name := targetOf(value("service_name"), value("key"), value("handler_name")); name != "/" {
		return verbs[f.Type] + " " + name
	}
	return describe(f.Type, "")
}

// setFailed sets the verdict on a handler that fails otherwise than by doing something else than what was recorded.
func (v *Verdict) setFailed(f proxy.Failure) error {
	user, fromSDK := readStack(f.Stack)
	if fromSDK {
		v.Kind, v.Line, v.Reason = Strands, user, "the new code cannot read what was recorded: "+firstLine(f.Message)
		return nil
	}
	v.Line = user
	return fmt.Errorf("the handler fails outside of its steps: %s", cmp.Or(firstLine(f.Message), "without a message"))
}

// setStrands sets the verdict on a handler that does another command than the recorded one.
func (v *Verdict) setStrands(recorded Entry, at int, f proxy.Failure) {
	v.Kind, v.At, v.Recorded = Strands, at, recorded.describe()
	if t, _, _ := recorded.messageType(); t == f.Type {
		v.Reason = difference(f.Message)
	}
}

// difference returns the lines of the SDK's message in which a command differs from the recorded one.
func difference(said string) string {
	_, lines, _ := strings.Cut(said, "- Difference:")
	var all []string
	for line := range strings.Lines(lines) {
		if line = strings.TrimSpace(line); line != "" {
			all = append(all, shortenDifference(line))
		}
	}
	return strings.Join(all, "; ")
}

// twoValues matches a field of a command with its recorded value and the new one.
var twoValues = regexp.MustCompile(`^(\w+): '(.*)' != '(.*)'$`)

// shortenDifference leaves out what two long values begin with alike, and how they end.
func shortenDifference(line string) string {
	const (
		before = 20
		most   = 60
	)
	m := twoValues.FindStringSubmatch(line)
	if m == nil || len(line) <= 2*most {
		return line
	}
	a, b := []rune(m[2]), []rune(m[3])
	same := 0
	for same < min(len(a), len(b)) && a[same] == b[same] {
		same++
	}
	from := max(0, same-before)
	part := func(all []rune) string {
		s := string(all[from:min(len(all), from+most)])
		if from > 0 {
			s = "…" + s
		}
		if from+most < len(all) {
			s += "…"
		}
		return s
	}
	return fmt.Sprintf("%s: '%s' != '%s'", m[1], part(a), part(b))
}

// hasEnded reports whether the handler has ended as it was recorded. A handler's end is a command, and the SDK then
// meets the barrier where the invocation ends.
func hasEnded(f proxy.Failure) bool {
	return strings.Contains(f.Message, "when invoking '\"end invocation\"'")
}

func isAwait(f proxy.Failure) bool {
	return f.Code == proxy.Mismatch && strings.Contains(f.Message, "'await' could not be replayed")
}

func firstLine(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	return s
}

// replay returns how the program ends when it replays the first n commands of a journal, and behind them a barrier of
// type t. It always ends with a failure, because of the barrier.
func (r *room) replay(ctx context.Context, j Journal, n int, t proxy.Type) (proxy.Failure, error) {
	if err := r.startAgain(ctx); err != nil {
		return proxy.Failure{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, replayLimit)
	defer cancel()
	a, err := replay(ctx, r.client, r.addr, j, n, t)
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return proxy.Failure{}, fmt.Errorf("the handler's code outside of steps ran for longer than %v", replayLimit)
	case err != nil && r.hasEndedSoon():
		return proxy.Failure{}, fmt.Errorf("the program ended while it replayed: %s", lastWords(r.output.String()))
	case err != nil:
		return proxy.Failure{}, err
	case a.status == http.StatusUnsupportedMediaType:
		return proxy.Failure{}, fmt.Errorf("the new build does not speak version %d of the service protocol, to which the invocation is pinned", j.Protocol)
	case a.status != http.StatusOK:
		return proxy.Failure{}, fmt.Errorf("the program answers with status %d", a.status)
	case a.failure == nil:
		return proxy.Failure{}, fmt.Errorf("the program did not stop behind what was recorded (%v)", a.messages)
	}
	return *a.failure, nil
}
