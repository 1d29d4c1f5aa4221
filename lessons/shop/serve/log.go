package serve

import (
	"context"
	"log/slog"

	"github.com/restatedev/sdk-go/logging"
)

// quiet drops the lines that the SDK logs about each invocation: two or more per
// invocation, eight per order. The journal has the same information. The SDK's warnings
// stay, and so does everything that handlers log.
type quiet struct{ slog.Handler }

func (q quiet) Enabled(ctx context.Context, l slog.Level) bool {
	from := logging.LogContextFrom(ctx)
	if from != nil && from.Source == logging.LogSourceRestate && l < slog.LevelWarn {
		return false
	}
	return q.Handler.Enabled(ctx, l)
}

func (q quiet) WithAttrs(attrs []slog.Attr) slog.Handler { return quiet{q.Handler.WithAttrs(attrs)} }

func (q quiet) WithGroup(name string) slog.Handler { return quiet{q.Handler.WithGroup(name)} }
