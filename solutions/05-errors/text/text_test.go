package text

import (
	"errors"
	"fmt"
	"testing"

	restate "github.com/restatedev/sdk-go"
	"github.com/stretchr/testify/require"
)

type PermanentError struct{ error }

// The page states which errors are terminal.
func TestOnlyTheTypeMakesAnErrorTerminal(t *testing.T) {
	terminal := restate.ToTerminalError(errors.New("declined"), restate.WithErrorCode(402))
	wrapped := fmt.Errorf("charge: %w", terminal)
	require.True(t, restate.IsTerminalError(wrapped))
	require.EqualValues(t, 402, restate.AsTerminalError(wrapped).Code())
	require.Equal(t, "declined", restate.AsTerminalError(wrapped).Message(), "the prefix is dropped")
	require.False(t, restate.IsTerminalError(fmt.Errorf("charge: %v", terminal)))
	require.False(t, restate.IsTerminalError(PermanentError{errors.New("declined")}))
}
