//go:build !linux

package doctor

import (
	"errors"
	"os/exec"
)

var errNoNamespace = errors.New("only Linux has network namespaces")

func isolate(*exec.Cmd) error { return errNoNamespace }

func requireLoopback() error { return errNoNamespace }
