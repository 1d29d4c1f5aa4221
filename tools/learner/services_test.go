package learner

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/course"
	"example.com/workbook/tools/shop/services"
)

// A service is the learner's where nothing is left to write in its package.
func TestServicesAreYoursWhereNoTodoIsLeft(t *testing.T) {
	t.Parallel()
	module, err := course.Root(".")
	require.NoError(t, err)
	root := t.TempDir()
	require.NoError(t, course.CopyParts(module, root, "lessons", "solutions"))
	write := func(name, src string) { put(t, root, "work/"+name, src) }
	write("05-errors/payment/payment.go", "package payment\n\n// TODOs are done.\n")
	write("03-virtual-object/cart/cart.go", "package cart\n")
	write("03-virtual-object/GIVEN.txt", "by make catchup\n")
	write("04-workflow/order/order.go", "package order\n\nfunc f() {\n\t// TODO 4.5: an error\n}\n")
	write("06-order-flow/main.go", "package main\n")
	shop, err := course.FindShop(root)
	require.NoError(t, err)
	require.NoError(t, Equip(root, shop))

	got, err := os.ReadFile(filepath.Join(shop.Dir(root, "work"), services.FileName))
	require.NoError(t, err)
	require.Regexp(t, `\t"example.com/workbook/work/05-errors/payment" +// yours\n`, string(got))
	require.Regexp(t, `\t"example.com/workbook/solutions/04-workflow/order" +// the reference: TODO 4.5 is left in work/04-workflow/order\n`, string(got))
	require.Regexp(t, `\t"example.com/workbook/solutions/02-basic-service/pricing" +// the reference: work/02-basic-service/pricing is not there\n`, string(got))
	require.Regexp(t, `\t"example.com/workbook/work/03-virtual-object/cart" +// the reference solution, given in work/03-virtual-object/cart\n`, string(got))
	require.Len(t, services.Origins(got), 6)

	require.NoError(t, Equip(root, course.Lesson{N: 5, Slug: "05-errors"}))
	require.NoFileExists(t, filepath.Join(root, "work", "05-errors", services.FileName))
}
