// Package report counts how many requests the payments needed, from their rows.
package report

import (
	"context"

	restate "github.com/restatedev/sdk-go"

	"example.com/workbook/lessons/shop/store"
	//| "example.com/workbook/lessons/shop/todo"
)

// Report is a Restate service.
type Report struct {
	DB store.Store
}

// Attempts answers how many requests to the gateway the completed payments needed, and
// what is expected of a gateway that fails at 40 of 100 requests. Here and in [Row] the
// word attempts stands for requests.
func (r Report) Attempts(ctx restate.Context) (Table, error) {
	rows, err := restate.Run(ctx, func(rc restate.RunContext) ([]Row, error) {
		return r.payments(rc)
	}, restate.WithName("read"))
	return table(rows), err
}

// payments counts the completed payments by the number of their requests. A payment has
// one row in payment_failures for each request that failed, and none for the request that
// ended it.
func (r Report) payments(ctx context.Context) ([]Row, error) {
	//| // TODO 6.4: write one query on payments and payment_failures. Its columns are the
	//| // number of requests, and how many COMPLETED payments needed that many.
	//| return nil, todo.Task("6.4")
	//task 6.4
	var all []Row
	err := r.DB.Read(ctx, `
		SELECT attempts, count(*) FROM (
			SELECT 1 + count(f.n) AS attempts
			FROM payments p LEFT JOIN payment_failures f ON f.payment_id = p.id
			WHERE p.status = 'COMPLETED'
			GROUP BY p.id
		) GROUP BY attempts ORDER BY attempts`,
		func(scan func(...any) error) error {
			var row Row
			err := scan(&row.Attempts, &row.Payments)
			all = append(all, row)
			return err
		})
	return all, err
	//end
}
