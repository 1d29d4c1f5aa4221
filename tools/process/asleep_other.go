//go:build !linux

package process

// Asleep cannot be seen here.
func (p *Process) Asleep() bool { return true }
