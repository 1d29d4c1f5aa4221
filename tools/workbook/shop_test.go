package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/course"
	"example.com/workbook/tools/course/cut"
	"example.com/workbook/tools/restate"
	"example.com/workbook/tools/sandbox"
	"example.com/workbook/tools/shop/client"
)

// opened is a shop that the real command has opened.
type opened struct {
	*running
	root string
}

func openShop(t *testing.T, root string, args ...string) *opened {
	t.Helper()
	r := begin(t, root, append([]string{"shop", testPortFlag(t)}, args...)...)
	r.waitForText("Report/Attempts")
	return &opened{r, root}
}

func (s *opened) view() client.View {
	s.t.Helper()
	_, v, err := client.Dial(s.t.Context(), s.root)
	require.NoError(s.t, err)
	return v
}

// order runs make order to its end.
func (s *opened) order(args ...string) string {
	s.t.Helper()
	o := s.begins(args...)
	require.Zero(s.t, o.waitForEnd(), o.err.String())
	return o.out.String()
}

func (s *opened) begins(args ...string) *running {
	return begin(s.t, s.root, append([]string{"order"}, args...)...)
}

// kill kills one of the shop's processes from outside.
func (s *opened) kill(name string) {
	s.t.Helper()
	for _, u := range s.view().Units {
		if u.Name == name {
			require.NoError(s.t, syscall.Kill(u.PID, syscall.SIGKILL))
			s.waitForText(fmt.Sprintf("%s, pid %d, ended (signal: killed) and stays down; the other processes continue. start it again: go tool workbook start %s\n", name, u.PID, name))
		}
	}
}

func (s *opened) start(name string) {
	s.t.Helper()
	r := tool(s.t, s.root, "start", name)
	require.Zero(s.t, r.code, r.err)
	require.Regexp(s.t, name+` is back: pid \d+, (127.0.0.1:\d+|a unix socket)\n`, r.out)
}

func (s *opened) leavesNothing() {
	s.t.Helper()
	leavesNothing(s.t, s.folder())
	require.Eventually(s.t, func() bool { // after a SIGKILL the keeper removes them, one after the other
		return len(course.Glob(s.root, "work/.*")) == 0
	}, 10*time.Second, 20*time.Millisecond)
}

func TestShopTakesOrders(t *testing.T) {
	t.Parallel()
	s := openShop(t, newTree(t), "DELAY=20ms")
	for _, name := range client.UnitNames {
		require.Regexp(t, `(?m)^  `+name+` +pid \d+ +127\.0\.0\.1:\d+ `, s.out.String())
	}

	require.Regexp(t, `^# gateway .*
o-1      0.0 s  placed: 2500 cents, tok_ok
o-1      0.\d s  PENDING
o-1      0.\d s  request 1  roll 12 failed; next in 1 s
 {16}#{7}x
o-1     +\d.\d s  request 2  roll 38 failed; next in 2 s
 {16}… #+x
o-1     +\d.\d s  request 3  roll 82 charged
 {16}… #+\+
o-1     +\d.\d s  PAID
o-1     +\d.\d s  SHIPPED
o-1     +\d.\d s  COMPLETED

orders     id   amount_cents  status     payment_id  shipment_id  history
           o-1  2500          COMPLETED  pay-o-1     ship-o-1     PENDING [\d:.]+, PAID \+\d.\d+, SHIPPED \+\d.\d+, COMPLETED \+\d.\d+
payments   id       amount_cents  status     charge_id        rolls that failed  history
           pay-o-1  2500          COMPLETED  ch_\w+  12, 38             PROCESSING [\d:.]+, COMPLETED \+\d.\d+
shipments  id        status  tracking_id       history
           ship-o-1  BOOKED  trk_\w+  BOOKED [\d:.]+
$`, s.order("ROLLS=12,38,82"))
	require.Contains(t, s.out.String(), "program | [Payment Object pay-o-1] ❌ Payment attempt FAILED (random=12 < 40) - Restate will retry\n")
	require.Contains(t, s.out.String(), "(20ms delay)")

	declined := s.order("TOKEN=tok_declined", "--rolls=99")
	require.Contains(t, declined, "request 1  roll 99 declined\n")
	require.Regexp(t, `(?m)^o-2 .*  FAILED 402: the card was declined`, declined)
	require.Regexp(t, `(?m)pay-o-2  2500          FAILED  402 the card was declined`, declined)

	require.Contains(t, s.order("N=4", "ROLLS=40"), "\n4 orders: 4 COMPLETED\n4 took 1 request\nfastest ")

	s.testApproval()
	s.testPause()
	require.Regexp(t, `^program runs: pid \d+\nhint: kill -9 \d+ first, `, tool(t, s.root, "start", "program").err)
	second := tool(t, s.root, "shop")
	require.Equal(t, 3, second.code)
	require.Regexp(t, `^a shop is open already: pid \d+\nhint: order from it, make order; or close it there, with Ctrl-C\n$`, second.err)

	s.signal(syscall.SIGINT)
	require.Zero(t, s.waitForEnd(), s.err.String())
	require.Contains(t, s.out.String(), "stopped; no process or temporary file is left")
	s.leavesNothing()
}

