package world

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"regexp"
	"strings"

	"example.com/workbook/tools/check/claim"
	"example.com/workbook/tools/check/record"
	"example.com/workbook/tools/process"
	"example.com/workbook/tools/proxy"
	"example.com/workbook/tools/ui"
)

type startedProgram struct {
	child *process.Process
	err   error
}

// StartAhead starts the programs with which scripts will replace the running program:
// a number of standbys, and one program for each of these settings. Before that only one
// program runs, as it does at home. A check does not test two programs that run at once.
func (w *World) StartAhead(standbys int, settings []string) {
	if w.ProgramError() != nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.crashes = standbys
	for _, s := range settings {
		if strings.Contains(s, "$") || w.special[s] != nil {
			continue
		}
		ch := make(chan startedProgram, 1)
		w.special[s] = ch
		go func() { ch <- w.serveAhead(strings.Fields(s)...) }()
	}
	w.warmStandby()
}

// env returns the environment of the learner's program.
func (w *World) env(listen string) []string {
	return append([]string{
		"LISTEN=" + listen,
		"SANDBOX_URL=http://" + w.sandbox.Addr(),
		"SHOP_DATABASE=", // the user's own may be set
		"SHOP_DB=" + w.Database(),
		"SHOP_FAILPOINT=" + w.Failpoint(),
		"RETRY_FIRST=2ms",
		"GATEWAY_DELAY=0s",
		"APPROVAL_LIMIT=1h",
		compiledEnv + "=" + w.core,
	}, w.options.Env...)
}

// serve starts a program and waits until it listens and is warm.
func (w *World) serve(ctx context.Context, name string, more ...string) (*process.Process, error) {
	p, err := process.Serve(ctx, w.keeper, func(addr string) *exec.Cmd {
		env := append(w.env(addr), more...)
		if name != "program" {
			env = append(env, "SHOP_FAILPOINT=") // only the learner's program kills itself
		}
		return self(name, nil, env...)
	}, (*process.Process).Up)
	if name == "program" && p != nil {
		w.outputs.add(p)
	}
	return p, err
}

// Restart replaces the running program by one with more settings in its environment.
func (w *World) Restart(ctx context.Context, settings []string) error {
	return w.replace(ctx, func() startedProgram {
		if warm, ok := w.special[strings.Join(settings, " ")]; ok {
			p := <-warm
			warm <- startedProgram{} // for stop, which empties it
			if p.child != nil || p.err != nil {
				return p
			} // else another script with these settings has taken it
		}
		p, err := w.serve(ctx, "program", settings...)
		return startedProgram{p, err}
	})
}

// Launch runs the program with arguments, as a plain program, and with more settings in its
// environment.
func (w *World) Launch(args []string, more ...string) (*process.Process, error) {
	w.Gate().forgetAdded()
	env := append(w.env(""), "RESTATE_ADMIN="+w.Gate().URL(), "RESTATE_INGRESSES="+w.Ingresses())
	return process.Start(w.keeper, self("program", args, append(env, more...)...))
}

// StartAtTakenAddress starts a second program, with the address of the one that serves.
func (w *World) StartAtTakenAddress() (*process.Process, error) {
	return process.Start(w.keeper, self("program", nil, append(w.env(w.Program().Addr()), "SHOP_FAILPOINT=")...))
}

// KillRest kills the services that the lesson calls. StartRestAgain starts them again.
func (w *World) KillRest(ctx context.Context) error {
	w.RestProxy.Disconnect()
	w.Rest.Kill()
	return w.Outside.WaitGone(ctx, w.Rest.Pid())
}

// Program returns the program that serves.
func (w *World) Program() *process.Process {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.program
}

func (w *World) startProgram(ctx context.Context) {
	c, err := w.serve(ctx, "program")
	w.mu.Lock()
	defer w.mu.Unlock()
	w.program = c
	if err != nil {
		w.fault = notServingError(c, err)
		return
	}
	w.Proxy.Connect(c.Addr())
}

// notServingError returns the failed claim that the program serves.
func notServingError(c *process.Process, err error) error {
	if c == nil {
		return err
	}
	code, _, last := Exit(c)
	return &record.ClaimError{
		Claim: claim.ExpectServing().With(claim.GotNotServing(code, err.Error(), last)),
		Where: record.Place{File: "main.go", Function: "main"},
	}
}

