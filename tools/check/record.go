package check

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"example.com/workbook/tools/proxy"
	"example.com/workbook/tools/sandbox"
)

// record is what one script did and saw: the verdict is made from it alone.
type record struct {
	script    string // the file's name without its ending
	task      string // 1.2
	pass      pass
	subject   string // the script's own key, $K
	phase     string // the last # line
	where     place
	elsewhere bool // where is known better than by the task's TODO
	did       []string
	expected  string
	got       string
	likely    string
	secret    bool            // show neither ledger nor attempts: they hold the answer
	notes     []string        // said when the script passes: a quiz answer's reason
	tries     []proxy.Attempt // of the script's own invocations
	attempts  []string        // the same, as lines
	ledger    []sandbox.Entry
	failure   error // nil when it passed
	crashed   any   // a panic of ours
	finished  bool
}

// wrong is a claim that did not hold: the learner's turn.
type wrong struct {
	expected, got string
	likely        string // set where the word itself knows why
	secret        bool   // the ledger would give the answer away
	where         place  // set where it is not what the script judges
}

func (w *wrong) Error() string { return "expected " + w.expected + ", got " + w.got }

func wrongf(expected, format string, args ...any) error {
	return &wrong{expected: expected, got: fmt.Sprintf(format, args...)}
}

// red says that the learner's code is at fault, not the machine and not we.
func (r *record) red() bool {
	var w *wrong
	return errors.As(r.failure, &w)
}

func (r *record) ok() bool { return r.finished && r.failure == nil && r.crashed == nil }

func (r *record) note(format string, args ...any) {
	r.did = append(r.did, fmt.Sprintf(format, args...))
}

// quiet is the T that scripts run under: testscript's transcript goes into the
// record, and whether a red script fails the test is the report's to decide.
type quiet struct {
	*testing.T
	report *report
	pass   pass
	alone  bool        // one by one: a crash ends the program for everybody
	kill   *sharedKill // nil unless the scripts share one
	rec    *record     // nil outside of a script
}

type scriptFailed struct{}

// Run is t.Run, so that -run, -v, -json and editors work as they do elsewhere.
func (q quiet) Run(name string, f func(testscript.T)) {
	q.T.Run(name, func(t *testing.T) {
		rec := q.report.record(name, q.pass)
		if q.kill != nil {
			q.kill.join()
			defer q.kill.leave()
		}
		defer func() {
			rec.finished = true
			if !rec.ok() && !q.report.expectsRed() {
				t.Fail()
			}
		}()
		defer func() {
			if p := recover(); p != nil && p != (scriptFailed{}) {
				rec.crashed = p
			}
		}()
		q.T, q.rec = t, rec
		f(q)
	})
}

func (q quiet) Parallel() {
	if !q.alone {
		q.T.Parallel()
	}
}

func (q quiet) FailNow() { panic(scriptFailed{}) }

func (q quiet) Fatal(args ...any) {
	if q.rec == nil {
		q.T.Fatal(args...)
	}
	if q.rec.failure == nil {
		q.rec.failure = errors.New(fmt.Sprint(args...))
	}
	q.FailNow()
}

// Log gets the whole transcript, once, at the script's end.
func (q quiet) Log(args ...any) {
	transcript := fmt.Sprint(args...)
	for _, line := range strings.Split(transcript, "\n") {
		if strings.HasPrefix(line, "#") {
			q.rec.phase = trimPhase(line)
		}
	}
	if i := strings.LastIndex(transcript, "FAIL: "); i >= 0 && q.rec.failure == nil {
		q.rec.failure = errors.New(strings.TrimSpace(transcript[i:]))
	}
	if testing.Verbose() {
		q.T.Log(transcript)
	}
}

func (q quiet) Verbose() bool { return false }