// testPause pauses a payment by hand while it backs off, and resumes it as make order says.
func (s *opened) testPause() {
	o := s.begins("ROLLS=1,2,3,67")
	o.waitForText("roll 3 failed")
	id := regexp.MustCompile(`(?m)^(o-\d+) `).FindStringSubmatch(o.out.String())[1]
	admin := s.view().Admin[0]
	rows, err := restate.NewAdmin("http://"+admin).Invocations(s.t.Context(), restate.InvocationFilter{Service: "Payment", Key: "pay-" + id})
	require.NoError(s.t, err)
	require.Len(s.t, rows, 1)
	s.types(restate.CurlAdmin(admin, rows[0].ID, "pause"))
	o.waitForText("/kill\n")
	lines := regexp.MustCompile(`(?m)^` + id + ` .* s  Payment/ProcessPayment is paused: there is no attempt until somebody resumes it
 {16}reason  step charge: .*
 {16}key     pay-` + id + ` of Payment is held; a later call that needs it waits
 {16}resume  (curl .*/resume)
 {16}kill    curl .*/kill
`).FindStringSubmatch(o.out.String())
	require.NotNil(s.t, lines, o.out.String())
	// So does the terminal of the shop.
	s.waitForMatches(regexp.MustCompile(`(?m)
Payment/pay-`+id+`/ProcessPayment  `+rows[0].ID+`  is paused: there is no attempt until somebody resumes it
  reason    step charge: .*
  key       pay-`+id+` of Payment is held; a later call that needs it waits
  resume    `+regexp.QuoteMeta(lines[1])+`
  kill      curl .*/kill
`), 1)
	s.types(lines[1])
	require.Zero(s.t, o.waitForEnd(), o.err.String())
	require.Contains(s.t, o.out.String(), "request 4  roll 67 charged\n")
	require.Contains(s.t, o.out.String(), "  COMPLETED\n")
}

// testApproval approves an order that no command follows any more.
func (s *opened) testApproval() {
	first, second := s.begins("AMOUNT=100000", "ROLLS=50"), s.begins("AMOUNT=100000", "ROLLS=50")
	first.waitForText("PENDING")
	first.signal(syscall.SIGINT)
	require.Zero(s.t, first.waitForEnd(), first.err.String())
	require.Contains(s.t, first.out.String(), "the orders continue, and nobody follows them")

	second.waitForText("PENDING")
	curl := regexp.MustCompile(`waits for approval: (.*)\n`).FindStringSubmatch(second.out.String())
	require.NotNil(s.t, curl, second.out.String())
	s.types(curl[1])
	require.Zero(s.t, second.waitForEnd(), second.err.String())
	require.Contains(s.t, second.out.String(), "  COMPLETED\n")
}

