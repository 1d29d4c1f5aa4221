package report

import "math"

// Row is how many payments took so many attempts.
type Row struct {
	Attempts int `json:"attempts"`
	Payments int `json:"payments"`
}

// Table is what Attempts answers. Shares are of all completed payments, in
// percent; so are those that are to be expected.
type Table struct {
	Payments int       `json:"payments"`
	Rows     []Line    `json:"rows"`
	Measured Summary   `json:"measured"`
	Expected Summary   `json:"expected"`
	Seconds  []Seconds `json:"seconds"`
}

// Line is a row of the table, beside the theory.
type Line struct {
	Row
	Share              float64 `json:"share"`
	Cumulative         float64 `json:"cumulative"`
	ExpectedShare      float64 `json:"expected_share"`
	ExpectedCumulative float64 `json:"expected_cumulative"`
}

// Summary is of the number of attempts.
type Summary struct {
	Mean   float64 `json:"mean"`
	Median int     `json:"median"`
	P99    int     `json:"p99"`
}

// Seconds is how long a payment of so many attempts takes at the least, when the
// gateway takes 5 s: without the back-off and with it, 1 s and then twice as long
// each time, up to 10 s.
type Seconds struct {
	Attempts       int `json:"attempts"`
	WithoutBackOff int `json:"without_back_off"`
	WithBackOff    int `json:"with_back_off"`
}

const fails = 0.4

// table puts the theory beside the rows: attempt n is the first to succeed with
// a probability of 0.6 times 0.4 to the n-1 (the geometric distribution).
func table(rows []Row) Table {
	t := Table{Rows: []Line{}, Expected: Summary{Mean: 1.67, Median: 1, P99: 6}}
	sum := 0
	for _, r := range rows {
		t.Payments += r.Payments
		sum += r.Payments * r.Attempts
	}
	if t.Payments == 0 {
		return t
	}
	so := 0
	for _, r := range rows {
		so += r.Payments
		t.Rows = append(t.Rows, Line{
			Row: r, Share: percent(r.Payments, t.Payments), Cumulative: percent(so, t.Payments),
			ExpectedShare:      round(100 * (1 - fails) * math.Pow(fails, float64(r.Attempts-1))),
			ExpectedCumulative: round(100 * (1 - math.Pow(fails, float64(r.Attempts)))),
		})
		t.Seconds = append(t.Seconds, seconds(r.Attempts))
	}
	t.Measured = Summary{Mean: round(float64(sum) / float64(t.Payments)), Median: quantile(rows, t.Payments, 0.5), P99: quantile(rows, t.Payments, 0.99)}
	return t
}

// quantile is the least number of attempts that so large a part of the payments
// did with.
func quantile(rows []Row, all int, part float64) int {
	so := 0
	for _, r := range rows {
		if so += r.Payments; float64(so) >= part*float64(all) {
			return r.Attempts
		}
	}
	return 0
}

func seconds(attempts int) Seconds {
	s := Seconds{attempts, 5 * attempts, 5 * attempts}
	for n, wait := 1, 1; n < attempts; n, wait = n+1, min(2*wait, 10) {
		s.WithBackOff += wait
	}
	return s
}

func percent(n, of int) float64 { return round(100 * float64(n) / float64(of)) }

// round is to two digits behind the point.
func round(x float64) float64 { return math.Round(100*x) / 100 }
