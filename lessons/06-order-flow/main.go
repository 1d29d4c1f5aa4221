// Lesson 06: the whole shop.
//
//	make check 6           check every task (so does go test ./work/06-order-flow)
//	make run 6             serve the program and call it yourself
//	make shop SHOP=mine    run your shop with a real server, then make order
package main

import (
	"log"

	"example.com/workbook/lessons/shop/env"
	"example.com/workbook/lessons/shop/store"
)

func main() {
	db, err := store.Open(env.Database())
	if err != nil {
		log.Fatal(err)
	}
	// TODO 6.1: bind the six services of services.go, and report.Report, to one
	// server.NewRestate(). Give each its fields and the policy. Serve them with
	// serve.Until, until SIGINT or SIGTERM. Then delete this comment and the next two lines.
	_ = db
	log.Fatal("TODO 6.1: no service is bound yet")
}
