package store

import (
	"fmt"
	"os"
	"strconv"
)

// limitPages is for checks that need a full disk. SHOP_MAX_PAGES is the largest number of
// pages that the file may have. If the file has more pages already, SQLite uses the
// present number.
func (db *DB) limitPages() error {
	text := os.Getenv("SHOP_MAX_PAGES")
	if text == "" {
		return nil
	}
	n, err := strconv.ParseUint(text, 10, 31)
	if err != nil || n == 0 {
		return fmt.Errorf("SHOP_MAX_PAGES=%q is not a number of pages", text)
	}
	_, err = db.writer.Exec(fmt.Sprintf("PRAGMA max_page_count = %d", n)) // a pragma takes no parameters
	return err
}
