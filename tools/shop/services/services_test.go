package services

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/course"
)

// A learner's package is taken although extras and quizzes are open in it. The handlers
// that are not written yet come from the reference.
func TestExtrasAndQuizzesDoNotCount(t *testing.T) {
	t.Parallel()
	root := newRoot(t)
	write(t, root, "work/04-workflow/order/order.go", "package order\n\n// TODO 4.6: the quiz.\n\nfunc (Order) f() {\n\t// TODO 4.4: an old row\n}\n")
	write(t, root, "work/02-basic-service/pricing/pricing.go", `package pricing

import restate "github.com/restatedev/sdk-go"

type Pricing struct{}

// Basket is longer than what is missing in it.
func (Pricing) Basket(ctx restate.Context, b Skus) (map[string]int64, error) {
	if len(b.SKUs) > 0 {
		return nil, todo.Task("2.3")
	}
	return nil, nil
}
`)
	write(t, root, "work/02-basic-service/receipts/receipts.go", `package receipts

import (
	sdk "github.com/restatedev/sdk-go"
)

type Receipts struct{}

func (r *Receipts) Compose(ctx sdk.Context, orders map[string][]*Order) (Receipt, error) {
	return Receipt{}, nil
}

func (Receipts) Send(ctx sdk.Context, r Receipt) error {
	// TODO 2.4: mail it.
	return todo.Task("2.4")
}
`)
	got := file(t, root)
	require.Contains(t, Origins(got), "order     yours")
	require.Contains(t, Origins(got), "pricing   yours")
	require.Contains(t, Origins(got), "receipts  yours, but Send is the reference's: 2.4 is open")
	require.Contains(t, string(got), "\tPricing  = pricing.Pricing\n")
	require.Contains(t, string(got), `
func (s Receipts) Compose(ctx sdk.Context, in map[string][]*receipts.Order) (receipts.Receipt, error) {
	own := receipts.Receipts(s)
	return own.Compose(ctx, in)
}
`)
	require.Contains(t, string(got), `
func (s Receipts) Send(ctx restate.Context, in refreceipts.Receipt) error {
	reference := refreceipts.Receipts{}
	return reference.Send(ctx, in)
}
`)
}

// A task that every plan needs still counts, in a comment and in code.
func TestOtherTasksCount(t *testing.T) {
	t.Parallel()
	root := newRoot(t)
	write(t, root, "work/04-workflow/order/order.go", "package order\n\n// TODO 4.5: undo it\n")
	write(t, root, "work/02-basic-service/pricing/pricing.go", "package pricing\n\nvar err = todo.Task(\"2.1\")\n")
	write(t, root, "work/02-basic-service/receipts/receipts.go", "package receipts\n\ntype Receipts struct{}\n\ntype own struct{}\n\n"+
		"func (Receipts) Compose(o own) error { return nil }\n\nfunc (Receipts) Send() error { return todo.Task(\"2.4\") }\n")
	got := Origins(file(t, root))
	require.Contains(t, got, "order     the reference: TODO 4.5 is left in work/04-workflow/order")
	require.Contains(t, got, "pricing   the reference: TODO 2.1 is left in work/02-basic-service/pricing")
	require.Contains(t, got, "receipts  the reference: TODO 2.4 is left in work/02-basic-service/receipts")
}

// The shop builds from the learner's packages when only extras are open in them.
func TestTheShopBuildsWithOpenExtras(t *testing.T) {
	t.Parallel()
	root := newRoot(t, "go.mod", "go.sum")
	for _, dir := range []string{"02-basic-service/receipts", "05-errors/payment", "06-order-flow"} {
		require.NoError(t, os.CopyFS(filepath.Join(root, "work", dir), os.DirFS(filepath.Join(root, "solutions", dir))))
	}
	stub, err := os.ReadFile(filepath.Join(root, "lessons/05-errors/payment/refund.go"))
	require.NoError(t, err)
	write(t, root, "work/05-errors/payment/refund.go", string(stub))
	got := file(t, root)
	require.Regexp(t, `payment +yours, but Refund is the reference's: 5\.\d is open`, strings.Join(Origins(got), "\n"))
	write(t, root, "work/06-order-flow/"+FileName, string(got))
	require.NoError(t, os.Remove(filepath.Join(root, "work/06-order-flow/lesson_test.go"))) // it needs tools/
	vet := exec.Command("go", "vet", "./work/06-order-flow")
	vet.Dir = root
	output, err := vet.CombinedOutput()
	require.NoError(t, err, "%s\n%s", output, got)
}

func newRoot(t *testing.T, more ...string) string {
	t.Helper()
	module, err := course.Root(".")
	require.NoError(t, err)
	root := t.TempDir()
	require.NoError(t, course.CopyParts(module, root, append(more, "lessons", "solutions")...))
	return root
}

func write(t *testing.T, root, name, src string) {
	t.Helper()
	name = filepath.Join(root, filepath.FromSlash(name))
	require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o777))
	require.NoError(t, os.WriteFile(name, []byte(src), 0o666))
}

func file(t *testing.T, root string) []byte {
	t.Helper()
	got, err := File(root)
	require.NoError(t, err)
	return got
}
