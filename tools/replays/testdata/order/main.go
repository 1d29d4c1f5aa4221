// Command order is a program that does not come from the workbook: it listens on a fixed port, and
// reads no settings.
package main

import (
	"context"
	"log"

	restate "github.com/restatedev/sdk-go"
	"github.com/restatedev/sdk-go/server"
)

type Order struct{}

func (Order) Run(ctx restate.WorkflowContext, amount int) (bool, error) {
	if _, err := restate.Run(ctx, charge, restate.WithName("charge")); err != nil {
		return false, err
	}
	return restate.Promise[bool](ctx, "approved").Result()
}

func charge(restate.RunContext) (string, error) { return "charged", nil }

func main() {
	log.Fatal(server.NewRestate().Bind(restate.Reflect(Order{})).Start(context.Background(), "127.0.0.1:9080"))
}
