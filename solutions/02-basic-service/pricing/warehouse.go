package pricing

import (
	"context"
	"net/http"

	restate "github.com/restatedev/sdk-go"

	"example.com/workbook/lessons/shop/outside"
)

//snip lookup

// lookUp asks the warehouse what a sku costs. Nothing to edit here.
func lookUp(ctx context.Context, sku string) (cents int64, err error) {
	cents, err = outside.Price(ctx, sku)
	if outside.IsRefused(err) { // there is no such sku, and won't be on the tenth try
		return 0, restate.ToTerminalError(err, restate.WithErrorCode(http.StatusNotFound))
	}
	return cents, err
}

//snip end
