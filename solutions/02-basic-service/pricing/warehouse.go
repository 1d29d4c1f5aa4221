package pricing

import (
	"context"
	"net/http"

	restate "github.com/restatedev/sdk-go"

	"example.com/workbook/lessons/shop/outside"
)

//snip lookup

// lookUp asks the warehouse for the price of a SKU. You do not edit this function.
func lookUp(ctx context.Context, sku string) (cents int64, err error) {
	cents, err = outside.Price(ctx, sku)
	if outside.IsRefused(err) { // there is no such SKU: retrying is pointless
		return 0, restate.ToTerminalError(err, restate.WithErrorCode(http.StatusNotFound))
	}
	return cents, err
}

//snip end
