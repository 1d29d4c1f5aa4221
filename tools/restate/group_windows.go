package restate

import (
	"errors"
	"syscall"
)

// There is no server for Windows; these are here so that the tool builds and
// can say so.

func ownGroup() *syscall.SysProcAttr { return nil }

func detached() *syscall.SysProcAttr { return nil }

func signalGroup(int, syscall.Signal) error { return errors.ErrUnsupported }
