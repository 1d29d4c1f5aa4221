package check

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"sync"
	"time"

	"example.com/workbook/tools/check/verdict"
	"example.com/workbook/tools/course"
	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/process"
)

// A check that goes wrong because of this machine proves nothing about the learner's code.

// machineFault returns what this machine did during the check that may have made it fail,
// or nil. The scripts in lessons/ have to fail.
func machineFault(r *verdict.Report, stood time.Duration) error {
	if r.Setup == nil && (r.ExpectsRed() || r.IsGreen()) {
		return nil
	}
	if stood >= longestStall {
		return hint.New(hint.Setup, fmt.Sprintf("make check %d, while the machine stays awake", r.Lesson.N),
			"this machine stood still for %d s during the check, so the check proves nothing", int(stood.Seconds()))
	}
	if r.Setup != nil {
		return process.Scarcity(r.Setup)
	}
	for _, rec := range r.Records {
		if rec.Failure == nil || rec.IsRed() {
			continue
		}
		if err := process.Scarcity(rec.Failure); err != nil {
			return err
		}
		var lacks *hint.Error // nodes start during a script, and may have too little memory
		if errors.As(rec.Failure, &lacks) && lacks.Kind == hint.Setup {
			return rec.Failure
		}
	}
	return nil
}

// longestStall is the longest time without a tick that a check bears. A busy machine
// delays a tick for a fraction of it; the shortest limit of a check is twice as long.
const longestStall = 10 * time.Second

const tickEvery = 500 * time.Millisecond

// stalls notices when all processes of a machine stand still: a virtual machine is paused,
// a laptop sleeps. Some clocks stand still with them, so it looks at both.
type stalls struct {
	mu    sync.Mutex
	last  time.Time // with the monotonic clock
	worst time.Duration
	done  chan struct{}
}

// watchStalls begins to look.
func watchStalls() *stalls {
	s := &stalls{last: time.Now(), done: make(chan struct{})}
	go func() {
		tick := time.NewTicker(tickEvery)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				s.see(time.Now())
			case <-s.done:
				return
			}
		}
	}()
	return s
}

// see notes that this process runs now.
func (s *stalls) see(now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.worst = max(s.worst, now.Sub(s.last), now.Round(0).Sub(s.last.Round(0)))
	s.last = now
}

// end stops looking and returns the longest time without a tick.
func (s *stalls) end() time.Duration {
	close(s.done)
	s.see(time.Now())
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.worst
}

// limitTime takes over go test's limit, which prints every goroutine and no verdict. The
// keeper ends what the check has started.
func limitTime(out output) {
	f := flag.Lookup("test.timeout")
	if f == nil {
		return
	}
	limit, err := time.ParseDuration(f.Value.String())
	if err != nil || limit <= 0 {
		return
	}
	f.Value.Set("0s")
	time.AfterFunc(limit, func() {
		out.put(verdict.SetupResult(timeoutError(limit)))
		os.Exit(1)
	})
}

// timeoutError returns why the check of a lesson was ended.
func timeoutError(limit time.Duration) error {
	do := "go test -timeout 10m; an editor has a setting for it, such as go.testTimeout in VS Code"
	if dir, err := os.Getwd(); err == nil {
		if root, err := course.Root(dir); err == nil {
			if l, tree, err := course.At(root, dir); err == nil && tree == "work" {
				do = fmt.Sprintf("make check %d; or %s", l.N, do)
			}
		}
	}
	return hint.New(hint.Setup, do, "go test gave this check %v, which has passed (-timeout)", limit)
}
