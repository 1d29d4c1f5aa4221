// Package process runs programs that may misbehave: a learner's program, and the programs that run
// beside it. Each program leads a process group of its own.
//
// If this process ends without having ended them, for example after SIGKILL, Ctrl-C, or the panic
// of a test that ran out of time, then a [Keeper] kills the programs and removes their folders. The
// keeper is a small process that runs beside this one. On Linux, the kernel also kills the
// programs, even before the keeper knows of them.
package process

import (
	"context"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// Process is a program that was started.
type Process struct {
	cmd    *exec.Cmd
	keeper *Keeper
	end    ending
	out    output
	done   chan struct{} // closed when the process has ended and was waited for
	err    error         // how the process ended; read it only after done is closed
	addr   string        // the host:port on which the program was told to listen
}

// Start runs cmd in a process group of its own, so that the group includes the processes that cmd
// starts. Start keeps the program's standard output and standard error, and also writes them to
// cmd.Stdout if that is set.
func Start(k *Keeper, cmd *exec.Cmd) (*Process, error) {
	p := &Process{cmd: cmd, keeper: k, end: killed, done: make(chan struct{})}
	// Standard output and standard error share one writer, so that their lines stay in order.
	cmd.Stdout = p.out.tee(cmd.Stdout)
	cmd.Stderr = cmd.Stdout
	return p.startRegistered()
}

// An ending is the way in which a process is ended if this process ends before it.
type ending struct {
	word   string // the keeper's word for this ending
	signal syscall.Signal
}

var (
	killed = ending{"pid", syscall.SIGKILL}
	// After SIGQUIT, such a process has six seconds to end. Then it is killed.
	quits = ending{"quit", syscall.SIGQUIT}
	// Such a process gets no signal, and is killed a minute later.
	finishes = ending{"wait", 0}
)

// StartLogged runs cmd as [Start] does, but appends the program's output to logFile and does not
// keep it in memory. So a server that logs a lot costs this process nothing. The keeper knows the
// process before the program runs.
func StartLogged(k *Keeper, logFile string, cmd *exec.Cmd) (*Process, error) {
	return startLogged(k, logFile, cmd, killed)
}

// StartQuitting runs cmd as [StartLogged] does. If this process ends before cmd, then cmd gets
// SIGQUIT, and SIGKILL only six seconds later. When PostgreSQL gets SIGQUIT, it ends its other
// processes. A signal to its own process group would not reach them, since each leads a process
// group of its own.
func StartQuitting(k *Keeper, logFile string, cmd *exec.Cmd) (*Process, error) {
	return startLogged(k, logFile, cmd, quits)
}

// StartFinishing runs cmd as [StartLogged] does. If this process ends before cmd, then cmd may
// finish, and is killed only a minute later. It is for a short program that leaves something on
// the machine if it is killed.
func StartFinishing(k *Keeper, logFile string, cmd *exec.Cmd) (*Process, error) {
	return startLogged(k, logFile, cmd, finishes)
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

// Run runs cmd as [Start] does, waits until the program or ctx ends, and returns the program's
// output.
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

// startRegistered starts the program, registers it with the keeper, and waits for its end in a
// goroutine.
func (p *Process) startRegistered() (*Process, error) {
	if p.cmd.SysProcAttr == nil {
		p.cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	p.cmd.SysProcAttr.Setpgid = true
	p.cmd.WaitDelay = time.Second // the limit for a process that the program started, and that keeps the pipe open
	if err := startEndingTogether(p.cmd, p.end.signal, p.done); err != nil {
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
	p.signalGroup(syscall.SIGKILL) // kills the processes that the program started and left behind
	// This fails only if the keeper has ended, and then the keeper has killed the program.
	p.keeper.write("gone %s %d", p.end.word, p.Pid())
	close(p.done)
}

// signalGroup sends a signal to the whole process group. It fails only if the group has no process
// any more.
func (p *Process) signalGroup(s syscall.Signal) { syscall.Kill(-p.Pid(), s) }

// Pid returns the process id.
func (p *Process) Pid() int { return p.cmd.Process.Pid }

// Kill sends SIGKILL to the whole group, and waits until the program has ended.
func (p *Process) Kill() {
	// If the process has ended, another process may have its id by now.
	if !p.HasEnded() {
		p.signalGroup(syscall.SIGKILL)
	}
	<-p.done
}

// Stop sends SIGTERM, and SIGKILL if the program has not ended within a second.
func (p *Process) Stop() { p.StopWith(syscall.SIGTERM, time.Second) }

// StopWith sends the signal s, and SIGKILL if the program has not ended within the limit.
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

// Err waits until the process has ended, and returns nil for exit code 0.
func (p *Process) Err() error {
	<-p.done
	return p.err
}

// Exit waits until the process has ended, and describes for people how it ended.
func (p *Process) Exit() string {
	if err := p.Err(); err != nil {
		return err.Error()
	}
	return "exit code 0"
}

// Output returns the program's output so far, but at most the last megabyte.
func (p *Process) Output() string { return p.out.String() }
