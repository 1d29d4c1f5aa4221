package main

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"example.com/workbook/tools/check/setting"
	"example.com/workbook/tools/course"
	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/learner"
	"example.com/workbook/tools/process"
	"example.com/workbook/tools/restate"
	"example.com/workbook/tools/ui"
)

type watchCmd struct {
	N string `arg:"" optional:"" help:"The lesson's number; left out, the one that you save in."`
	joining
}

// Run checks a lesson whenever one of its files is saved, on a server that stays
// up.
func (c watchCmd) Run(ctx context.Context, k *process.Keeper, p *place) error {
	// SIGQUIT too: the terminal is to be given back.
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGQUIT)
	defer stop()
	p.class.Join(c.Class, c.Name)
	w := &watcher{place: p, keeper: k, sticks: c.N != "", verdicts: make(chan verdict)}
	if err := w.choose(c.N); err != nil {
		return err
	}
	defer w.close()
	if err := w.serve(ctx); ctx.Err() != nil {
		return nil
	} else if err != nil {
		return err
	}
	keys, restore := ui.ReadKeys(os.Stdin)
	defer restore()
	return w.loop(ctx, keys)
}

// watcher is one make watch.
type watcher struct {
	*place
	lesson course.Lesson
	sticks bool // to the lesson that was named
	saved  map[string]stamp

	keeper *process.Keeper
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
		_, w.lesson, err = w.checked("watch", word)
	} else {
		w.lesson, err = learner.Current(w.root)
	}
	return err
}

// serve starts the server that all checks of this watch share.
func (w *watcher) serve(ctx context.Context) (err error) {
	if w.dir, err = w.keeper.MkdirTemp(); err != nil {
		return err
	}
	if w.binary, err = restate.Find(ctx, os.Stderr); err != nil {
		return err
	}
	w.server, err = restate.Start(ctx, w.keeper, w.binary, setting.Server())
	return err
}

func (w *watcher) close() {
	if w.cancel != nil {
		w.cancel()
		<-w.verdicts
	}
	if w.server != nil {
		w.server.Stop()
	}
	if w.dir != "" {
		w.keeper.RemoveDir(w.dir)
	}
}

// look is how often the files are looked at. Events would tell sooner, but not
// on every file system, nor of every editor's way to save.
const look = 50 * time.Millisecond

// loop ends when the watcher is told to.
func (w *watcher) loop(ctx context.Context, keys <-chan ui.Key) error {
	ticks := time.NewTicker(look)
	defer ticks.Stop()
	w.saved = w.stamps()
	w.check(ctx)
	for {
		select {
		case <-ctx.Done():
			return nil
		case k, ok := <-keys:
			if !ok {
				keys = nil
			} else if k == quitKey {
				return nil
			} else if err := w.press(ctx, k); err != nil {
				fmt.Println(hint.Text(err))
			}
		case <-ticks.C:
			if w.anySaved() {
				w.check(ctx)
			}
		case v := <-w.verdicts:
			w.cancel = nil
			w.tell(v)
		}
	}
}

// stamp tells whether a file was saved.
type stamp struct {
	info os.FileInfo
	sum  [sha256.Size]byte
}

func (s stamp) same(o stamp) bool {
	return s.info != nil && s.info.ModTime().Equal(o.info.ModTime()) && s.sum == o.sum
}

// fresh is how long a file may change again within the same tick of its file
// system's clock.
const fresh = 2 * time.Second

// stampOf is that of a file now, by its content where its times may not tell.
func stampOf(file string, before stamp) (stamp, bool) {
	info, err := os.Stat(file)
	if err != nil {
		return stamp{}, false
	}
	if before.info != nil && os.SameFile(info, before.info) && info.Size() == before.info.Size() &&
		info.ModTime().Equal(before.info.ModTime()) && time.Since(info.ModTime()) > fresh {
		return before, true
	}
	text, err := os.ReadFile(file)
	return stamp{info, sha256.Sum256(text)}, err == nil
}

// stamps are those of the Go files of every lesson in work/: one lesson's program
// may have another's services.
func (w *watcher) stamps() map[string]stamp {
	all := map[string]stamp{}
	for _, lesson := range course.Glob(filepath.Join(w.root, "work"), "[0-9][0-9]-*") {
		fs.WalkDir(os.DirFS(lesson), ".", func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || filepath.Ext(name) != ".go" {
				return nil // it may have gone since
			}
			path := filepath.Join(lesson, name)
			if s, ok := stampOf(path, w.saved[path]); ok {
				all[path] = s
			}
			return nil
		})
	}
	return all
}

// anySaved says whether a file has changed, come or gone since the last look, and
// goes over to the lesson that it is in. A save that is not over yet is seen at
// the next look again.
func (w *watcher) anySaved() bool {
	before := w.saved
	w.saved = w.stamps()
	changed := false
	for f, s := range w.saved {
		if !before[f].same(s) {
			changed = true
			if l, _, err := course.At(w.root, filepath.Dir(f)); err == nil && !w.sticks {
				w.lesson = l
			}
		}
	}
	return changed || len(before) != len(w.saved)
}
