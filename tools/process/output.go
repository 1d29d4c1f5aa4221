package process

import (
	"io"
	"sync"
)

// maxOutput is how many bytes of a program's output are kept. A program that prints without end is
// therefore not blocked, and does not fill the memory.
const maxOutput = 1 << 20

// output keeps the end of the bytes that are written to it. The last lines matter most.
type output struct {
	mu  sync.Mutex
	buf []byte
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.buf = append(o.buf, p...)
	if over := len(o.buf) - maxOutput; over > 0 {
		// Drop half of the buffer at once. To drop a few bytes at each write would copy the buffer
		// each time.
		o.buf = append(o.buf[:0], o.buf[max(over, len(o.buf)-maxOutput/2):]...)
	}
	return len(p), nil
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return string(o.buf)
}

// tee returns a writer that writes to o, and also to w if w is not nil.
func (o *output) tee(w io.Writer) io.Writer {
	if w == nil {
		return o
	}
	return io.MultiWriter(o, w)
}
