package ui

import (
	"os"

	"golang.org/x/sys/unix"
	"golang.org/x/term"
)

// Key is one key that was pressed.
type Key byte

// ReadKeys delivers what is typed, key by key and without echo, where in is a
// terminal; Ctrl-C stays a signal. restore gives the terminal back as it was.
func ReadKeys(in *os.File) (keys <-chan Key, restore func()) {
	fd := int(in.Fd())
	if !term.IsTerminal(fd) {
		return nil, func() {}
	}
	before, err := unix.IoctlGetTermios(fd, getTermios)
	if err != nil {
		return nil, func() {}
	}
	now := *before // x/term knows the raw mode only, in which Ctrl-C is no signal
	now.Lflag &^= unix.ICANON | unix.ECHO
	now.Cc[unix.VMIN], now.Cc[unix.VTIME] = 1, 0
	restore = screen.acquire(
		func() { unix.IoctlSetTermios(fd, setTermios, &now) },
		func() { unix.IoctlSetTermios(fd, setTermios, before) })
	typed := make(chan Key)
	go func() {
		defer close(typed)
		for b := make([]byte, 1); ; {
			if n, err := in.Read(b); n == 0 || err != nil {
				return
			}
			typed <- Key(b[0])
		}
	}()
	return typed, restore
}
