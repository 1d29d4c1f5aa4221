package restate

import (
	"errors"
	"syscall"
)

// There is no server for Windows; these are here so that the tool builds and
// can say so.

func ownGroup() *syscall.SysProcAttr { return nil }

func ownSession() *syscall.SysProcAttr { return nil }

func killGroup(int) error { return errors.ErrUnsupported }

func terminate(int) error { return errors.ErrUnsupported }
