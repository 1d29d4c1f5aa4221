package serve

import (
	"context"
	"log/slog"

	"github.com/restatedev/sdk-go/logging"
)

// quiet leaves out the two lines and more that the SDK logs of each invocation,
// eight an order: the journal says it better, and who reads them spends as much
// time on it as on the orders themselves. Its warnings stay, and so does all that
// handlers log.
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
