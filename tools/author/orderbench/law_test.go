package main

import (
	"encoding/json"
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/sandbox"
)

const (
	payments = 2000
	seed     = 40
	fails    = 0.4
	classes  = 7 // for 1 to 6 attempts, and for more
)

// The gateway fails for 40 of 100 requests. So 60 % of the payments need one attempt, 24 % need
// two, and so on: that is the geometric distribution. The rolls are a function of the seed and the
// key, so the result is the same each time.
func TestSeededPaymentsAgreeWithTheGeometricLaw(t *testing.T) {
	t.Parallel()
	r := openShop(t, setting{
		outside: []string{"-latency", "1ms", "-fail", "40", "-seed", fmt.Sprint(seed)},
		shop:    []string{"RETRY_FIRST=1ms"},
	})
	_, err := runClients(32, payments, func(i int) error {
		body := fmt.Sprintf(`{"order_id":"law-%d","amount_cents":2500,"token":"tok_ok"}`, i)
		return r.callHandler(t.Context(), fmt.Sprintf("Payment/pay-law-%d/ProcessPayment", i), body, nil)
	})
	require.NoError(t, err)

	asked, err := r.countAttempts(t.Context())
	require.NoError(t, err)
	require.Len(t, asked, payments)
	for key, n := range asked {
		require.Equal(t, countRolls(key), n, "attempts of %s", key)
	}
	counts := map[int]int{}
	for _, n := range asked {
		counts[n]++
	}
	table := r.fetchReport(t)
	require.Equal(t, counts, table.counts(), "Report's table, beside the ledger")
	t.Logf("\n%s", table)

	x, p := chiSquare(poolRare(counts))
	t.Logf("%d payments, seed %d: chi-square %.2f with %d degrees of freedom, p = %.3f", payments, seed, x, classes-1, p)
	require.Greater(t, p, 0.001)
}

// countRolls returns how many rolls a key needs until one roll succeeds.
func countRolls(key string) int {
	for n := 1; ; n++ {
		if float64(sandbox.Roll(seed, key, n)) >= 100*fails {
			return n
		}
	}
}

// reported has the fields of Report/Attempts that the test reads.
type reported struct {
	Rows []struct {
		Attempts, Payments int
		Share, Cumulative  float64
		ExpectedShare      float64 `json:"expected_share"`
		ExpectedCumulative float64 `json:"expected_cumulative"`
	}
	Measured, Expected struct {
		Mean        float64
		Median, P99 int
	}
}

func (r *rig) fetchReport(t *testing.T) (table reported) {
	t.Helper()
	var answer []byte
	require.NoError(t, r.callHandler(t.Context(), "Report/Attempts", "", &answer))
	require.NoError(t, json.Unmarshal(answer, &table))
	return table
}

func (r reported) counts() map[int]int {
	counts := map[int]int{}
	for _, row := range r.Rows {
		counts[row.Attempts] = row.Payments
	}
	return counts
}

func (r reported) String() string {
	text := "attempts  payments   share  expected  so far  expected\n"
	for _, row := range r.Rows {
		text += fmt.Sprintf("%8d %9d %7.2f %9.2f %7.2f %9.2f\n",
			row.Attempts, row.Payments, row.Share, row.ExpectedShare, row.Cumulative, row.ExpectedCumulative)
	}
	return text + fmt.Sprintf("mean %.2f (expected %.2f), median %d (%d), p99 %d (%d)",
		r.Measured.Mean, r.Expected.Mean, r.Measured.Median, r.Expected.Median, r.Measured.P99, r.Expected.P99)
}

// poolRare counts the payments by their number of attempts. The last class has all payments with
// more attempts.
func poolRare(counts map[int]int) (observed [classes]float64) {
	for attempts, n := range counts {
		observed[min(attempts, classes)-1] += float64(n)
	}
	return observed
}

// chiSquare returns Pearson's statistic x, and the probability p of a value that is at least as
// large.
func chiSquare(observed [classes]float64) (x, p float64) {
	for i, o := range observed {
		expected := payments * math.Pow(fails, float64(i))
		if i < classes-1 {
			expected *= 1 - fails
		}
		x += (o - expected) * (o - expected) / expected
	}
	return x, tailChance(x)
}

// tailChance returns the probability of a value of at least x. For an even number of degrees of
// freedom, here six, the probability is a finite sum.
func tailChance(x float64) float64 {
	sum, term := 0.0, 1.0
	for k := 1; k <= (classes-1)/2; k++ {
		sum += term
		term *= x / 2 / float64(k)
	}
	return sum * math.Exp(-x/2)
}

// Every table of the chi-square distribution has its 5 % points for six degrees of freedom: 12.592,
// and 1.635 on the other side.
func TestChiSquareAgainstTheTables(t *testing.T) {
	for _, test := range []struct {
		x    float64
		want float64
	}{
		{12.592, 0.05},
		{1.635, 0.95},
		{22.458, 0.001},
	} {
		require.InDelta(t, test.want, tailChance(test.x), 0.0005)
	}
}
