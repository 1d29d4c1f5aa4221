//go:build !linux

package doctor

import (
	"errors"
	"os/exec"
)

var errNoNamespace = errors.New("only Linux has them")

func isolate(*exec.Cmd) error { return errNoNamespace }

func requireLoopback() error { return errNoNamespace }
