package replays

import (
	"cmp"
	"fmt"
	"regexp"
	"strings"

	"google.golang.org/protobuf/encoding/protowire"

	"example.com/workbook/tools/proxy"
)

// verbs has a word for what a handler does with each type of command.
var verbs = map[proxy.Type]string{
	0x0400: "input", proxy.Output: "the handler's end",
	0x0402: "get", 0x0403: "set", 0x0404: "clear", 0x0405: "clear all state", 0x0406: "keys", 0x0407: "get", 0x0408: "keys",
	0x0409: "promise", 0x040a: "peek promise", 0x040b: "complete promise",
	0x040c: "sleep", proxy.Call: "call", proxy.Send: "send", 0x0410: "send signal", proxy.Step: "step",
	0x0412: "attach", 0x0413: "look for output", 0x0414: "complete awakeable",
}

// hasKey has the types of commands whose field 1 is the key of a state entry or of a promise.
var hasKey = map[proxy.Type]bool{0x0402: true, 0x0403: true, 0x0404: true, 0x0407: true, 0x0409: true, 0x040a: true, 0x040b: true}

// describe returns a text for people about a command: its verb, and its name if it has one.
func describe(t proxy.Type, name string) string {
	verb := cmp.Or(verbs[t], t.String())
	switch {
	case name != "":
		return fmt.Sprintf("%s %q", verb, name)
	case t == proxy.Step:
		return verb + " without a name"
	}
	return verb
}

// describe returns a text for people about an entry that is a command.
func (e Entry) describe() string {
	t, _, err := e.messageType()
	if err != nil {
		return e.Type
	}
	field := func(n int) string { return string(proxy.BytesField(e.Raw, fieldNumber(n))) }
	if hasKey[t] {
		return describe(t, field(1))
	}
	switch t {
	case proxy.Step, 0x040c:
		return describe(t, field(12))
	case proxy.Call:
		return verbs[t] + " " + targetOf(field(1), field(5), field(2))
	case proxy.Send:
		return verbs[t] + " " + targetOf(field(1), field(6), field(2))
	}
	return describe(t, "")
}

func targetOf(service, key, handler string) string {
	return Journal{Service: service, Key: key, Handler: handler}.Target()
}

// completions returns the completion ids of a command: the id for its result, and for a call also the
// id for the message with the called invocation's id.
func (e Entry) completions() []uint64 {
	fields := []int{11}
	switch t, _, _ := e.messageType(); t {
	case proxy.Call:
		fields = []int{11, 10}
	case proxy.Send:
		fields = []int{10}
	case 0x0400, proxy.Output, 0x0403, 0x0404, 0x0405, 0x0407, 0x0408, 0x0410, 0x0414:
		return nil
	}
	var ids []uint64
	for _, n := range fields {
		if id := proxy.VarintField(e.Raw, fieldNumber(n)); id != 0 {
			ids = append(ids, id)
		}
	}
	return ids
}

// awaited returns what a handler waits for. It reads the SDK's message about an await, which lists the
// notifications behind "Notifications awaited". Every handler also waits for the cancel signal, and
// awaited leaves that out.
func (j Journal) awaited(message string) string {
	_, list, _ := strings.Cut(message, "Notifications awaited on this await point:")
	var all []string
	for line := range strings.Lines(list) {
		what := strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(line), "- "))
		if what == "" || strings.Contains(strings.ToLower(what), "cancel") {
			continue
		}
		all = append(all, j.describeAwaited(what))
	}
	return strings.Join(all, " or ")
}

// runAwaited matches the SDK's name for a step that has begun and has no result yet.
var runAwaited = regexp.MustCompile(`^run(?: \[(.*)\])?$`)

// describeAwaited translates a line of the SDK's message about an await into the words of this tool.
func (j Journal) describeAwaited(what string) string {
	if m := runAwaited.FindStringSubmatch(what); m != nil {
		return describe(proxy.Step, m[1]) + " (runs again)"
	}
	var id uint64
	if n, _ := fmt.Sscanf(what, "completion id %d", &id); n == 1 {
		return j.describeCompleted(id)
	}
	if name, found := strings.CutPrefix(what, "Named signal: "); found {
		return fmt.Sprintf("signal %q", name)
	}
	return strings.Replace(what, "Awakeable", "awakeable", 1)
}

// describeCompleted describes the command that the completion with this id completes.
func (j Journal) describeCompleted(id uint64) string {
	for _, e := range j.Entries {
		if _, isCommand, err := e.messageType(); err != nil || !isCommand {
			continue
		}
		for _, own := range e.completions() {
			if own == id {
				return e.describe()
			}
		}
	}
	return fmt.Sprintf("completion %d", id)
}

func fieldNumber(n int) protowire.Number { return protowire.Number(n) }