// Whatever is killed, in whatever order, the card is charged once.
func TestShopLosesNothing(t *testing.T) {
	t.Parallel()
	s := openShop(t, newTree(t), "DELAY=300ms")
	world := sandbox.NewClient("http://" + s.view().Sandbox)
	o := s.begins("ROLLS=12,38,82")

	require.NoError(t, world.WaitRequests(t.Context(), sandbox.Charge, "o-1", 1))
	s.kill("program")
	o.waitForText("program is down (signal: killed); orders that need it wait. start it again: go tool workbook start program\n")
	s.start("program")
	o.waitForText("program is back: pid ")
	o.waitForText("roll 12 failed")
	s.kill("sandbox")
	refused := tool(t, s.root, "order")
	require.Equal(t, 3, refused.code)
	require.Equal(t, "nothing was ordered: sandbox is down\nhint: go tool workbook start sandbox\n", refused.err)
	s.start("sandbox")
	s.kill("restate")
	require.Equal(t, "nothing was deployed: restate is down\nhint: go tool workbook start restate\n", s.deploys(3))
	s.start("restate")
	require.Zero(t, o.waitForEnd(), o.err.String())
	require.Regexp(t, `roll 38 failed(.|\n)*roll 82 charged(.|\n)*COMPLETED`, o.out.String())
	entries, err := world.Ledger(t.Context(), "o-1")
	require.NoError(t, err)
	require.Equal(t, 1, sandbox.Effects(entries, sandbox.Charge))

	waits := s.begins("AMOUNT=250000")
	waits.waitForText("PENDING")
	s.signal(syscall.SIGKILL)
	s.waitForEnd()
	require.Equal(t, 3, waits.waitForEnd())
	require.Equal(t, "the shop was closed, and its orders with it\nhint: make shop opens a new one\n", waits.err.String())
	s.leavesNothing()
}

// ours makes a learner's folder of a solution.
func ours(t *testing.T, root, slug string) {
	t.Helper()
	l := course.Lesson{Slug: slug}
	require.NoError(t, cut.CopyLesson(root, l, "solutions", l.Dir(root, "work")))
	files := course.Glob(l.Dir(root, "work"), "*/*.go")
	require.NotEmpty(t, files)
	onlyStubs := regexp.MustCompile(`(?m)^\s*//\|.*\n`)
	for _, f := range files {
		rewrite(t, f, func(src string) string { return onlyStubs.ReplaceAllString(src, "") })
	}
}

func TestShopOfMine(t *testing.T) {
	t.Parallel()
	root := newTree(t)
	ours(t, root, "03-virtual-object")
	l := course.Lesson{Slug: "05-errors"}
	require.NoError(t, cut.CopyLesson(root, l, "lessons", l.Dir(root, "work")))
	// What a shop has left that lost its machine is no shop.
	require.NoError(t, os.WriteFile(client.AddressFile(root), []byte(`{"pid":1,"socket":"/tmp/no-such.sock"}`), 0o666))

	s := openShop(t, root, "SHOP=mine", "DELAY=20ms")
	require.Regexp(t, `(?m)^  services  shipping  yours$`, s.out.String())
	require.Regexp(t, `(?m)^  services  payment   the reference: TODO 5.\d is left in work/05-errors/payment$`, s.out.String())
	require.Contains(t, s.order("ROLLS=50"), "  COMPLETED\n")

	require.Contains(t, s.deploys(0), "nothing was changed: the source of your program is the same as that of version 1")
	s.kill("program")
	s.start("program")
	const old = "its source has changed, and it is the program as it was before. For the new one type make deploy, or close the shop with Ctrl-C, then: make shop SHOP=mine\n"
	require.NotContains(t, s.out.String(), old)
	rewrite(t, course.Glob(root, "work/03-virtual-object/shipping/*.go")[0], func(src string) string { return src + "\n// More.\n" })
	s.kill("program")
	require.Contains(t, tool(t, root, "start", "program").out, old)
	require.Contains(t, s.out.String(), old)
	s.testDeploy()
}

