// Lesson 06: the whole shop.
//
//	make check 6           check every task (so does go test ./work/06-order-flow)
//	make run 6             serve the program and call it yourself
//	make shop SHOP=mine    run your shop with a real server, then make order
package main

import (
	//task 6.1
	"context"
	//end
	"log"
	//task 6.1
	"os"
	"os/signal"
	"syscall"
	"time"

	restate "github.com/restatedev/sdk-go"
	"github.com/restatedev/sdk-go/server"
	//end

	"example.com/workbook/lessons/shop/env"
	//task 6.1
	"example.com/workbook/lessons/shop/serve"
	//end
	"example.com/workbook/lessons/shop/store"
	//task 6.1
	"example.com/workbook/solutions/06-order-flow/report"
	//end
)

func main() {
	db, err := store.Open(env.Database())
	if err != nil {
		log.Fatal(err)
	}
	//| // TODO 6.1: bind the six services of services.go, and report.Report, to one
	//| // server.NewRestate(). Give each its fields and the policy. Serve them with
	//| // serve.Until, until SIGINT or SIGTERM. Then delete this comment and the next two lines.
	//| _ = db
	//| log.Fatal("TODO 6.1: no service is bound yet")
	//task 6.1
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	shop := server.NewRestate().
		Bind(restate.Reflect(Pricing{}, policy())).
		Bind(restate.Reflect(Receipts{}, policy())).
		Bind(restate.Reflect(Cart{}, policy())).
		Bind(restate.Reflect(Shipping{DB: db}, policy())).
		Bind(restate.Reflect(Order{DB: db, ApprovalLimit: env.ApprovalLimit()}, policy())).
		Bind(restate.Reflect(Payment{DB: db, FirstRetry: env.FirstRetry()}, policy())).
		Bind(restate.Reflect(report.Report{DB: db}, policy()))
	if err := serve.Until(ctx, env.Listen(), shop); err != nil {
		log.Fatal(err)
	}
	//end
}

//task 6.1

//snip policy

// policy says how long Restate retries an invocation: first after 100 ms (in checks even
// sooner), then less and less often, down to every ten seconds, for about a day. Then
// Restate pauses the invocation, and somebody has to look at it.
func policy() restate.ServiceDefinitionOption {
	return restate.WithInvocationRetryPolicy(
		restate.WithInitialRetryInterval(min(env.FirstRetry(), 100*time.Millisecond)),
		restate.WithRetryIntervalFactor(2),
		restate.WithMaxRetryInterval(10*time.Second),
		restate.WithMaxRetryAttempts(24*60*60/10),
		restate.PauseOnMaxAttempts(),
	)
}

//snip end

//end
