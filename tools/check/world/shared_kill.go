package world

import (
	"context"
	"sync"
)

// SharedKill lets scripts that run at the same time share one kill and one start of the
// program. The kill happens when each script has reached its crash word, or has ended.
type SharedKill struct {
	World *World

	mu      sync.Mutex
	scripts int // number of running scripts
	waiting []chan error
}

// Join adds a script that the kill waits for.
func (k *SharedKill) Join() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.scripts++
}

// Leave removes a script that has ended.
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

// killWhenComplete kills the program when no script is missing. The caller holds k.mu.
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
