package sandbox

import (
	"fmt"
	"sync/atomic"
	"testing"
)

// What an effect costs: one at a time it pays a sync alone, side by side many
// share one.
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

func BenchmarkPrice(b *testing.B) {
	l := start(b)
	for b.Loop() {
		l.ask("GET", "/warehouse/prices/book", "", "")
	}
}
