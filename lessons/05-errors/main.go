// Lesson 05: errors, and a payment that gets them right.
//
//	make check 5     judge every task (go test ./work/05-errors does too)
//	make run 5       serve it and call it yourself
//	make crash 5     a declined card, as one first writes it; a kill in the charge
package main

import (
	"context"
	"log"

	restate "github.com/restatedev/sdk-go"
	"github.com/restatedev/sdk-go/server"

	"example.com/workbook/lessons/05-errors/naive"
	"example.com/workbook/lessons/05-errors/payment"
	"example.com/workbook/lessons/shop/env"
	"example.com/workbook/lessons/shop/store"
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
