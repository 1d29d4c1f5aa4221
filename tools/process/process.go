// Package process runs programs that need not behave: a learner's, and those
// beside it. Each leads a process group of its own, and a [Keeper] ends it should
// we be killed; on Linux the kernel does, even before the keeper knows of it.
//
// A [Keeper] is a small process beside ours that kills the programs and removes
// their folders when we die without doing so ourselves: SIGKILL, Ctrl-C, or the
// panic of a test that ran out of time.
package process

import (
	"context"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// Process is one program that was started.
type Process struct {
	cmd    *exec.Cmd
	keeper *Keeper
	end    ending
	out    output
	done   chan struct{} // closed when it has ended and was reaped
	err    error         // how it ended; read after done
	addr   string        // host:port that it was told to listen on
}

// Start runs cmd in a process group of its own, so that what it starts itself
// goes with it. What it prints, on standard output or error, is kept, and written
// to cmd.Stdout too if that is set.
func Start(k *Keeper, cmd *exec.Cmd) (*Process, error) {
	p := &Process{cmd: cmd, keeper: k, end: killed, done: make(chan struct{})}
	// One and the same writer for both, so that lines stay in their order.
	cmd.Stdout = p.out.tee(cmd.Stdout)
	cmd.Stderr = cmd.Stdout
	return p.startRegistered()
}

// An ending is how a process ends that outlives us.
type ending struct {
	word   string // for the keeper
	signal syscall.Signal
}

var (
	killed = ending{"pid", syscall.SIGKILL}
	// A process that quits has six seconds, and is killed then.
	quits = ending{"quit", syscall.SIGQUIT}
)

// StartLogged runs cmd as [Start] does, with its output appended to logFile and
// not kept in memory: a server that logs much costs this process nothing. The
// keeper knows the process before it runs.
func StartLogged(k *Keeper, logFile string, cmd *exec.Cmd) (*Process, error) {
	return startLogged(k, logFile, cmd, killed)
}

// StartQuitting runs cmd as [StartLogged] does. If this process ends first, cmd gets
// SIGQUIT, and SIGKILL only six seconds later. PostgreSQL ends its other processes on
// SIGQUIT. They lead process groups of their own, so that a signal to its own group does
// not reach them.
func StartQuitting(k *Keeper, logFile string, cmd *exec.Cmd) (*Process, error) {
	return startLogged(k, logFile, cmd, quits)
}

func startLogged(k *Keeper, logFile string, cmd *exec.Cmd, end ending) (*Process, error) {
	out, err := os.OpenFile(logFile, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	defer out.Close()
	cmd.Stdout, cmd.Stderr = out, out
	if err := k.registerFirst(cmd, end); err != nil {
		return nil, err
	}
	p := &Process{cmd: cmd, keeper: k, end: end, done: make(chan struct{})}
	return p.startRegistered()
}

// Run runs cmd as [Start] does until it ends or ctx does, and returns its output.
func Run(ctx context.Context, k *Keeper, cmd *exec.Cmd) (output string, err error) {
	p, err := Start(k, cmd)
	if err != nil {
		return "", err
	}
	select {
	case <-p.Done():
		return p.Output(), p.Err()
	case <-ctx.Done():
		p.Kill()
		return p.Output(), ctx.Err()
	}
}

// startRegistered starts the program, registers it with the keeper and waits for its end
// in a goroutine.
func (p *Process) startRegistered() (*Process, error) {
	if p.cmd.SysProcAttr == nil {
		p.cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	p.cmd.SysProcAttr.Setpgid = true
	p.cmd.WaitDelay = time.Second // a grandchild may hold the pipe open
	if err := startWithUs(p.cmd, p.end.signal, p.done); err != nil {
		return nil, err
	}
	err := p.keeper.write("%s %d", p.end.word, p.Pid())
	go p.waitForEnd()
	if err != nil {
		p.Kill()
		return nil, err
	}
	return p, nil
}

func (p *Process) waitForEnd() {
	p.err = p.cmd.Wait()
	p.signalGroup(syscall.SIGKILL) // what it started and left behind
	// This fails only when the keeper has ended, which then killed it.
	p.keeper.write("gone %s %d", p.end.word, p.Pid())
	close(p.done)
}

// signalGroup reaches the whole group. It fails only where there is none any more.
func (p *Process) signalGroup(s syscall.Signal) { syscall.Kill(-p.Pid(), s) }

// Pid returns the process's number.
func (p *Process) Pid() int { return p.cmd.Process.Pid }

// Kill sends SIGKILL to the whole group and waits for the end.
func (p *Process) Kill() {
	// The number of one that was reaped may be another's by now.
	if !p.HasEnded() {
		p.signalGroup(syscall.SIGKILL)
	}
	<-p.done
}

// Stop asks with SIGTERM, and kills what has not ended within a second.
func (p *Process) Stop() { p.StopWith(syscall.SIGTERM, time.Second) }

// StopWith asks with a signal, and kills what has not ended within the limit.
func (p *Process) StopWith(s syscall.Signal, limit time.Duration) {
	if !p.HasEnded() {
		p.signalGroup(s)
	}
	select {
	case <-p.done:
	case <-time.After(limit):
		p.Kill()
	}
}

// Done returns a channel that is closed when the process has ended.
func (p *Process) Done() <-chan struct{} { return p.done }

// HasEnded reports whether the process has ended.
func (p *Process) HasEnded() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

// Err waits for the end and returns how it was: nil is exit code 0.
func (p *Process) Err() error {
	<-p.done
	return p.err
}

// Exit waits for the end and returns how it was, in words for people.
func (p *Process) Exit() string {
	if err := p.Err(); err != nil {
		return err.Error()
	}
	return "exit code 0"
}

// Output returns what the process has printed so far: the last of it, where that
// is more than a megabyte.
func (p *Process) Output() string { return p.out.String() }
