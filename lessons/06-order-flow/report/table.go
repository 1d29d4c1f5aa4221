package report

import "math"

// Row says how many payments needed that many requests to the gateway.
type Row struct {
	Attempts int `json:"attempts"` // requests
	Payments int `json:"payments"`
}

// Table is the answer of Attempts. Shares are percentages of all completed payments.
type Table struct {
	Payments int       `json:"payments"`
	Rows     []Line    `json:"rows"`
	Measured Summary   `json:"measured"`
	Expected Summary   `json:"expected"`
	Seconds  []Seconds `json:"seconds"`
}

// Line is a row of the table, with the shares that are expected.
type Line struct {
	Row
	Share              float64 `json:"share"`
	Cumulative         float64 `json:"cumulative"`
	ExpectedShare      float64 `json:"expected_share"`
	ExpectedCumulative float64 `json:"expected_cumulative"`
}

// Summary describes the number of requests that a payment needs.
type Summary struct {
	Mean   float64 `json:"mean"`
	Median int     `json:"median"`
	P99    int     `json:"p99"`
}

// Seconds is the least time of a payment with that many requests, if the gateway takes 5 s
// for each: without the waits, and with them. The first wait is 1 s, then the wait doubles,
// up to 10 s.
type Seconds struct {
	Attempts       int `json:"attempts"`
	WithoutBackOff int `json:"without_back_off"`
	WithBackOff    int `json:"with_back_off"`
}

const fails = 0.4

// table adds the expected shares to the rows. Request n is the first to succeed with a
// probability of 0.6 times 0.4 to the power n-1, which is the geometric distribution.
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
	t.Measured = Summary{Mean: round(float64(sum) / float64(t.Payments)), Median: requestsFor(rows, t.Payments, 0.5), P99: requestsFor(rows, t.Payments, 0.99)}
	return t
}

// requestsFor returns the least number of requests that is enough for that part of the
// payments.
func requestsFor(rows []Row, all int, part float64) int {
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

// round rounds to two decimals.
func round(x float64) float64 { return math.Round(100*x) / 100 }
