package sandbox

import (
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

// The benchmark measures how long a charge takes. A caller that is alone waits for one sync of the
// disk for each charge. Charges that run at the same time share a sync.
func BenchmarkCharge(b *testing.B) {
	l := start(b)
	var n atomic.Int64
	one := func() {
		if _, err := l.send(l.ctx, "POST", "/gateway/charges", fmt.Sprint(n.Add(1)), chargeBody("o-1")); err != nil {
			b.Error(err)
		}
	}
	b.Run("alone", func(b *testing.B) {
		for b.Loop() {
			one()
		}
	})
	b.Run("together", func(b *testing.B) {
		b.SetParallelism(16)
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				one()
			}
		})
	})
}

// The benchmark measures which part of a charge's time the ledger takes.
func BenchmarkLedger(b *testing.B) {
	for _, writers := range []int{0, 1, 16} {
		b.Run(fmt.Sprintf("flushed_by_%d", writers), func(b *testing.B) {
			l, err := openLedger(filepath.Join(b.TempDir(), "ledger"))
			require.NoError(b, err)
			defer l.file.Close()
			w := &world{ledger: l, onFailure: func(err error) { b.Error(err) }, changed: make(chan struct{})}
			w.write(b, writers)
		})
	}
}

// write adds b.N entries to the ledger. With 1 writer or more, it also syncs each entry to the
// disk.
func (w *world) write(b *testing.B, writers int) {
	e := Entry{What: Effect, Kind: Charge, Subject: "o-1", Key: "5f3c", AmountCents: 2500}
	one := func() {
		w.mu.Lock()
		noted := w.addEntry(e)
		w.mu.Unlock()
		if writers > 0 {
			w.flushLedger(noted.N)
		}
	}
	var left atomic.Int64
	left.Store(int64(b.N))
	var all sync.WaitGroup
	for range max(writers, 1) {
		all.Go(func() {
			for left.Add(-1) >= 0 {
				one()
			}
		})
	}
	all.Wait()
}
