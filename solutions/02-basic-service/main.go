// Lesson 02: two services that call each other.
//
//	make check 2     check every task (or: go test ./work/02-basic-service)
//	make run 2       serve them, so that you can call them
//	make crash 2     kill the program while Quote waits for the warehouse
package main

import (
	"cmp"
	"context"
	"log"
	"os"

	//task 2.1
	restate "github.com/restatedev/sdk-go"
	//end
	"github.com/restatedev/sdk-go/server"

	"example.com/workbook/solutions/02-basic-service/naive"
	//task 2.1
	"example.com/workbook/solutions/02-basic-service/pricing"
	//end
	//task 2.2
	"example.com/workbook/solutions/02-basic-service/receipts"
	//end
)

func main() {
	if len(os.Args) > 1 && os.Args[1] == "naive" {
		naive.Main(os.Args[2:])
		return
	}
	shop := server.NewRestate()
	//| // TODO 2.1: bind the service Pricing to shop, and delete the next line. In 2.2,
	//| // bind Receipts too.
	//| log.Fatal("TODO 2.1: no service is bound yet")
	//task 2.1
	shop.Bind(restate.Reflect(pricing.Pricing{}))
	//end
	//task 2.2
	shop.Bind(restate.Reflect(receipts.Receipts{}))
	//end
	log.Fatal(shop.Start(context.Background(), cmp.Or(os.Getenv("LISTEN"), "127.0.0.1:9080")))
}
