package process

import (
	"io"
	"sync"
)

// maxOutput is how many bytes of a program's output are kept, so that one that
// prints without end neither blocks nor fills the memory.
const maxOutput = 1 << 20

// output keeps the end of what is written to it: the last words matter.
type output struct {
	mu  sync.Mutex
	buf []byte
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.buf = append(o.buf, p...)
	if over := len(o.buf) - maxOutput; over > 0 {
		// Half of it at once, not a bit at each write.
		o.buf = append(o.buf[:0], o.buf[max(over, len(o.buf)-maxOutput/2):]...)
	}
	return len(p), nil
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return string(o.buf)
}

// tee returns a writer to o and, where there is one, to w as well.
func (o *output) tee(w io.Writer) io.Writer {
	if w == nil {
		return o
	}
	return io.MultiWriter(o, w)
}
