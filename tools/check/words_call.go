package check

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"sort"
	"strconv"
	"strings"
)

// words is the vocabulary; doc.go says what each means.
var words = map[string]Word{
	"judge":       judge,
	"call":        callWord,
	"begin":       begin,
	"finish":      finish,
	"cancel":      cancel,
	"heard":       heard,
	"fails":       fails,
	"remember":    remember,
	"answer":      answer,
	"differs":     differs,
	"named":       named,
	"forget":      forget,
	"pending":     pending,
	"scheduled":   scheduled,
	"attempts":    attempts,
	"completed":   completed,
	"price":       price,
	"hold":        hold,
	"held":        heldWord,
	"release":     release,
	"gather":      gather,
	"refuse":      refuse,
	"effects":     effects,
	"requests":    requests,
	"invocations": invocationsWord,
	"carries":     carries,
	"launch":      launch,
	"ended":       ended,
	"rolls":       rollsWord,
	"rolled":      rolled,
	"lose":        lose,
	"apart":       apart,
	"backs-off":   backsOff,
	"says":        says,
	"policy":      policy,
	"failing":     failing,
	"unsaid":      unsaid,
	"restart":     restart,
	"terminate":   terminate,
	"quits":       quits,
	"down":        down,
	"up":          up,
	"waiting":     waiting,
	"purge":       purge,
	"refused":     refused,
	"crash":       crash,
	"killed":      killed,
	"cut":         cut,
	"away":        away,
	"guess":       guess,
	"quiz":        quiz,
}

// call is one request to the ingress.
type call struct {
	target target
	where  string // the same as it stands in a URL
	body   string
	key    string        // the idempotency key that names it in Restate's tables; "" for a workflow's run
	done   chan struct{} // closed once there is an answer
	status int
	answer []byte
	err    error

	cancelled bool // by the script
}

// target is service/handler or service/key/handler.
type target struct{ service, key, handler string }

func parseTarget(s string) (target, error) {
	switch p := strings.Split(s, "/"); len(p) {
	case 2:
		return target{service: p[0], handler: p[1]}, nil
	case 3:
		return target{service: p[0], key: decoded(p[1]), handler: p[2]}, nil
	}
	return target{}, fmt.Errorf("%q is neither service/handler nor service/key/handler", s)
}

func (t target) String() string {
	if t.key == "" {
		return t.service + "/" + t.handler
	}
	return t.service + "/" + t.key + "/" + t.handler
}

// is says whether i is the call's own.
func (c *call) is(i invocation) bool {
	if c.key != "" {
		return i.Name == c.key
	}
	return c.target == target{i.Service, i.Key, i.Handler}
}

// send starts the request; its answer is waited for elsewhere.
func (s *Script) send(name, where, body string) (*call, error) {
	if err := s.world.needProgram(); err != nil {
		return nil, err
	}
	t, err := parseTarget(where)
	if err != nil {
		return nil, err
	}
	c := &call{target: t, where: where, body: body, key: s.subject + "/" + name, done: make(chan struct{})}
	if s.world.isRun(t) { // which Restate takes once for each key, and takes no header for
		c.key = ""
	}
	s.calls[name] = c
	go c.do(s.world)
	return c, nil
}

func judge(s *Script, args []string) error {
	if len(args) != 2 {
		return fmt.Errorf("usage: judge file function")
	}
	s.where = place{file: args[0], function: args[1]}
	return nil
}

func callWord(s *Script, args []string) error {
	if len(args) < 1 || len(args) > 2 {
		return fmt.Errorf("usage: call target [json]")
	}
	name := "call-" + strconv.Itoa(len(s.calls)+1)
	c, err := s.send(name, args[0], optional(args, 1))
	if err != nil {
		return err
	}
	s.note("called %s", c.target)
	return s.await(c)
}

func begin(s *Script, args []string) error {
	if len(args) < 2 || len(args) > 3 {
		return fmt.Errorf("usage: begin name[*n] target [json]")
	}
	name, times, err := repeat(args[0])
	if err != nil {
		return err
	}
	for i := range times {
		number := strings.NewReplacer("%d", strconv.Itoa(i+1))
		id := name
		if times > 1 {
			id = fmt.Sprintf("%s-%d", name, i+1)
		}
		if _, err := s.send(id, number.Replace(args[1]), number.Replace(optional(args, 2))); err != nil {
			return err
		}
	}
	if times > 1 {
		s.note("began %d calls of %s at once", times, args[1])
	} else {
		s.note("called %s", args[1])
	}
	return nil
}

// repeat splits name*n.
func repeat(s string) (name string, n int, err error) {
	name, count, ok := strings.Cut(s, "*")
	if !ok {
		return name, 1, nil
	}
	n, err = strconv.Atoi(count)
	return name, n, err
}

