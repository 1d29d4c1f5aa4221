// Command rows prints the rows of some orders in the shop's database as tables. With
// -follow it prints a line of JSON for each status that a row has had or gets, until
// standard input ends; without ids it follows all orders. It is a program of its own
// so that the workbook tool does not link SQLite.
//
//	rows work/shop.db o-1 o-2
//	rows -follow work/shop.db
package main

import (
	"example.com/workbook/lessons/shop/store"
	"example.com/workbook/tools/rows/table"
)

func main() {
	table.Main("work/shop.db", func(file string) (table.Reader, error) { return store.Look(file) }, store.IsRetryable)
}
