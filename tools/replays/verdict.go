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

// Kind is the first part of a verdict.
type Kind string

// The kinds of verdicts.
const (
	Fits       Kind = "fits"        // the new build replays the whole journal
	Strands    Kind = "strands"     // the new build does not replay the journal, so the invocation would fail again and again
	CannotTell Kind = "cannot tell" // Verdict.Reason explains why
)

// A Verdict reports whether an invocation can go on with the new build.
type Verdict struct {
	ID, Target, Status string // of the invocation, as in Journal

	Kind       Kind
	Commands   int    // how many commands the journal has, without the input
	DiffersAt  int    // the number of the first command that differs, counted from 1; 0 if none differs, or the number is not known
	Recorded   string // the recorded command that differs
	New        string // for Strands: what the new build does instead; for Fits: what the new build does next
	BeforeWait string // for Fits: what the new build does at a place where the old build waits, or ""
	Line       string // the line of the new code that differs, as file:line; "" if it is not known
	Reason     string // why the tool cannot tell, or more about the difference

	Refused int // how many requests to the outside world the replay sent, in code outside of steps
}

// judge lets the program replay one journal, and returns the verdict.
func (r *replayer) judge(ctx context.Context, j Journal) Verdict {
	before := r.countRefused()
	v := Verdict{ID: j.ID, Target: j.Target(), Status: j.Status}
	if err := r.decide(ctx, j, &v); err != nil {
		v.Kind, v.Reason = CannotTell, err.Error()
	}
	v.Refused = r.countRefused() - before
	return v
}

// decide sets the verdict on a journal. An error is the reason why the tool cannot tell.
func (r *replayer) decide(ctx context.Context, j Journal, v *Verdict) error {
	if err := j.check(); err != nil {
		return fmt.Errorf("%w: the invocation went on during each reading", err)
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
	v.Commands = last
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
			v.BeforeWait = v.New
		}
	default:
		return r.decideAwait(ctx, j, places, f, v)
	}
	return nil
}

// decideAwait sets the verdict on a handler that waits. A wait fits only behind the last recorded
// command: at an earlier place the recorded handler did not wait, but made the next command.
func (r *replayer) decideAwait(ctx context.Context, j Journal, places []int, f proxy.Failure, v *Verdict) error {
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
	v.DiffersAt = len(places) - reached
	v.Kind, v.Recorded = Strands, j.Entries[places[v.DiffersAt]].describe()
	return nil
}

// nameCommand describes the command with which a handler ended in a mismatch. The SDK reports the name
// of a step, but only the type of any other command. For those commands nameCommand repeats the replay, with
// a barrier of the same type in that place.
func (r *replayer) nameCommand(ctx context.Context, j Journal, f proxy.Failure) string {
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

// setFailed sets the verdict on a handler whose failure is not a mismatch with the journal.
func (v *Verdict) setFailed(f proxy.Failure) error {
	user, fromSDK := readStack(f.Stack)
	if fromSDK {
		v.Kind, v.Line, v.Reason = Strands, user, "the new code cannot read a recorded value: "+firstLine(f.Message)
		return nil
	}
	v.Line = user
	return fmt.Errorf("the handler fails outside of its steps: %s", cmp.Or(firstLine(f.Message), "without a message"))
}

// setStrands sets the verdict on a handler that makes another command than the recorded command.
func (v *Verdict) setStrands(recorded Entry, at int, f proxy.Failure) {
	v.Kind, v.DiffersAt, v.Recorded = Strands, at, recorded.describe()
	if t, _, _ := recorded.messageType(); t == f.Type {
		v.Reason = difference(f.Message)
	}
}

// difference returns the lines of the SDK's message that list how a command differs from the recorded
// command.
func difference(message string) string {
	_, lines, _ := strings.Cut(message, "- Difference:")
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

// shortenDifference shortens two long values to the part around their first difference.
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

// hasEnded reports whether the handler has ended as in its journal. The end of a handler is a command.
// Behind this command the SDK ends the invocation, and fails because it finds the barrier there.
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

// replay lets the program replay the first n commands of a journal and a barrier of type t, and returns
// the failure that the program reports. Because of the barrier, a program always reports a failure.
func (r *replayer) replay(ctx context.Context, j Journal, n int, t proxy.Type) (proxy.Failure, error) {
	if err := r.startAgain(ctx); err != nil {
		return proxy.Failure{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, replayLimit)
	defer cancel()
	a, err := replay(ctx, r.client, r.addr, j, n, t)
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return proxy.Failure{}, fmt.Errorf("the handler's code outside of steps ran for longer than %v", replayLimit)
	case err != nil && r.endsWithinASecond():
		return proxy.Failure{}, fmt.Errorf("the program ended while it replayed: %s", lastLine(r.output.String()))
	case err != nil:
		return proxy.Failure{}, err
	case a.status == http.StatusUnsupportedMediaType:
		return proxy.Failure{}, fmt.Errorf("the new build does not support version %d of the service protocol, with which the invocation has begun", j.Protocol)
	case a.status != http.StatusOK:
		return proxy.Failure{}, fmt.Errorf("the program answers with status %d", a.status)
	case a.failure == nil:
		return proxy.Failure{}, fmt.Errorf("the program did not stop behind the recorded commands (%v)", a.messages)
	}
	return *a.failure, nil
}
