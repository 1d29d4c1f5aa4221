package main

import (
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// unfold removes the line breaks of a block.
func unfold(block string) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(block, "\n", " ")), " ")
}

func TestDoctorThatIsInterrupted(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		signal syscall.Signal
	}{{"SIGINT", syscall.SIGINT}, {"SIGTERM", syscall.SIGTERM}, {"SIGKILL", syscall.SIGKILL}} {
		for _, args := range []string{"doctor", "doctor --offline"} {
			t.Run(test.name+" "+args, func(t *testing.T) {
				t.Parallel()
				p := newPatient(t)
				p.hasServer()
				mark := p.hasStuck("go", "vet")
				before := readTree(t, p.root)
				r := p.begins(append(strings.Fields(args), testPortFlag(t))...)
				present(t, mark)
				r.signal(test.signal)
				code := r.waitForEnd()
				if test.signal != syscall.SIGKILL {
					require.Equal(t, 3, code)
					require.Equal(t, "interrupted; no process or temporary file is left\nhint: make doctor starts again from the beginning\n", r.err.String())
					require.NotContains(t, r.out.String(), "ready")
				}
				noProcess(t, mark)
				require.Equal(t, before, readTree(t, p.root))
			})
		}
	}
}
