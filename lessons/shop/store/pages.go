package store

import (
	"fmt"
	"os"
	"strconv"
)

// limitPages is for checks: SHOP_MAX_PAGES is how many pages the file may have,
// so that a disk can be full without one. SQLite makes a number that is too small
// the pages that there are.
func (db *DB) limitPages() error {
	text := os.Getenv("SHOP_MAX_PAGES")
	if text == "" {
		return nil
	}
	n, err := strconv.ParseUint(text, 10, 31)
	if err != nil || n == 0 {
		return fmt.Errorf("SHOP_MAX_PAGES=%q is no number of pages", text)
	}
	_, err = db.writer.Exec(fmt.Sprintf("PRAGMA max_page_count = %d", n)) // a pragma takes no parameters
	return err
}
