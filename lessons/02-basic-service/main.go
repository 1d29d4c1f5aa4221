// Lesson 02: two services that call each other.
//
//	make check 2     judge every task (go test ./work/02-basic-service does too)
//	make run 2       serve them and call them yourself
//	make crash 2     see the warehouse away, and the program die meanwhile
package main

import (
	"cmp"
	"context"
	"log"
	"os"

	"github.com/restatedev/sdk-go/server"

	"example.com/workbook/lessons/02-basic-service/naive"
)

func main() {
	if len(os.Args) > 1 && os.Args[1] == "naive" {
		naive.Main(os.Args[2:])
		return
	}
	shop := server.NewRestate()
	// TODO 2.1: bind Pricing, and for 2.2 Receipts too, to shop, as lesson 1's main.go
	// does with its service. Then take the next line out.
	log.Fatal("TODO 2.1: no service is bound yet")
	log.Fatal(shop.Start(context.Background(), cmp.Or(os.Getenv("LISTEN"), "127.0.0.1:9080")))
}
