// Lesson 01: a checkout that survives a crash.
//
//	make check 1     check every task (or: go test ./work/01-concepts)
//	make run 1       serve it, so that you can call it
//	make crash 1     kill it after the card is charged, and show the ledger
package main

import (
	"cmp"
	"context"
	"log"
	"os"

	restate "github.com/restatedev/sdk-go"
	"github.com/restatedev/sdk-go/server"

	"example.com/workbook/solutions/01-concepts/checkout"
)

func main() {
	ctx := context.Background()
	if len(os.Args) == 3 && os.Args[1] == "naive" {
		order := checkout.Order{ID: os.Args[2], SKU: "book", AmountCents: 2500, Token: "tok_ok"}
		if err := checkout.Naive(ctx, order); err != nil {
			log.Fatal(err)
		}
		return
	}
	err := server.NewRestate().
		Bind(restate.Reflect(checkout.Checkout{})).
		Start(ctx, cmp.Or(os.Getenv("LISTEN"), "127.0.0.1:9080"))
	log.Fatal(err)
}
