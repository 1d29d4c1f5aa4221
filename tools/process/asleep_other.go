//go:build !linux

package process

// IsAsleep returns true: it cannot be seen here.
func (p *Process) IsAsleep() bool { return true }
