package client

import (
	"context"
	"fmt"
	"time"

	"example.com/workbook/tools/restate"
	"example.com/workbook/tools/web"
)

// printVersions prints that a version was deployed or removed.
func (f *follower) printVersions(before, now View) {
	f.mu.Lock()
	f.known = now.Versions
	f.mu.Unlock()
	switch {
	case len(now.Versions) > len(before.Versions):
		f.printShopLine("version 2 is deployed: new calls go there, and an order that has begun stays on version 1")
	case len(now.Versions) < len(before.Versions):
		f.printShopLine("version 1 is removed")
	}
}

// nameVersion returns which version serves an order, as the end of a line; "" where the shop has
// one version. The caller holds the order's lock.
func (f *follower) nameVersion(ctx context.Context, o *placed) string {
	f.mu.Lock()
	known := f.known
	f.mu.Unlock()
	if o.version == 0 && len(known) > 1 {
		o.version = f.findVersion(ctx, o, known)
	}
	if o.version == 0 {
		return ""
	}
	return fmt.Sprintf(", on version %d", o.version)
}

// findVersion returns the version that an order's workflow is pinned to, 0 if that is not known
// soon. Restate pins an invocation with the first entry of its journal, at about the time when the
// order's row gets its first status.
func (f *follower) findVersion(ctx context.Context, o *placed, known []Version) int {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	for ctx.Err() == nil {
		rows, err := f.placer.Admin.Invocations(ctx, restate.InvocationFilter{IDs: []string{o.invocation}})
		if err != nil {
			return 0
		}
		for _, v := range known {
			if len(rows) == 1 && rows[0].Deployment == v.Deployment {
				return v.N
			}
		}
		web.Pause(ctx, 20*time.Millisecond)
	}
	return 0
}
