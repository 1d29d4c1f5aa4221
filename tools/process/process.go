// Package process runs programs that need not behave: a learner's, and those
// beside it. Each leads a process group of its own, and a keeper ends it should
// we be killed; on Linux the kernel does, even before the keeper knows of it.
package process

import (
	"os/exec"
	"syscall"
	"time"

	"example.com/workbook/tools/restate"
)

// Process is one program that was started.
type Process struct {
	cmd    *exec.Cmd
	keeper *restate.Keeper
	out    output
	done   chan struct{} // closed when it has ended and was reaped
	err    error         // how it ended; read after done
	addr   string        // host:port that it was told to listen on
}

// Start runs cmd in a process group of its own, so that what it starts itself
// goes with it. What it says, aloud or on standard error, is kept, and written
// to cmd.Stdout too if that is set.
func Start(k *restate.Keeper, cmd *exec.Cmd) (*Process, error) {
	p := &Process{cmd: cmd, keeper: k, done: make(chan struct{})}
	// One and the same writer for both, so that lines stay in their order.
	cmd.Stdout = p.out.and(cmd.Stdout)
	cmd.Stderr = cmd.Stdout
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.WaitDelay = time.Second // a grandchild may hold the pipe open
	if err := startWithUs(cmd, p.done); err != nil {
		return nil, err
	}
	err := k.Process(cmd.Process.Pid)
	go p.reap()
	if err != nil {
		p.Kill()
		return nil, err
	}
	return p, nil
}

func (p *Process) reap() {
	p.err = p.cmd.Wait()
	p.signal(syscall.SIGKILL) // what it started and left behind
	p.keeper.Gone(p.Pid())
	close(p.done)
}

// signal reaches the whole group. It fails only where there is none any more.
func (p *Process) signal(s syscall.Signal) { syscall.Kill(-p.Pid(), s) }

// Pid is the process's number.
func (p *Process) Pid() int { return p.cmd.Process.Pid }

// Kill sends SIGKILL to the whole group and waits for the end.
func (p *Process) Kill() {
	// The number of one that was reaped may be another's by now.
	if !p.Ended() {
		p.signal(syscall.SIGKILL)
	}
	<-p.done
}

// Stop asks with SIGTERM, and kills what has not ended within a second.
func (p *Process) Stop() {
	if !p.Ended() {
		p.signal(syscall.SIGTERM)
	}
	select {
	case <-p.done:
	case <-time.After(time.Second):
		p.Kill()
	}
}

// Done is closed when the process has ended.
func (p *Process) Done() <-chan struct{} { return p.done }

// Ended says whether it has.
func (p *Process) Ended() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

// Err waits for the end and says how it was: nil is exit code 0.
func (p *Process) Err() error {
	<-p.done
	return p.err
}

// Exit waits for the end and says how it was, in words for people.
func (p *Process) Exit() string {
	if err := p.Err(); err != nil {
		return err.Error()
	}
	return "exit code 0"
}

// Output is what the process has said so far: the last of it, where that is
// more than a megabyte.
func (p *Process) Output() string { return p.out.String() }
