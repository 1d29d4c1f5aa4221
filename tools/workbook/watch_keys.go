package main

import (
	"context"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
	"golang.org/x/term"

	"example.com/workbook/tools/course"
	"example.com/workbook/tools/hint"
)

// key is what is pressed, a single one.
type key byte

const quitKey key = 'q'

// readKeys delivers what is typed, key by key and unseen where in is a terminal;
// Ctrl-C stays a signal. restore gives the terminal back as it was.
func readKeys(in *os.File) (keys <-chan key, restore func()) {
	fd := int(in.Fd())
	if !term.IsTerminal(fd) {
		return nil, func() {}
	}
	before, err := unix.IoctlGetTermios(fd, getTermios)
	if err != nil {
		return nil, func() {}
	}
	now := *before
	now.Lflag &^= unix.ICANON | unix.ECHO
	now.Cc[unix.VMIN], now.Cc[unix.VTIME] = 1, 0
	restore = screen.takes(
		func() { unix.IoctlSetTermios(fd, setTermios, &now) },
		func() { unix.IoctlSetTermios(fd, setTermios, before) })
	typed := make(chan key)
	go func() {
		defer close(typed)
		for b := make([]byte, 1); ; {
			if n, err := in.Read(b); n == 0 || err != nil {
				return
			}
			typed <- key(b[0])
		}
	}()
	return typed, restore
}

func (w *watcher) help() string {
	if !term.IsTerminal(int(os.Stdin.Fd())) {
		return ""
	}
	return "\n  h  hint   n  next lesson   l  list of tasks   c  check again   q  quit"
}

// press does what a key stands for.
func (w *watcher) press(ctx context.Context, k key) error {
	switch k {
	case 'h':
		if w.task == "" {
			return hint.New(hint.Usage, "save a file, or press c", "no task is red")
		}
		return hintCmd{Task: w.task}.Run(w.place)
	case 'n':
		return w.next(ctx)
	case 'l':
		return progressCmd{}.Run(w.place)
	case 'c':
		w.check(ctx)
	case '\n':
		fmt.Println()
	default:
		fmt.Println(w.help())
	}
	return nil
}

// next makes the next lesson, unless it is there, and goes over to it.
func (w *watcher) next(ctx context.Context) error {
	l, err := course.Find(w.root, w.lesson.N+1)
	if err != nil {
		return hint.New(hint.Usage, "make shop runs the whole of it", "lesson %d is the last one", w.lesson.N)
	}
	if err := (lessonCmd{N: fmt.Sprint(l.N)}).Run(ctx, w.keeper, w.place); err != nil {
		return err
	}
	w.lesson = l
	w.saved = w.stamps()
	w.check(ctx)
	return nil
}
