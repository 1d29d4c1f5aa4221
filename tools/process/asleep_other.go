//go:build !linux

package process

// IsAsleep returns true, because this system does not show the states of threads.
func (p *Process) IsAsleep() bool { return true }
