package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	restate "github.com/restatedev/sdk-go"
	"github.com/restatedev/sdk-go/server"

	"example.com/workbook/lessons/shop/env"
	"example.com/workbook/lessons/shop/serve"
)

// Noop is a service whose handler does nothing, so that its calls cost only what Restate itself
// costs.
type Noop struct{}

// Nothing returns at once.
func (Noop) Nothing(restate.Context) error { return nil }

func serveNoop() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := serve.Until(ctx, env.Listen(), server.NewRestate().Bind(restate.Reflect(Noop{}))); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}
