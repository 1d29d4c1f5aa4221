package serve

import (
	"bytes"
	"log/slog"
	"testing"

	"github.com/restatedev/sdk-go/logging"
	"github.com/stretchr/testify/require"
)

func TestOnlyTheSDKsOwnChatterIsLeftOut(t *testing.T) {
	var out bytes.Buffer
	for source, who := range map[logging.LogSource]string{logging.LogSourceRestate: "sdk", logging.LogSourceUser: "handler"} {
		ctx := logging.WithLogContext(t.Context(), &logging.LogContext{Source: source})
		l := slog.New(quiet{slog.NewTextHandler(&out, nil)}).With("id", 1).WithGroup("g")
		l.InfoContext(ctx, who+" says")
		l.WarnContext(ctx, who+" warns")
	}
	slog.New(quiet{slog.NewTextHandler(&out, nil)}).Info("somebody says")
	for _, kept := range []string{"sdk warns", "handler says", "handler warns", "somebody says"} {
		require.Contains(t, out.String(), kept)
	}
	require.NotContains(t, out.String(), "sdk says")
}
