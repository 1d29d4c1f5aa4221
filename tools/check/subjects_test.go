package check

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A script finds what is its own by its key, so that no key of a lesson may be
// the beginning of another's.
func TestNoKeyBeginsAnother(t *testing.T) {
	for _, lesson := range filesIn("../../testdata", "*") {
		var keys []string
		for _, f := range filesIn(lesson, "*.txtar") {
			if category(f) != "story" {
				keys = append(keys, subject(scriptName(f), passNormal))
			}
		}
		for i, a := range keys {
			for j, b := range keys {
				require.False(t, i != j && strings.HasPrefix(b, a), "%s: %s begins %s", filepath.Base(lesson), a, b)
			}
		}
	}
}
