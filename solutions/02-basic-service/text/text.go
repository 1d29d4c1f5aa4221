// Package text has the code that only the lesson's page shows.
package text

import (
	"time"

	restate "github.com/restatedev/sdk-go"
)

// Shelves is a service of another shop.
type Shelves struct{}

// Shelf names a shelf.
type Shelf struct {
	Place string `json:"place"`
}

// Level is the number of pieces on a shelf.
type Level struct {
	Pieces int `json:"pieces"`
}

// Refill shows a call, two steps at once, and a one-way call.
func (Shelves) Refill(ctx restate.Context, place string) (int, error) {
	//snip request
	level, err := restate.Service[Level](ctx, "Shelves", "Count").Request(Shelf{Place: "A7"})
	//snip end
	if err != nil {
		return 0, err
	}

	//snip wait
	front := restate.RunAsync(ctx, func(rc restate.RunContext) (int, error) { return count(rc, "front") })
	back := restate.RunAsync(ctx, func(rc restate.RunContext) (int, error) { return count(rc, "back") })
	for _, err := range restate.Wait(ctx, front, back) { // starts both; the loop ends when both are done
		if err != nil {
			return 0, err
		}
	}
	pieces, err := front.Result() // has its result already
	//snip end
	if err != nil {
		return 0, err
	}

	//snip send
	restate.ServiceSend(ctx, "Shelves", "Recount").Send(Shelf{Place: "A7"}, restate.WithDelay(24*time.Hour))
	//snip end
	return level.Pieces + pieces, nil
}

func count(rc restate.RunContext, where string) (int, error) { return len(where), rc.Err() }
