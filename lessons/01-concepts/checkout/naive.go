package checkout

import (
	"context"

	"example.com/workbook/lessons/shop/outside"
)

// Naive is the checkout as a plain program. Nothing to edit here.
func Naive(ctx context.Context, o Order) error {
	if _, err := outside.Reserve(ctx, "", o.ID, o.SKU); err != nil {
		return err
	}
	charge, err := outside.Charge(ctx, "", o.purchase())
	if err != nil {
		return err
	}
	_, err = outside.Mail(ctx, "", o.receipt(charge.ID))
	return err
}
