package rows

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"

	"example.com/workbook/tools/check/claim"
	"example.com/workbook/tools/check/record"
	"example.com/workbook/tools/check/script"
)

// setFailpoint makes the program kill itself, through the file that SHOP_FAILPOINT names.
// The program removes the file first; one that is still there at the script's end
// means that the program made no such commit.
func setFailpoint(s *script.Script, args []string) error {
	n, err := strconv.Atoi(args[0])
	if err != nil || n < 1 {
		return fmt.Errorf("%q is not the number of a commit", args[0])
	}
	where := "right after it wrote to the database"
	if n > 1 {
		where = fmt.Sprintf("right after its database commit number %d", n)
	}
	s.ExpectDeath(n, where)
	s.AtEnd(func() error { return requireMet(s.Failpoint(), n, where) })
	return os.WriteFile(s.Failpoint(), []byte(args[0]), 0o666)
}

// requireMet removes the file, so that the next script starts without it.
func requireMet(file string, n int, where string) error {
	err := os.Remove(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return record.Fail(claim.ExpectCommit(n, where).With(claim.GotNotCommitted()))
}
