package world

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"

	"example.com/workbook/tools/check/claim"
	"example.com/workbook/tools/proxy"
)

// Fault is a crash or a cut that waits for its message.
type Fault struct {
	Verb     string // "crash" or "cut"
	Target   Target
	Subject  string
	Type     proxy.Type
	N        int // the n-th such message that the program sends
	K        int // in place of N: the k-th of all messages that the program sends for the invocation
	seen     int
	Placed   atomic.Bool
	Noted    bool      // the verdict has it among what was done
	Assembly *Assembly // the program is killed when all its faults have stopped there
}

// isDue reports whether a message of the meant attempt is the place of the fault.
func (f *Fault) isDue(m proxy.Message) bool {
	if f.K > 0 {
		return m.K == f.K
	}
	if f.Type == m.Type {
		f.seen++
	}
	return f.Type == m.Type && f.seen == f.N
}

// isMeant reports whether an attempt belongs to the script: its input or its object key
// has the script's subject in it.
func (f *Fault) isMeant(a *proxy.Attempt) bool {
	t := f.Target
	if t.Service != a.Service || t.Handler != a.Handler || t.Key != "" && t.Key != a.Key {
		return false
	}
	return strings.Contains(a.Key, f.Subject) || bytes.Contains(a.Input, []byte(f.Subject))
}

func (f *Fault) String() string {
	if f.K > 0 {
		if noun, ok := messageNouns[f.Type]; ok {
			return fmt.Sprintf("message %d of %s (%s)", f.K, f.Target, noun)
		}
		return fmt.Sprintf("message %d of %s", f.K, f.Target)
	}
	switch f.Type {
	case proxy.Step:
		return fmt.Sprintf("the start of step %d of %s", f.N, f.Target)
	case proxy.Result:
		return fmt.Sprintf("the result of step %d of %s", f.N, f.Target)
	case proxy.Call, proxy.Send:
		return fmt.Sprintf("%s number %d that %s makes", describeMessage(f.Type), f.N, f.Target)
	}
	return fmt.Sprintf("%s of %s", describeMessage(f.Type), f.Target)
}

// Expect returns the claim that the program sends the message of the fault.
func (f *Fault) Expect() claim.Claim {
	message := ""
	if f.K == 0 {
		message = f.Type.String()
	}
	return claim.ExpectFaultPlace(f.Target.String(), message, f.String(), f.N)
}

// messageNouns name the messages that the program sends.
var messageNouns = map[proxy.Type]string{
	proxy.Step:   "the start of a step",
	proxy.Result: "the result of a step",
	proxy.Call:   "call",
	proxy.Send:   "one-way call",
	proxy.Output: "the answer",
	proxy.End:    "the end",
}

func describeMessage(t proxy.Type) string {
	if noun, ok := messageNouns[t]; ok {
		return noun
	}
	return t.String()
}

// Describe returns what the fault has done.
func (f *Fault) Describe() string {
	verbs := map[string]string{"cut": "cut the connection", "crash": "killed the program", "outage": "killed the server"}
	return verbs[f.Verb] + " before the program sent " + f.String()
}

// Assembly stops flows until all of them have arrived.
type Assembly struct {
	mu      sync.Mutex
	Missing int
	All     chan struct{} // closed when all flows have arrived
	Killed  chan struct{} // closed when the flows may continue
}

func (a *Assembly) stop() {
	a.mu.Lock()
	if a.Missing--; a.Missing == 0 {
		close(a.All)
	}
	a.mu.Unlock()
	<-a.Killed
}

// Arm makes the fault wait for its message.
func (w *World) Arm(f *Fault) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.armed = append(w.armed, f)
}

// onMessage places the armed faults.
func (w *World) onMessage(m proxy.Message) (pass bool) {
	f := w.faultAt(m)
	if f == nil {
		return true
	}
	f.Placed.Store(true)
	switch {
	case f.Assembly != nil:
		f.Assembly.stop()
	case f.Verb == "crash":
		w.Crash(context.Background())
	}
	return false
}

// faultAt returns the armed fault whose place is the message, or nil.
func (w *World) faultAt(m proxy.Message) *Fault {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, f := range w.armed {
		if !f.Placed.Load() && f.isMeant(m.Attempt) && f.isDue(m) {
			return f
		}
	}
	return nil
}
