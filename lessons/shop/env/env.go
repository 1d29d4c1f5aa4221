// Package env reads a program's settings from its environment.
package env

import (
	"cmp"
	"fmt"
	"log"
	"os"
	"time"
)

// Listen is the address to serve on: LISTEN, else 127.0.0.1:9080.
func Listen() string { return cmp.Or(os.Getenv("LISTEN"), "127.0.0.1:9080") }

// Database is the path of the shop's file: SHOP_DB, else work/shop.db.
func Database() string { return cmp.Or(os.Getenv("SHOP_DB"), "work/shop.db") }

// FirstRetry is how long a step or a handler that failed waits before it is
// tried again: RETRY_FIRST, else a second.
func FirstRetry() time.Duration { return duration("RETRY_FIRST", time.Second) }

// ApprovalLimit is how long an order waits for its approval: APPROVAL_LIMIT, else
// a day.
func ApprovalLimit() time.Duration { return duration("APPROVAL_LIMIT", 24*time.Hour) }

// duration ends the program when the setting is no time above 0: to go on with
// another one than was asked for would be found out late.
func duration(name string, otherwise time.Duration) time.Duration {
	d, err := parse(os.Getenv(name), otherwise)
	if err != nil {
		log.Fatalf("%s: %v\nhint: for example %s=%v", name, err, name, otherwise)
	}
	return d
}

func parse(text string, otherwise time.Duration) (time.Duration, error) {
	if text == "" {
		return otherwise, nil
	}
	d, err := time.ParseDuration(text)
	if err != nil || d <= 0 {
		return 0, fmt.Errorf("%q is not a time such as 30s", text)
	}
	return d, nil
}