// warmAtOnce is how many programs start before the crashes that need them.
const warmAtOnce = 2

// warmStandby starts the programs for the next crashes. The caller holds w.mu.
func (w *World) warmStandby() {
	for w.crashes > 0 && len(w.standby) < warmAtOnce {
		w.crashes--
		ch := make(chan startedProgram, 1)
		w.standby = append(w.standby, ch)
		go func() { ch <- w.serveAhead() }()
	}
}

// serveAhead starts a program that will take over later. Programs start one after
// another, because they share a database and need not support two starts at once.
func (w *World) serveAhead(settings ...string) startedProgram {
	w.ahead.Lock()
	defer w.ahead.Unlock()
	p, err := w.serve(w.life, "program", settings...)
	return startedProgram{p, err}
}

// Crash kills the program, unless it has died already, and replaces it by the standby.
func (w *World) Crash(ctx context.Context) error {
	return w.replace(ctx, func() startedProgram {
		if len(w.standby) == 0 {
			w.crashes = max(w.crashes, 1)
		}
		w.warmStandby()
		next := <-w.standby[0]
		w.standby = w.standby[1:]
		return next
	})
}

// replace kills the program and replaces it by the one that next returns. next runs with
// w.mu held.
func (w *World) replace(ctx context.Context, next func() startedProgram) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.Proxy.Disconnect()
	if w.program != w.parked {
		w.program.Kill()
		if err := w.Outside.WaitGone(ctx, w.program.Pid()); err != nil {
			return err
		}
	}
	n := next()
	if n.err != nil {
		w.fault = notServingError(n.child, n.err)
		return w.fault
	}
	w.program = n.child
	w.Proxy.Connect(n.child.Addr())
	w.warmStandby()
	return ctx.Err()
}

// ProgramError returns the failed claim if the program does not serve.
func (w *World) ProgramError() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.fault == nil {
		return nil
	}
	return w.fault
}

// Park keeps the running program for later: replacing it does not kill it.
func (w *World) Park() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.parked = w.program
}

// Unpark makes the parked program the running program again.
func (w *World) Unpark() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.parked == nil {
		return nil
	}
	w.Proxy.Disconnect()
	if w.program != w.parked {
		w.program.Kill()
	}
	w.program, w.parked, w.fault = w.parked, nil, nil
	w.Proxy.Connect(w.program.Addr())
	return nil
}

// Exit waits for a program's end. It returns the exit code, which is -1 if a signal ended
// the program, how the program ended in words, and the line of output that explains it best.
func Exit(p *process.Process) (code int, how, last string) {
	var exit *exec.ExitError
	if errors.As(p.Err(), &exit) {
		code = exit.ExitCode()
	}
	return code, p.Exit(), lastWords(p.Output())
}

// sdkLine matches the lines that the SDK always logs.
var sdkLine = regexp.MustCompile(`(?m)^\d{4}/\d\d/\d\d \d\d:\d\d:\d\d (ERROR .*\bmethod=|DEBUG |INFO |WARN ).*\n?`)

// lastWords returns the line of output that explains best why a program ended.
func lastWords(out string) string {
	if i := strings.Index("\n"+out, "\npanic: "); i >= 0 {
		return ui.FirstLine(out[i:])
	}
	return logTime.ReplaceAllString(ui.LastLine(sdkLine.ReplaceAllString(out, "")), "")
}

// logTime is the time that package log writes before a line.
var logTime = regexp.MustCompile(`^\d{4}/\d\d/\d\d \d\d:\d\d:\d\d `)

func (w *World) startRest(ctx context.Context) error {
	var err error
	if w.RestProxy, err = proxy.Listen(); err != nil {
		return err
	}
	if w.Rest, err = w.serve(ctx, "rest"); err != nil {
		return fmt.Errorf("the reference services do not run: %w", err)
	}
	w.RestProxy.Connect(w.Rest.Addr())
	return nil
}

// StartRestAgain starts the reference services again, unless they run.
func (w *World) StartRestAgain() error {
	if !w.Rest.HasEnded() {
		return nil
	}
	rest, err := w.serve(w.life, "rest")
	if err != nil {
		return fmt.Errorf("the reference services do not run: %w", err)
	}
	w.Rest = rest
	w.RestProxy.Connect(rest.Addr())
	return nil
}
