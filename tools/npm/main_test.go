package npm

import (
	"fmt"
	"os"
	"testing"

	"example.com/workbook/tools/process/processtest"
)

// TestMain runs the tests, or the process that a test kills.
func TestMain(m *testing.M) {
	if os.Getenv(processtest.HelperEnv) == "" {
		os.Exit(m.Run())
	}
	if err := helpFetch(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
