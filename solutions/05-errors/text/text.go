// Package text has code that only the lesson's page shows.
package text

import (
	"time"

	restate "github.com/restatedev/sdk-go"
)

// Shelves is a service of another shop.
type Shelves struct{}

// Recount has a step with options.
func (Shelves) Recount(ctx restate.Context, place string) (int, error) {
	//snip options
	pieces, err := restate.Run(ctx, func(rc restate.RunContext) (int, error) {
		return count(rc, place)
	}, append(backOff(), restate.WithName("count"))...)
	//snip end
	return pieces, err
}

func backOff() []restate.RunOption {
	return []restate.RunOption{restate.WithInitialRetryInterval(time.Second), restate.WithRetryIntervalFactor(2)}
}

func count(rc restate.RunContext, where string) (int, error) { return len(where), rc.Err() }
