//go:build !linux

package main

import (
	"errors"
	"os/exec"
)

var errNoNamespace = errors.New("only Linux has them")

func isolate(*exec.Cmd) error { return errNoNamespace }

func onlyLoopback() error { return errNoNamespace }
