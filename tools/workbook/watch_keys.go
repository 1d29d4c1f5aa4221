package main

import (
	"context"
	"fmt"
	"os"

	"example.com/workbook/tools/course"
	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/ui"
)

const quitKey ui.Key = 'q'

func (w *watcher) help() string {
	if !ui.IsTerminal(os.Stdin) {
		return ""
	}
	return "\n  h  hint   n  next lesson   l  list of tasks   c  check again   q  quit"
}

// press does what a key stands for.
func (w *watcher) press(ctx context.Context, k ui.Key) error {
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
	l, found := course.Next(w.root, w.lesson)
	if !found {
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
