package restate

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAccepts(t *testing.T) {
	for _, c := range []struct {
		banner string
		want   bool
	}{
		{"restate-server 1.7.12", true},
		{"restate-server 1.7.13", true},
		{"restate-server 1.7.12 (abc)", true},
		{"restate-server 1.7.11", false},
		{"restate-server 1.8.0", false},
		{"restate-server 1.6.20", false},
		{"restate-server 2.7.12", false},
		{"restate 1.7.12", false},
		{"", false},
	} {
		t.Run(c.banner, func(t *testing.T) {
			require.Equal(t, c.want, isAccepted(c.banner))
		})
	}
}
