package check

import (
	"errors"
	"fmt"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/check/claim"
	"example.com/workbook/tools/check/record"
	"example.com/workbook/tools/check/verdict"
	"example.com/workbook/tools/course"
	"example.com/workbook/tools/hint"
)

// The pause is a fake: the times between two ticks.
func TestStallsWithAFakePause(t *testing.T) {
	begin := time.Now()
	s := &stalls{last: begin}
	s.see(begin.Add(tickEvery))
	require.Equal(t, tickEvery, s.worst)
	s.see(begin.Add(75 * time.Second))
	s.see(begin.Add(76 * time.Second))
	require.Equal(t, 75*time.Second-tickEvery, s.worst)
	// The monotonic clock of a laptop stands still while it sleeps.
	asleep := &stalls{last: begin.Round(0)}
	asleep.see(begin.Round(0).Add(time.Hour))
	require.Equal(t, time.Hour, asleep.worst)
}

func TestMachineFault(t *testing.T) {
	one := course.Lesson{N: 1, Slug: "01-one", Tasks: []course.Task{{ID: "1.1"}}}
	const long = 75 * time.Second
	refused := record.Fail(claim.Claim{})
	full := fmt.Errorf("the sandbox: %w", syscall.EMFILE)
	for _, c := range []struct {
		name, tree     string
		setup, failure error
		stood          time.Duration
		want           string
	}{
		{"a right answer", "work", nil, nil, time.Second, ""},
		{"a right answer, although the machine slept", "work", nil, nil, long, ""},
		{"a wrong answer", "work", nil, refused, time.Second, ""},
		{"red, and the machine slept", "work", nil, refused, long, "this machine stood still for 75 s during the check, so the check proves nothing"},
		{"broken, and the machine slept", "work", nil, errors.New("no answer"), long, "this machine stood still for 75 s"},
		{"not started, and the machine slept", "work", errors.New("no server"), nil, long, "this machine stood still for 75 s"},
		{"a stub", "lessons", nil, refused, long, ""},
		{"broken", "work", nil, errors.New("no answer"), 0, ""},
		{"too few files", "work", nil, full, 0, "this machine has reached a limit: the sandbox: too many open files"},
		{"too little memory for nodes", "work", nil, hint.New(hint.Setup, "close other programs", "three nodes need 1.2 GB"), 0, "three nodes need 1.2 GB"},
		{"too few files to start", "work", full, nil, 0, "this machine has reached a limit: the sandbox: too many open files"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := &verdict.Report{Lesson: one, Tree: c.tree, Setup: c.setup}
			r.Records = []*record.Record{{Task: "1.1", Finished: true, Failure: c.failure}}
			err := machineFault(r, c.stood)
			if c.want == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, c.want)
			require.Contains(t, hint.Text(err), "\nhint: ")
			require.Equal(t, 3, hint.ExitCode(err))
		})
	}
}
