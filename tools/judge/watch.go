package judge

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"example.com/workbook/tools/check/setting"
	"example.com/workbook/tools/course"
	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/learner"
	"example.com/workbook/tools/restate"
	"example.com/workbook/tools/ui"
)

// Watch checks a lesson whenever one of its files is saved, on a server that stays
// up: the lesson that is named or, where none is, the one in which a file is saved.
func (j *Judge) Watch(ctx context.Context, word string, keys Keys) error {
	// SIGQUIT too: the terminal is to be given back.
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGQUIT)
	defer stop()
	w := &watcher{Judge: j, keys: keys, sticks: word != "", verdicts: make(chan verdict)}
	if err := w.choose(word); err != nil {
		return err
	}
	defer w.close()
	if err := w.serve(ctx); ctx.Err() != nil {
		return nil
	} else if err != nil {
		return err
	}
	pressed, restore := ui.ReadKeys(os.Stdin)
	defer restore()
	return w.loop(ctx, pressed)
}

// watcher is one make watch.
type watcher struct {
	*Judge
	keys   Keys
	lesson course.Lesson
	sticks bool // to the lesson that was named
	saved  map[string]stamp

	server *restate.Server
	binary string // restate-server
	dir    string // for what checks make

	checks   int // so far
	cancel   context.CancelFunc
	verdicts chan verdict
	task     string // the first red one
}

// choose takes the lesson that was named, or the current one.
func (w *watcher) choose(word string) (err error) {
	if word != "" {
		_, w.lesson, err = Find(w.Root, w.Dir, "watch", word)
	} else {
		w.lesson, err = learner.Current(w.Root)
	}
	return err
}

// serve starts the server that all checks of this watch share.
func (w *watcher) serve(ctx context.Context) (err error) {
	if w.dir, err = w.Keeper.MkdirTemp(); err != nil {
		return err
	}
	if w.binary, err = restate.Find(ctx, os.Stderr); err != nil {
		return err
	}
	w.server, err = restate.Start(ctx, w.Keeper, w.binary, setting.Server())
	return err
}

// close ends the check that runs, and the server.
func (w *watcher) close() {
	if w.cancel != nil {
		w.cancel()
		<-w.verdicts
	}
	if w.server != nil {
		w.server.Stop()
	}
	if w.dir != "" {
		w.Keeper.RemoveDir(w.dir)
	}
}

// lookInterval is how often the files are looked at. fsnotify would be faster, but
// not on every file system (WSL, NFS), nor of every editor's way to save.
const lookInterval = 50 * time.Millisecond

// loop checks at every save, until ctx ends or q is pressed.
func (w *watcher) loop(ctx context.Context, pressed <-chan ui.Key) error {
	ticks := time.NewTicker(lookInterval)
	defer ticks.Stop()
	w.saved = w.stamps()
	w.check(ctx)
	for {
		select {
		case <-ctx.Done():
			return nil
		case k, ok := <-pressed:
			if !ok {
				pressed = nil
			} else if k == quitKey {
				return nil
			} else if err := w.press(ctx, k); err != nil {
				fmt.Println(hint.Text(err))
			}
		case <-ticks.C:
			if w.hasSaves() {
				w.check(ctx)
			}
		case v := <-w.verdicts:
			w.cancel = nil
			w.show(v)
		}
	}
}
