// Lesson 04: a workflow, the order itself.
//
//	make check 4     check every task (go test ./work/04-workflow does the same)
//	make run 4       serve the program and call it yourself
//	make crash 4     kill the program between two stages of an order
package main

import (
	"context"
	"log"
	"os"

	restate "github.com/restatedev/sdk-go"
	"github.com/restatedev/sdk-go/server"

	"example.com/workbook/lessons/shop/env"
	"example.com/workbook/lessons/shop/store"
	"example.com/workbook/solutions/04-workflow/naive"
	"example.com/workbook/solutions/04-workflow/order"
)

func main() {
	db, err := store.Open(env.Database())
	if err != nil {
		log.Fatal(err)
	}
	if len(os.Args) == 3 && os.Args[1] == "naive" {
		naive.Main(db, os.Args[2])
		return
	}
	err = server.NewRestate().
		Bind(restate.Reflect(order.Order{DB: db, ApprovalLimit: env.ApprovalLimit()})).
		Start(context.Background(), env.Listen())
	log.Fatal(err)
}
