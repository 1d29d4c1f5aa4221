//go:build !linux

package below

// Of sees nothing here.
func Of(int) Look { return Look{} }

// Left is nothing, then.
func (Look) Left() []string { return nil }
