package proxy

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"

	"google.golang.org/protobuf/encoding/protowire"
)

// Type is the type of a message in Restate's service protocol.
type Type uint16

// The message types that the workbook reads.
const (
	Suspension Type = 0x0001 // the attempt ends because the handler waits for something
	Error      Type = 0x0002 // the attempt ends with a retryable error
	End        Type = 0x0003 // the attempt ends, the invocation is done
	Result     Type = 0x0005 // a step's result, proposed to the journal
	Output     Type = 0x0401 // the invocation's answer
	Promise    Type = 0x0409 // the handler waits for a durable promise
	Call       Type = 0x040d
	Send       Type = 0x040e
	Step       Type = 0x0411 // the handler begins a step (restate.Run)
	input      Type = 0x0400 // the handler's input
	setState   Type = 0x0403 // a value for the state of an object
	stepResult Type = 0x8011 // a step's journaled result, given back on replay
)

// String returns the name of the type in check scripts, or its number.
func (t Type) String() string {
	switch t {
	case Suspension:
		return "suspension"
	case Error:
		return "error"
	case End:
		return "end"
	case Result:
		return "result"
	case Output:
		return "answer"
	case Call:
		return "call"
	case Send:
		return "send"
	case Step:
		return "step"
	}
	return fmt.Sprintf("message 0x%04x", uint16(t))
}

// ParseType returns the type whose String is word, for the types that a program sends.
func ParseType(word string) (Type, bool) {
	for _, t := range []Type{Suspension, Error, End, Result, Output, Call, Send, Step} {
		if t.String() == word {
			return t, true
		}
	}
	return 0, false
}

const headerLen = 8

// serverMax is the size of the largest message body that restate-server accepts, in bytes.
const serverMax = 33816575

// tooLarge returns how an attempt ends if the server does not accept this message because of its
// size, and otherwise "". The server drops such a message, and begins another attempt later.
func tooLarge(t Type, size int) string {
	if size <= serverMax {
		return ""
	}
	what := "a message"
	switch t {
	case Result:
		what = "the result of a step"
	case Output:
		what = "the answer of the handler"
	case Call, Send:
		what = "the request of a " + t.String()
	case setState:
		what = "a value of the state"
	}
	return fmt.Sprintf("error: %s has %d MB, and Restate takes at most 32 MB at once; store it elsewhere, and keep its name", what, size>>20)
}

// maxMessage limits a message's body, in bytes. The server's own limit is lower.
const maxMessage = 64 << 20

// ReadMessage reads one message and returns it with its header, which has 8 bytes. The error at the end of a
// stream is io.EOF, and within a message io.ErrUnexpectedEOF.
func ReadMessage(r io.Reader) (Type, []byte, error) {
	head := make([]byte, headerLen)
	if _, err := io.ReadFull(r, head); err != nil {
		return 0, nil, err
	}
	n := binary.BigEndian.Uint32(head[4:])
	if n > maxMessage {
		return 0, nil, fmt.Errorf("a message of %d bytes is over the limit of %d", n, maxMessage)
	}
	// The buffer grows with the bytes that arrive, so that a header alone does not cost 64 MiB.
	buf := bytes.NewBuffer(head)
	if _, err := io.CopyN(buf, r, int64(n)); err != nil {
		return 0, nil, io.ErrUnexpectedEOF
	}
	msg := buf.Bytes()
	return Type(binary.BigEndian.Uint16(msg)), msg, nil
}

// The field numbers of RunCommandMessage (result_completion_id 11, name 12), ProposeRunCompletionMessage (result_completion_id 1, failure 15) and
// RunCompletionNotificationMessage (completion_id 1) in Restate's protocol.proto.
const (
	stepID   = 11
	stepName = 12
	resultID = 1
	// Set for a step that ended in a terminal error or used up its tries.
	resultFailure = 15
	errCode       = 1 // ErrorMessage.code
	errMessage    = 2 // ErrorMessage.message
	errStack      = 3 // ErrorMessage.stacktrace
	errIndex      = 4 // ErrorMessage.related_command_index
	errName       = 5 // ErrorMessage.related_command_name
	errType       = 6 // ErrorMessage.related_command_type
	errNextTry    = 8 // ErrorMessage.next_retry_delay, in milliseconds
)

// Failure is the content of a message of type Error.
type Failure struct {
	Code    uint64 // see Mismatch
	Message string
	Stack   string // the stack of the goroutine that panicked; "" if the SDK's core found the error
	Command *int   // the number of the command that failed, counted from the input, which is 0; nil if it is not known
	Type    Type   // of that command
	Name    string // of that command
}

// ReadFailure reads the body of a message of type Error.
func ReadFailure(body []byte) Failure {
	f := Failure{
		Code: VarintField(body, errCode), Message: string(BytesField(body, errMessage)), Stack: string(BytesField(body, errStack)),
		Type: Type(VarintField(body, errType)), Name: string(BytesField(body, errName)),
	}
	eachField(body, func(num protowire.Number, v uint64, _ []byte) {
		if num == errIndex {
			n := int(v)
			f.Command = &n
		}
	})
	return f
}

// VarintField returns the number in a field of a message's body, or 0 if it is not there.
func VarintField(body []byte, want protowire.Number) uint64 {
	var out uint64
	eachField(body, func(num protowire.Number, v uint64, _ []byte) {
		if num == want {
			out = v
		}
	})
	return out
}

// BytesField returns the bytes in a field of a message's body, or nil if it is not there.
func BytesField(body []byte, want protowire.Number) []byte {
	var out []byte
	eachField(body, func(num protowire.Number, _ uint64, b []byte) {
		if num == want && b != nil {
			out = b
		}
	})
	return out
}

// eachField calls f for each top-level field of a protobuf message, and stops at the first field
// that cannot be parsed. It reports no errors, because the proxy only displays these fields.
func eachField(body []byte, f func(num protowire.Number, v uint64, b []byte)) {
	for len(body) > 0 {
		num, typ, n := protowire.ConsumeTag(body)
		if n < 0 {
			return
		}
		body = body[n:]
		switch typ {
		case protowire.VarintType:
			v, m := protowire.ConsumeVarint(body)
			if m < 0 {
				return
			}
			f(num, v, nil)
			body = body[m:]
		case protowire.BytesType:
			b, m := protowire.ConsumeBytes(body)
			if m < 0 {
				return
			}
			f(num, 0, b)
			body = body[m:]
		default:
			m := protowire.ConsumeFieldValue(num, typ, body)
			if m < 0 {
				return
			}
			body = body[m:]
		}
	}
}
