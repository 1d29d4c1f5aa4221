//go:build !linux

package replays

import (
	"errors"
	"syscall"
)

func isolations() []*syscall.SysProcAttr { return nil }

func endsWithParent() *syscall.SysProcAttr { return nil } // the keeper ends the whole process group

func raiseLoopback() error { return errors.New("only Linux can close a network") }

func listeningAddrs() []string { return nil }

func countRefusals() int { return 0 }
