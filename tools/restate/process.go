package restate

import (
	"os"
	"os/exec"
	"syscall"
	"time"

	"example.com/workbook/tools/hint"
)

// A process is a child that leads its own group and that the keeper knows of.
type process struct {
	keeper *Keeper
	cmd    *exec.Cmd
	done   chan struct{} // closed when the process was waited for
	err    error         // what Wait said; read after done
}

// startProcess runs binary with its output appended to the file logTo, never
// to our own: `go test` waits for whoever holds that.
func startProcess(k *Keeper, logTo string, env []string, binary string, args ...string) (*process, error) {
	out, err := os.OpenFile(logTo, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	defer out.Close()
	cmd, err := k.command(binary, args...)
	if err == nil {
		cmd.Env, cmd.Stdout, cmd.Stderr = env, out, out
		err = cmd.Start()
	}
	if err != nil {
		return nil, hint.New(hint.Setup, ownServer, "cannot start restate-server: %w", err)
	}
	p := &process{keeper: k, cmd: cmd, done: make(chan struct{})}
	err = k.Process(cmd.Process.Pid) // known already, unless the keeper has died
	go p.wait()
	if err != nil {
		p.kill()
		return nil, err
	}
	return p, nil
}

func (p *process) wait() {
	p.err = p.cmd.Wait()
	p.keeper.Gone(p.cmd.Process.Pid) // fails only when the keeper has gone, which then killed it
	close(p.done)
}

func (p *process) ended() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

// kill ends the group and waits. The number of a process that was waited for
// may be another's, so that one is left alone.
func (p *process) kill() {
	if p.ended() {
		return
	}
	signalGroup(p.cmd.Process.Pid, syscall.SIGKILL) // fails only when it has just ended
	<-p.done
}

// stop asks first. It asks the group: the server may sit behind a wrapper.
func (p *process) stop() {
	if p.ended() {
		return
	}
	signalGroup(p.cmd.Process.Pid, syscall.SIGTERM)
	select {
	case <-p.done:
	case <-time.After(grace):
		p.kill()
	}
}