func finish(s *Script, args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("usage: finish name[*n]")
	}
	name, times, err := repeat(args[0])
	if err != nil {
		return err
	}
	if times == 1 {
		c := s.calls[name]
		if c == nil {
			return fmt.Errorf("no call %q was begun", name)
		}
		return s.await(c)
	}
	for i := range times {
		c := s.calls[fmt.Sprintf("%s-%d", name, i+1)]
		if err := s.await(c); err != nil {
			return err
		}
		if c.status != http.StatusOK {
			return wrongf(fmt.Sprintf("%d answers of 200", times), "%s", c.text())
		}
	}
	return nil
}

func optional(args []string, i int) string {
	if i < len(args) {
		return args[i]
	}
	return ""
}

// await waits for the answer; it gives up as soon as Restate's tables say that
// none will come.
func (s *Script) await(c *call) error {
	ctx, cancel := context.WithTimeout(s.ctx, callLimit)
	defer cancel()
	look := s.looks(ctx)
	for {
		select {
		case <-c.done:
			s.last = c
			return c.err
		case l := <-look:
			if err := l(ctx, c); err != nil && ctx.Err() == nil {
				return err
			}
		case <-ctx.Done():
			return wrongf("an answer from "+c.target.String(), "none within %v", callLimit)
		}
	}
}

// text is the answer in one short line.
func (c *call) text() string {
	body := strings.TrimSpace(string(c.answer))
	var e struct{ Message string }
	if c.status >= 400 && json.Unmarshal(c.answer, &e) == nil && e.Message != "" {
		body, _, _ = strings.Cut(e.Message, "\n")
	}
	if len(body) > 300 {
		body = body[:300] + "…"
	}
	return strings.TrimSpace(fmt.Sprintf("%d %s", c.status, body))
}

func answer(s *Script, args []string) error {
	if len(args) < 1 || len(args) > 2 {
		return fmt.Errorf("usage: answer code [json]")
	}
	if s.last == nil {
		return fmt.Errorf("no call was made")
	}
	want := strings.Join(args, " ")
	code, err := strconv.Atoi(args[0])
	if err != nil {
		return err
	}
	if s.last.status != code {
		return wrongf(want, "%s", s.last.text())
	}
	if len(args) == 1 {
		return nil
	}
	ok, err := holds(s.last.answer, []byte(args[1]))
	if err != nil {
		return err
	}
	if !ok {
		return wrongf(want, "%s", s.last.text())
	}
	return nil
}

// answered says whether there is an answer yet.
func (c *call) answered() bool {
	select {
	case <-c.done:
		return true
	default:
		return false
	}
}

// differs: the last answer is not the one before it, nor any earlier.
func differs(s *Script, args []string) error {
	if len(args) != 0 || s.last == nil {
		return fmt.Errorf("usage: differs, after two calls")
	}
	for _, c := range s.calls {
		if c != s.last && c.answered() && c.status == s.last.status && bytes.Equal(c.answer, s.last.answer) {
			return wrongf("two answers that differ", "twice %s", c.text())
		}
	}
	return nil
}

// named: each step of the script's invocations has a name.
func named(s *Script, args []string) error {
	if len(args) != 0 {
		return fmt.Errorf("usage: named")
	}
	for _, a := range s.ownAttempts(s.ctx) {
		for _, step := range a.Steps {
			if strings.HasPrefix(step.Name, "step ") {
				return wrongf("a name for each step, for people who read the journal", "%s has none", step.Name)
			}
		}
	}
	return nil
}

// holds says whether the answer has everything that want names: objects may
// have more fields, all else must be equal.
func holds(got, want []byte) (bool, error) {
	var w any
	if err := decode(want, &w); err != nil {
		return false, fmt.Errorf("the script's JSON: %w", err)
	}
	var g any
	if err := decode(got, &g); err != nil {
		return false, nil
	}
	return within(g, w), nil
}

func decode(b []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	return d.Decode(v)
}

func within(got, want any) bool {
	w, ok := want.(map[string]any)
	if !ok {
		if list, ok := want.([]any); ok {
			return eachWithin(got, list)
		}
		return reflect.DeepEqual(got, want)
	}
	g, ok := got.(map[string]any)
	if !ok {
		return false
	}
	for k, v := range w {
		if gv, ok := g[k]; !ok || !within(gv, v) {
			return false
		}
	}
	return true
}

func eachWithin(got any, want []any) bool {
	g, ok := got.([]any)
	if !ok || len(g) != len(want) {
		return false
	}
	for i := range want {
		if !within(g[i], want[i]) {
			return false
		}
	}
	return true
}

// forget wipes a virtual object's state in Restate, as retention or an
// operator would.
func forget(s *Script, args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("usage: forget service/key")
	}
	service, key, ok := strings.Cut(args[0], "/")
	if !ok {
		return fmt.Errorf("usage: forget service/key")
	}
	s.note("wiped the state of %s", args[0])
	if err := s.world.server.Admin().SetState(s.ctx, service, key, nil); err != nil {
		return err
	}
	return s.world.stateGone(s.ctx, service, key)
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
