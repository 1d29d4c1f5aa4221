//go:build !linux

package replays

import (
	"errors"
	"syscall"
)

func closedRooms() []*syscall.SysProcAttr { return nil }

func diesWithUs() *syscall.SysProcAttr { return nil } // the keeper ends the whole group

func raiseLoopback() error { return errors.New("only Linux can close a network") }

func listeners() []string { return nil }

func refusedHere() int { return 0 }
