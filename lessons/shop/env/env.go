// Package env reads a program's settings from its environment.
package env

import (
	"cmp"
	"fmt"
	"log"
	"os"
	"strings"
	"time"
)

// Listen returns the address to serve on: LISTEN, or 127.0.0.1:9080 by default.
func Listen() string { return cmp.Or(os.Getenv("LISTEN"), "127.0.0.1:9080") }

// Database returns where the shop's rows are. SHOP_DATABASE is the path of a SQLite file, or
// the address of a PostgreSQL, which starts with postgres://. Without it, SHOP_DB is the
// path of a file, and work/shop.db is the default.
func Database() string {
	return cmp.Or(os.Getenv("SHOP_DATABASE"), os.Getenv("SHOP_DB"), "work/shop.db")
}

// Admin returns the address of Restate's admin API: RESTATE_ADMIN, or
// http://127.0.0.1:9070 by default.
func Admin() string { return cmp.Or(os.Getenv("RESTATE_ADMIN"), "http://127.0.0.1:9070") }

// Client has the settings of a program that places orders.
type Client struct {
	Nodes []string      // addresses of the nodes of Restate
	Try   time.Duration // how long one request to one node may take
	Place time.Duration // how long the program goes on with one order
}

// ReadClient reads RESTATE_INGRESSES, with commas between the addresses, TRY_LIMIT and
// PLACE_LIMIT. The defaults are http://127.0.0.1:8080, ten seconds, and two days, because an
// order may wait a day for its approval.
func ReadClient() Client {
	return Client{
		Nodes: strings.Split(cmp.Or(os.Getenv("RESTATE_INGRESSES"), "http://127.0.0.1:8080"), ","),
		Try:   duration("TRY_LIMIT", 10*time.Second),
		Place: duration("PLACE_LIMIT", 48*time.Hour),
	}
}

// Version returns which version of itself a program is: VERSION, or 1 by default.
func Version() string { return cmp.Or(os.Getenv("VERSION"), "1") }

// LookEvery returns how long a program waits before it looks at Restate's tables again:
// LOOK_EVERY, or five seconds by default.
func LookEvery() time.Duration { return duration("LOOK_EVERY", 5*time.Second) }

// FirstRetry returns the first wait before a failed step or handler is retried:
// RETRY_FIRST, or one second by default.
func FirstRetry() time.Duration { return duration("RETRY_FIRST", time.Second) }

// ApprovalLimit returns the time for which an order waits for its approval:
// APPROVAL_LIMIT, or one day by default.
func ApprovalLimit() time.Duration { return duration("APPROVAL_LIMIT", 24*time.Hour) }

// duration ends the program if the setting is not a duration above 0. A program that went
// on with the default instead would surprise its user later.
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
		return 0, fmt.Errorf("%q is not a duration such as 30s", text)
	}
	return d, nil
}
