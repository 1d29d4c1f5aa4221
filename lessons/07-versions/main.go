// Lesson 07: change a program while orders are running.
//
//	make check 7     check every task (go test ./work/07-versions does the same)
//	make run 7       serve the program and call it yourself
//	make crash 7     a new version takes the address of the old one
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"os/signal"
	"syscall"

	restate "github.com/restatedev/sdk-go"
	"github.com/restatedev/sdk-go/server"

	"example.com/workbook/lessons/07-versions/cart"
	"example.com/workbook/lessons/07-versions/changes"
	"example.com/workbook/lessons/07-versions/deploy"
	"example.com/workbook/lessons/07-versions/order"
	"example.com/workbook/lessons/07-versions/repair"
	"example.com/workbook/lessons/shop/admin"
	"example.com/workbook/lessons/shop/env"
	"example.com/workbook/lessons/shop/store"
	"example.com/workbook/solutions/05-errors/payment"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		log.Fatal(err)
	}
}

// run serves the shop, or runs one of the commands of an operator:
//
//	deploy ADDRESS
//	repair ORDER ADDRESS
func run(ctx context.Context, args []string) error {
	switch {
	case len(args) == 0:
		return serve(ctx)
	case len(args) == 2 && args[0] == "deploy":
		return deploy.Deploy(ctx, admin.New(env.Admin()), args[1], env.LookEvery())
	case len(args) == 3 && args[0] == "repair":
		return repair.Repair(ctx, admin.New(env.Admin()), args[1], args[2], env.LookEvery())
	}
	return fmt.Errorf("unknown command %q\nhint: deploy ADDRESS, or repair ORDER ADDRESS", args)
}

// serve serves the version of the shop that VERSION names.
func serve(ctx context.Context) error {
	db, err := store.Open(env.Database())
	if err != nil {
		return err
	}
	// An order that waits is suspended after a minute. Without this option the check, and you,
	// would have to wait for that minute.
	atOnce := restate.WithInactivityTimeout(0)
	shop := server.NewRestate().
		Bind(restate.Reflect(order.New(env.Version(), db, env.ApprovalLimit()), atOnce)).
		Bind(restate.Reflect(payment.Payment{DB: db, FirstRetry: env.FirstRetry()})).
		Bind(restate.Reflect(cart.Cart{}))
	for _, service := range changes.Services(env.Version()) {
		shop.Bind(service)
	}
	return shop.Start(ctx, env.Listen())
}
