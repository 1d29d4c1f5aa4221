package process

import (
	"io"
	"sync"
)

// most is how many bytes of a program's output are kept, so that one that
// prints without end neither blocks nor fills the memory.
const most = 1 << 20

// output keeps the end of what is written to it: the last words matter.
type output struct {
	mu  sync.Mutex
	buf []byte
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.buf = append(o.buf, p...)
	if over := len(o.buf) - most; over > 0 {
		// Half of it at once, not a bit at each write.
		o.buf = append(o.buf[:0], o.buf[max(over, len(o.buf)-most/2):]...)
	}
	return len(p), nil
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return string(o.buf)
}

// and is a writer to o and, where there is one, to w as well.
func (o *output) and(w io.Writer) io.Writer {
	if w == nil {
		return o
	}
	return io.MultiWriter(o, w)
}
