// Command order is a program as anybody could have it: a port of its own, and no setting.
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
