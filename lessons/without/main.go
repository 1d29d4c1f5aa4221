// A program of its own for Restate: one virtual object, Parcel, and nothing of this workbook.
package main

import (
	"cmp"
	"context"
	"errors"
	"log"
	"os"
	"time"

	restate "github.com/restatedev/sdk-go"
	"github.com/restatedev/sdk-go/server"
)

// Parcel is a virtual object. Its object key is the parcel's id.
type Parcel struct{}

// Book books a carrier, waits two seconds for the pick-up, and returns the tracking id.
func (Parcel) Book(ctx restate.ObjectContext, city string) (string, error) {
	if city == "" {
		return "", restate.ToTerminalError(errors.New("a parcel needs a city"), restate.WithErrorCode(400))
	}
	id := restate.Key(ctx)
	tracking, err := restate.Run(ctx, func(restate.RunContext) (string, error) {
		return askCarrier(id, city)
	}, restate.WithName("carrier"))
	if err != nil {
		return "", err
	}
	if err := restate.Sleep(ctx, 2*time.Second); err != nil {
		return "", err
	}
	restate.Set(ctx, "tracking", tracking)
	return tracking, nil
}

// Tracking returns the tracking id, or "" for a parcel that is not booked.
func (Parcel) Tracking(ctx restate.ObjectSharedContext) (string, error) {
	return restate.Get[string](ctx, "tracking")
}

// askCarrier stands for a request to a carrier. The carrier answers unless there is a file
// named carrier-is-down.
func askCarrier(id, city string) (string, error) {
	if _, err := os.Stat("carrier-is-down"); err == nil {
		return "", errors.New("the carrier does not answer")
	}
	log.Printf("the carrier takes %s to %s", id, city)
	return "trk-" + id, nil
}

func main() {
	log.Fatal(server.NewRestate().
		Bind(restate.Reflect(Parcel{})).
		Start(context.Background(), cmp.Or(os.Getenv("LISTEN"), "127.0.0.1:9080")))
}
