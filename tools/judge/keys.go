package judge

import (
	"context"
	"fmt"
	"os"

	"example.com/workbook/tools/course"
	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/ui"
)

// Keys are what the watch's keys do beside checking.
type Keys struct {
	ShowHint     func(task string) error
	ShowProgress func() error
	MakeLesson   func(context.Context, course.Lesson) error
}

const quitKey ui.Key = 'q'

// help returns the list of keys, where there is a keyboard.
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
		return w.keys.ShowHint(w.task)
	case 'n':
		return w.turnToNext(ctx)
	case 'l':
		return w.keys.ShowProgress()
	case 'c':
		w.check(ctx)
	case '\n':
		fmt.Println()
	default:
		fmt.Println(w.help())
	}
	return nil
}

// turnToNext makes the next lesson, unless it exists, and watches that.
func (w *watcher) turnToNext(ctx context.Context) error {
	l, found := course.Next(w.Root, w.lesson)
	if !found {
		return hint.New(hint.Usage, "to run the whole shop: make shop", "lesson %d is the last one", w.lesson.N)
	}
	if err := w.keys.MakeLesson(ctx, l); err != nil {
		return err
	}
	w.lesson = l
	w.saved = w.stamps()
	w.check(ctx)
	return nil
}
