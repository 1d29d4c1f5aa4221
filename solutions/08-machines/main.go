// Lesson 08: many machines. Lose a node, lose no order.
//
//	make check 8     check every task (go test ./work/08-machines does the same)
//	make run 8       serve the program and call it yourself
//	make crash 8     one server, and its disk is lost
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"os/signal"
	"syscall"
	"time"

	restate "github.com/restatedev/sdk-go"
	"github.com/restatedev/sdk-go/server"

	"example.com/workbook/lessons/shop/database"
	"example.com/workbook/lessons/shop/env"
	"example.com/workbook/solutions/04-workflow/order"
	"example.com/workbook/solutions/05-errors/payment"
	"example.com/workbook/solutions/08-machines/client"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		log.Fatal(err)
	}
}

// run serves the shop, places orders, or works with the stock:
//
//	place ORDER JSON
//	drill ID N
//	add ITEM PIECES
//	sell ORDER ITEM PIECES
//	kinds SQLSTATE …
func run(ctx context.Context, args []string) error {
	switch {
	case len(args) == 0:
		return serve(ctx)
	case len(args) == 3 && args[0] == "place":
		return place(ctx, args[1], args[2])
	case len(args) == 3 && args[0] == "drill":
		return drill(ctx, args[1], args[2])
	case len(args) == 3 && args[0] == "add", len(args) == 4 && args[0] == "sell", args[0] == "kinds":
		return stock(ctx, args)
	}
	return fmt.Errorf("unknown command %q\nhint: place ORDER JSON, drill ID N, add ITEM PIECES, sell ORDER ITEM PIECES, or kinds SQLSTATE …", args)
}

// pause is how long the client waits between two tries: a node that is dead refuses at once.
const pause = 50 * time.Millisecond

// place places an order and prints the order's answer.
func place(ctx context.Context, id, request string) error {
	settings := env.ReadClient()
	ctx, cancel := context.WithTimeout(ctx, settings.Place)
	defer cancel()
	c := &client.Client{Nodes: settings.Nodes, Limit: settings.Try, Pause: pause}
	answer, err := c.Place(ctx, id, []byte(request))
	var refusal *client.Refusal
	if errors.As(err, &refusal) {
		return fmt.Errorf("the order was refused: %d %s", refusal.Status, refusal.Body)
	}
	if err != nil {
		return err
	}
	fmt.Printf("%s\n", answer)
	return nil
}

// serve serves the shop. The handlers know neither the database nor how many nodes there are.
func serve(ctx context.Context) error {
	db, err := database.Open(ctx, env.Database())
	if err != nil {
		return err
	}
	// An order that waits is suspended after a minute. Without this option the check, and you,
	// would have to wait for that minute.
	atOnce := restate.WithInactivityTimeout(0)
	return server.NewRestate().
		Bind(restate.Reflect(order.Order{DB: db, ApprovalLimit: env.ApprovalLimit()}, atOnce)).
		Bind(restate.Reflect(payment.Payment{DB: db, FirstRetry: env.FirstRetry()})).
		Start(ctx, env.Listen())
}
