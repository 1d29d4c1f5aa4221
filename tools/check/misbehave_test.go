package check_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/check/setting"
)

func TestARightProgramPasses(t *testing.T) {
	out, ok := judge(t, "right")
	require.True(t, ok, out)
	require.Contains(t, out, "PASS 1.3  ")
	require.Contains(t, out, "PASS replay: ")
	require.NotContains(t, out, "FAIL")
}

// A program that does not serve is the learner's fault, and the verdict says so.
func TestProgramsThatDoNotServe(t *testing.T) {
	for _, test := range []struct {
		variant string
		words   []string
	}{
		{"exits", []string{"FAIL 1.2  ", "the process ended before it listened (exit status 7); the program's last line: database is locked"}},
		{"panics", []string{"FAIL 1.2  ", "the process ended before it listened (exit status 2)", "no configuration"}},
		{"never listens", []string{"FAIL 1.2  ", "nothing listens on 127.0.0.1:"}},
		{"wrong port", []string{"FAIL 1.2  ", "nothing listens on 127.0.0.1:"}},
		{"no service", []string{"FAIL 1.2  ", "the program serves no handler"}},
		{"not restate", []string{"FAIL 1.2  ", "the program does not answer as a Restate program does"}},
		{"exits well", []string{"FAIL 1.2  ", "the process ended before it listened (exit code 0)"}},
		{"begins again", []string{"FAIL 1.2  ", "nothing listens on 127.0.0.1:"}},
		{"leaves it to a child", []string{"FAIL 1.2  ", "the process ended before it listened (exit code 0)"}},
	} {
		t.Run(test.variant, func(t *testing.T) {
			t.Parallel()
			out, ok := judge(t, test.variant)
			require.False(t, ok, out)
			for _, w := range test.words {
				require.Contains(t, out, w)
			}
			require.NotContains(t, out, "BROKEN")
		})
	}
}

// The verdict says what a program did that serves and then misbehaves.
func TestProgramsThatDoNotAnswer(t *testing.T) {
	for _, test := range []struct {
		variant string
		words   []string
	}{
		{"hangs", []string{"attempts  1: charge running", "a step's function started, sent no request and never returned"}},
		{"dies when asked", []string{"got       no answer: the program ended (exit status 3)\n", "your code ends the program"}},
		{"pauses", []string{"got       Restate paused Checkout/Place after its last attempt failed: no money\n"}},
		{"not a number", []string{"unsupported value: NaN", "a step returned a value that JSON cannot hold"}},
	} {
		t.Run(test.variant, func(t *testing.T) {
			t.Parallel()
			out, ok := judge(t, test.variant, "-test.run=^TestLesson$/^tasks$") // a crash would give the same result
			require.False(t, ok, out)
			require.Contains(t, out, "FAIL 1.2  ")
			for _, w := range test.words {
				require.Contains(t, out, w)
			}
			require.NotContains(t, out, "BROKEN")
			require.NotContains(t, out, "a temporary failure", "the program fails by itself, and forever")
		})
	}
}

// The server does not take the result of a step that is too large, and says nothing to the
// program. One script is enough: each of them would carry as much.
func TestAStepThatReturnsTooMuch(t *testing.T) {
	out, ok := judge(t, "a large step", "-test.run=^TestLesson$/^tasks$/^1.2_call_receipt$")
	require.False(t, ok, out)
	require.Contains(t, out, "attempts  1: charge failed, error: the result of a step has 33 MB, and Restate takes at most 32 MB")
	require.NotContains(t, out, "time.Sleep")
	require.NotContains(t, out, "BROKEN")
}

func TestProgramsThatAreBadCompany(t *testing.T) {
	for _, variant := range []string{"ignores signals", "prints megabytes"} {
		t.Run(variant, func(t *testing.T) {
			t.Parallel()
			out, ok := judge(t, variant)
			require.True(t, ok, out)
		})
	}
}

func TestConstantAnswersAreRefused(t *testing.T) {
	for _, variant := range []string{"empty answers", "constant"} {
		t.Run(variant, func(t *testing.T) {
			t.Parallel()
			out, ok := judge(t, variant)
			require.False(t, ok, out)
			require.Contains(t, out, "FAIL 1.2  ")
			require.Contains(t, out, "FAIL 1.3  ")
		})
	}
}

func TestNoTaskRunIsNoPass(t *testing.T) {
	out, ok := judge(t, "right", "-test.run=Nope")
	require.False(t, ok, out)
	require.Contains(t, out, "no task was run")
}

// A verdict shows the first failed script of a task. The check does not wait for later
// scripts of that task, and the verdict is the same.
func TestWhatCannotChangeTheVerdictIsNotRun(t *testing.T) {
	const behind = "TestLesson/crash/1.2_crash_before-mail"
	few, ok := judge(t, "empty answers", "-test.v")
	require.False(t, ok)
	require.NotContains(t, few, behind)
	t.Setenv(setting.EveryScript, "1")
	all, ok := judge(t, "empty answers", "-test.v")
	require.False(t, ok)
	require.Contains(t, all, behind)
	verdict := func(out string) string { return out[strings.Index(out, "\nPASS 1.1"):] }
	require.Equal(t, verdict(all), verdict(few))
}
