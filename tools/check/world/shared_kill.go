package world

import (
	"context"
	"sync"
)

// SharedKill lets scripts that run side by side share one crash of the
// program and its start: the kill comes when every one of them has come to its
// crash, or has ended.
type SharedKill struct {
	World *World

	mu      sync.Mutex
	scripts int // that run
	waiting []chan error
}

// Join counts a script in: the kill waits for it.
func (k *SharedKill) Join() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.scripts++
}

// Leave counts a script out that has ended.
func (k *SharedKill) Leave() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.scripts--
	k.killWhenComplete(context.Background())
}

// Crash returns when the program has been killed and runs again.
func (k *SharedKill) Crash(ctx context.Context) error {
	here := make(chan error, 1)
	k.mu.Lock()
	k.waiting = append(k.waiting, here)
	k.killWhenComplete(ctx)
	k.mu.Unlock()
	select {
	case err := <-here:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// killWhenComplete kills once nobody is missing. k.mu is held.
func (k *SharedKill) killWhenComplete(ctx context.Context) {
	if len(k.waiting) == 0 || len(k.waiting) < k.scripts {
		return
	}
	err := k.World.Crash(ctx)
	for _, script := range k.waiting {
		script <- err
	}
	k.waiting = nil
}
