package check

import (
	"context"
	"sync"
)

// sharedKill lets scripts that run side by side share one crash of the
// program and its start: the kill comes when every one of them has come to its
// crash, or has ended.
type sharedKill struct {
	world *world

	mu      sync.Mutex
	scripts int // that run
	waiting []chan error
}

func (k *sharedKill) join() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.scripts++
}

func (k *sharedKill) leave() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.scripts--
	k.look(context.Background())
}

// crash returns when the program has been killed and runs again.
func (k *sharedKill) crash(ctx context.Context) error {
	here := make(chan error, 1)
	k.mu.Lock()
	k.waiting = append(k.waiting, here)
	k.look(ctx)
	k.mu.Unlock()
	select {
	case err := <-here:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// look kills once nobody is missing. k.mu is held.
func (k *sharedKill) look(ctx context.Context) {
	if len(k.waiting) == 0 || len(k.waiting) < k.scripts {
		return
	}
	err := k.world.crash(ctx)
	for _, script := range k.waiting {
		script <- err
	}
	k.waiting = nil
}
