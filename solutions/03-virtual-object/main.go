// Lesson 03: two virtual objects, a cart and a shipment.
//
//	make check 3     check every task, as go test ./work/03-virtual-object does
//	make run 3       serve both objects, so that you can call them
package main

import (
	"cmp"
	"context"
	"log"
	"os"

	restate "github.com/restatedev/sdk-go"
	"github.com/restatedev/sdk-go/server"

	"example.com/workbook/lessons/shop/store"
	"example.com/workbook/solutions/03-virtual-object/cart"
	"example.com/workbook/solutions/03-virtual-object/shipping"
)

func main() {
	db, err := store.Open(cmp.Or(os.Getenv("SHOP_DB"), "work/shop.db"))
	if err != nil {
		log.Fatal(err)
	}
	err = server.NewRestate().
		Bind(restate.Reflect(cart.Cart{})).
		Bind(restate.Reflect(shipping.Shipping{DB: db})).
		Start(context.Background(), cmp.Or(os.Getenv("LISTEN"), "127.0.0.1:9080"))
	log.Fatal(err)
}
