package proxy

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
)

// FuzzMessages reads a stream of messages as both sides of an attempt. The seeds are
// messages between restate-server 1.7 and sdk-go 1.2.
func FuzzMessages(f *testing.F) {
	f.Fuzz(func(t *testing.T, stream []byte) {
		r := bytes.NewReader(stream)
		server, program := &Attempt{N: 1}, &Attempt{N: 1}
		var copied []byte
		for {
			typ, msg, err := ReadMessage(r)
			if err != nil {
				break
			}
			require.GreaterOrEqual(t, len(msg), headerLen)
			copied = append(copied, msg...)
			server.readServerMessage(typ, msg[headerLen:])
			program.readServerMessage(typ, msg[headerLen:])
			program.readProgramMessage(typ, msg[headerLen:])
			require.NotEmpty(t, program.Line())
		}
		require.True(t, bytes.HasPrefix(stream, copied), "a message is passed on unchanged")
		require.LessOrEqual(t, server.Replayed, len(server.Steps))
	})
}
