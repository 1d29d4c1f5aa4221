package restate

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	sdk "github.com/restatedev/sdk-go"
	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/process/processtest"
)

// Lesson 1, WITHOUT.md and lesson 4 say what a restart of the server on the same folder leaves: every
// invocation goes on, a timer keeps its time, attempts are counted from the start, and a caller loses its
// connection.
func TestClaimsAboutARestart(t *testing.T) {
	t.Parallel()
	c := claims{start(t, Options{}), new(tally)}
	var ran tally
	sleep := func(ctx sdk.Context, _ sdk.Void) (int, error) {
		n, err := sdk.Run(ctx, func(sdk.RunContext) (int, error) { return ran.add("step"), nil })
		if err != nil {
			return 0, err
		}
		return n, sdk.Sleep(ctx, time.Second)
	}
	fail := func(sdk.Context, sdk.Void) (sdk.Void, error) {
		ran.add("fail")
		return sdk.Void{}, errors.New("no")
	}
	c.serve(t,
		sdk.NewService("Sleep").Handler("Run", sdk.NewServiceHandler(sleep)),
		waiter("Wait", &ran),
		sdk.NewService("Fail", sdk.WithInvocationRetryPolicy(sdk.WithInitialRetryInterval(time.Hour),
			sdk.WithMaxRetryInterval(time.Hour), sdk.WithMaxRetryAttempts(2), sdk.PauseOnMaxAttempts())).
			Handler("Run", sdk.NewServiceHandler(fail)))

	lost := make(chan error, 1)
	go func() {
		_, err := c.request(t.Context(), callPath("Wait/o-1/Run"), `"a"`, "")
		lost <- err
	}()
	waits := c.oneInvocation(t, "Wait", "o-1").ID
	fails, _ := c.send(t, "Fail/Run", "", "k")
	c.waitStatus(t, fails, "backing-off")
	sleeps, _ := c.send(t, "Sleep/Run", "", "k")
	timer := func() (wakes time.Time) {
		entries, err := c.Admin().Journal(t.Context(), sleeps)
		require.NoError(t, err)
		for _, e := range entries {
			if e.Type == "Command: Sleep" {
				wakes = e.WakeTime()
			}
		}
		return wakes
	}
	processtest.Eventually(t, func() bool { return !timer().IsZero() }, "the timer")
	wakes := timer()

	require.NoError(t, c.Restart(t.Context()))
	require.Error(t, <-lost, "a caller who waits loses its connection")
	require.Equal(t, wakes, timer())
	require.Equal(t, answer{200, "1"}, c.attach(t, sleeps))
	require.Equal(t, 1, ran.count("step"), "a finished step does not run again")
	require.False(t, time.Now().Before(wakes))
	processtest.Eventually(t, func() bool { return ran.count("fail") == 2 }, "a second attempt, without the hour of back-off")
	c.waitStatus(t, fails, "backing-off")
	require.Equal(t, 200, c.call(t, "Wait/o-1/Go", "", "").code)
	require.Equal(t, answer{200, `"a 1"`}, c.attach(t, waits))
	require.NoError(t, c.Admin().Kill(t.Context(), fails))
}

// Lessons 5 and 6 say that the server ignores a setting that it does not know, without a warning: a name
// with a mistake, and the section of Restate's own guide.
func TestSettingsThatAreIgnored(t *testing.T) {
	for name, c := range map[string]struct{ file, want string }{
		"known":        {"[default-retry-policy]\ninitial-interval = '7s'", "7s"},
		"misspelled":   {"[default-retry-policy]\ninitial-intervall = '7s'", "500ms"},
		"of the guide": {"[invocation.default-retry-policy]\ninitial-interval = '7s'", "500ms"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := Options{Dir: t.TempDir()}
			file := filepath.Join(o.Dir, "restate.toml")
			require.NoError(t, os.WriteFile(file, []byte(c.file), 0o600))
			cmd := exec.Command(binary(t), append(o.arguments(), "--config-file", file, "--dump-config")...)
			cmd.Env = o.environment()
			var warnings strings.Builder
			cmd.Stderr = &warnings
			out, err := cmd.Output()
			require.NoError(t, err)
			require.Empty(t, warnings.String())
			_, policy, _ := strings.Cut(string(out), "[default-retry-policy]")
			require.Contains(t, policy, `initial-interval = "`+c.want+`"`)
		})
	}
}
