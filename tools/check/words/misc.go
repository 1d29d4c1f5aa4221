package words

import (
	"example.com/workbook/tools/check/cause"
	"example.com/workbook/tools/check/record"
)

// uncalled: nobody has called a handler that should run, or wait, by now.
func uncalled(want string) error { return record.Failf(want, cause.NobodyCalled) }
