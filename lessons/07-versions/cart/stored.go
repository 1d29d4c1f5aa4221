package cart

import (
	restate "github.com/restatedev/sdk-go"
)

// stored returns the contents of the cart. Version 1 or version 2 has stored them.
func stored(ctx restate.ObjectSharedContext) (Contents, error) {
	// TODO 7.5: Get panics if version 1 has stored the contents. Read the bytes instead:
	// restate.Get[[]byte](ctx, "contents", restate.WithBinary). Decode either shape, and
	// refuse any other with a terminal error.
	return restate.Get[Contents](ctx, "contents")
}
