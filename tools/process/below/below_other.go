//go:build !linux

package below

// Of returns nothing: there is no way to look here.
func Of(int) Look { return Look{} }

// Left returns nothing.
func (Look) Left() []string { return nil }
