package npm

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

func (f *Fetcher) printLine(format string, args ...any) {
	if f.Progress != nil {
		fmt.Fprintf(f.Progress, format+"\n", args...)
	}
}

// announceFetch shows a fetch into work until done is called: a bar on a terminal,
// where NO_COLOR does not ask for plain lines, else a line before and one after.
func (f *Fetcher) announceFetch(work string, b Build) (done func(ok bool)) {
	title := "fetching " + f.Title
	if f.GOOS != runtime.GOOS || f.GOARCH != runtime.GOARCH {
		title += " for " + f.GOOS + "-" + f.GOARCH
	}
	out, isFile := f.Progress.(*os.File)
	if !isFile || !term.IsTerminal(int(out.Fd())) || os.Getenv("NO_COLOR") != "" {
		f.printLine("%s (%d MB) …", title, (b.Bytes+5e5)/1e6)
		return func(ok bool) {
			if ok {
				f.printLine("… done")
			}
		}
	}
	bar := progressbar.NewOptions64(b.Bytes,
		progressbar.OptionSetWriter(out), progressbar.OptionSetDescription(title),
		progressbar.OptionShowBytes(true), progressbar.OptionShowCount(), progressbar.OptionSetPredictTime(false),
		progressbar.OptionSetWidth(15)) // 80 columns in all
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		watchSize(bar, work, b.Bytes, stop)
	}()
	return func(ok bool) {
		close(stop)
		<-stopped
		if ok {
			bar.Set64(b.Bytes)
		}
		fmt.Fprintln(out)
	}
}

func watchSize(bar *progressbar.ProgressBar, work string, total int64, stop <-chan struct{}) {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			// Never the total itself: it would end the bar before npm ended.
			bar.Set64(min(largestSize(work), total-1))
		case <-stop:
			return
		}
	}
}

// largestSize returns the size of the largest file under dir. npm downloads into one
// file of its cache and copies that to the tarball, so this is how far it is.
func largestSize(dir string) (n int64) {
	filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return nil
		}
		if info, err := d.Info(); err == nil {
			n = max(n, info.Size())
		}
		return nil
	})
	return n
}
