package sandbox

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"syscall"
	"time"

	"example.com/workbook/tools/hint"
)

// ledger is a file of JSON lines to which lines are only added. The lock of its owner guards
// appendEntry and entries. The lock for flushing is a separate one, so that one sync serves all
// callers that wait for it.
type ledger struct {
	file    *os.File
	entries []Entry
	err     error // the first failure; after a failure, no entry is added any more

	flushing sync.Mutex
	flushed  int // number of entries that are on disk
}

// openLedger opens or creates the file at path and reads it back. An incomplete last
// line is cut off: its entry was never answered.
func openLedger(path string) (*ledger, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, hint.New(hint.Setup, "name a ledger file in a folder that exists and can be written", "ledger: %w", err)
	}
	l := &ledger{file: f}
	if err := l.readBack(); err != nil {
		f.Close()
		return nil, err
	}
	return l, nil
}

func (l *ledger) readBack() error {
	if err := syscall.Flock(int(l.file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return hint.New(hint.Setup, "stop the other sandbox, or name another ledger", "ledger %s is in use", l.file.Name())
	}
	size, err := l.readEntries()
	if err != nil {
		return err
	}
	if err := l.file.Truncate(size); err != nil {
		return hint.New(hint.Setup, "", "ledger: %w", err)
	}
	_, err = l.file.Seek(size, io.SeekStart)
	return err
}

// readEntries reads the entries, and returns how many bytes of the file they take.
func (l *ledger) readEntries() (size int64, err error) {
	r := bufio.NewReader(l.file)
	for {
		line, err := r.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return size, nil
		}
		if err != nil {
			return size, err
		}
		var e Entry
		if json.Unmarshal(line, &e) != nil || e.N != len(l.entries)+1 {
			return size, hint.New(hint.Setup, "name another ledger", "ledger %s: line %d is not the sandbox's", l.file.Name(), len(l.entries)+1)
		}
		l.entries = append(l.entries, e)
		size += int64(len(line))
	}
}

// appendEntry writes e as the next entry. After that, the line survives the end of this process. It
// survives a failure of the machine only after syncTo.
func (l *ledger) appendEntry(e Entry) (Entry, error) {
	if l.err != nil {
		return e, l.err
	}
	e.N = len(l.entries) + 1
	e.T = time.Now().UTC().Truncate(time.Millisecond)
	line, err := json.Marshal(e)
	if err == nil {
		_, err = l.file.Write(append(line, '\n'))
	}
	if err != nil {
		l.err = fmt.Errorf("ledger: %w", err)
		return e, l.err
	}
	l.entries = append(l.entries, e)
	return e, nil
}

// syncTo returns when entry n is on disk. If a caller waits while another caller syncs, then its
// entry is usually on disk after that sync too.
func (l *ledger) syncTo(n int, last func() int) error {
	l.flushing.Lock()
	defer l.flushing.Unlock()
	if l.flushed >= n {
		return nil
	}
	upTo := last()
	if err := l.file.Sync(); err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	l.flushed = upTo
	return nil
}
