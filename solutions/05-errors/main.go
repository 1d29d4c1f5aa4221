// Lesson 05: errors, and a payment that gets them right.
//
//	make check 5     check every task (go test ./work/05-errors does the same)
//	make run 5       serve the payment and call it yourself
//	make crash 5     see a declined card that is retried, and a kill during a charge
package main

import (
	"context"
	"log"

	restate "github.com/restatedev/sdk-go"
	"github.com/restatedev/sdk-go/server"

	"example.com/workbook/lessons/shop/env"
	"example.com/workbook/lessons/shop/store"
	"example.com/workbook/solutions/05-errors/naive"
	"example.com/workbook/solutions/05-errors/payment"
)

func main() {
	db, err := store.Open(env.Database())
	if err != nil {
		log.Fatal(err)
	}
	err = server.NewRestate().
		Bind(restate.Reflect(naive.Naive{})).
		Bind(restate.Reflect(payment.Payment{DB: db, FirstRetry: env.FirstRetry()})).
		Start(context.Background(), env.Listen())
	log.Fatal(err)
}