// deploys runs make deploy, and returns what it prints, with its exit code.
func (s *opened) deploys(code int) string {
	s.t.Helper()
	r := tool(s.t, s.root, "deploy")
	require.Equal(s.t, code, r.code, r.err)
	return r.out + r.err
}

// testDeploy deploys version 2, the program as it is by now, while an order waits on version 1.
func (s *opened) testDeploy() {
	t, own := s.t, filepath.Join(s.root, "work", "06-order-flow", "main.go")
	waits := s.begins("AMOUNT=250000", "ROLLS=50")
	waits.waitForText("PENDING\n")

	// What cannot be deployed leaves the shop as it is.
	require.NoError(t, os.MkdirAll(filepath.Dir(own), 0o777))
	for _, c := range []struct{ main, want string }{
		{"package main\n\nfunc main() { pens() }\n", "^version 2 was not deployed, and version 1 continues to serve: the new program does not compile; the shop's terminal has the errors\nhint: fix the program, then: make deploy\n$"},
		{"package main\n\nfunc main() { println(\"out of stock\") }\n", "^version 2 was not deployed, and version 1 continues to serve: program-2 does not serve: the process ended before it listened \\(exit code 0\\)\nthe program's last lines:\n  \\| out of stock\nhint: "},
		{onlyPricing, "^version 2 was not deployed, and version 1 continues to serve: the new program does not serve Cart, Order, Payment, Receipts, Report, Shipping, and version 1 does\nhint: "},
	} {
		require.NoError(t, os.WriteFile(own, []byte(c.main), 0o666))
		require.Regexp(t, c.want, s.deploys(1))
	}
	require.Len(t, s.view().Versions, 1)
	require.NoError(t, os.RemoveAll(filepath.Dir(own)))

	require.Regexp(t, `^version 2 is deployed: program-2, pid \d+, 127.0.0.1:\d+
Version 2 is your program as it is now
New calls go to version 2
Order o-2 stays on version 1 until it ends
$`, s.deploys(0))
	require.Regexp(t, `^nothing was changed: version 2 serves new calls already\nOrder o-2 stays on version 1 until it ends\n$`, s.deploys(0))
	waits.waitForText("version 2 is deployed: new calls go there, and an order that has begun stays on version 1\n")
	s.kill("program-2")
	s.start("program-2")
	require.Regexp(t, `(?m)^o-3 .* PENDING, on version 2$(.|\n)*^o-3 .* COMPLETED, on version 2$`, s.order("ROLLS=50"))
	require.NotContains(t, s.out.String(), "is drained")
	s.types(regexp.MustCompile(`waits for approval: (.*)\n`).FindStringSubmatch(waits.out.String())[1])
	require.Zero(t, waits.waitForEnd(), waits.err.String())
	require.Regexp(t, `(?m)^o-2 .* COMPLETED, on version 1$`, waits.out.String())
	s.waitForText("\nVersion 1 is drained: all its invocations have ended. The page has a button that removes it\n")
	require.Equal(t, "nothing was changed: version 2 serves new calls already\nVersion 1 is drained: all its invocations have ended\n", s.deploys(0))

	s.signal(syscall.SIGINT)
	require.Zero(t, s.waitForEnd(), s.err.String())
	s.leavesNothing()
}

// onlyPricing is a program that serves one service of the shop.
const onlyPricing = `package main

import (
	"context"
	"os"

	restate "github.com/restatedev/sdk-go"
	"github.com/restatedev/sdk-go/server"
)

type Pricing struct{}

func (Pricing) Quote(restate.Context) error { return nil }

func main() { server.NewRestate().Bind(restate.Reflect(Pricing{})).Start(context.Background(), os.Getenv("LISTEN")) }
`
