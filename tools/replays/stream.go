package replays

import (
	"encoding/binary"
	"fmt"
	"math/big"
	"math/bits"
	"strings"

	"google.golang.org/protobuf/encoding/protowire"

	"example.com/workbook/tools/proxy"
)

// entryTypes has the message type of each command, by its name in the table sys_journal. The sum of this
// type and completionOf is the type of the notification that completes the command.
var entryTypes = map[string]proxy.Type{
	"Input": 0x0400, "Output": proxy.Output,
	"GetLazyState": 0x0402, "SetState": 0x0403, "ClearState": 0x0404, "ClearAllState": 0x0405,
	"GetLazyStateKeys": 0x0406, "GetEagerState": 0x0407, "GetEagerStateKeys": 0x0408,
	"GetPromise": 0x0409, "PeekPromise": 0x040a, "CompletePromise": 0x040b,
	"Sleep": 0x040c, "Call": proxy.Call, "OneWayCall": proxy.Send,
	"SendSignal": 0x0410, "Run": proxy.Step, "AttachInvocation": 0x0412, "GetInvocationOutput": 0x0413,
	"CompleteAwakeable": 0x0414,
}

const (
	completionOf = 0x7c00
	invocationID = 0x800e // the notification with the id of an invocation that was called
	signal       = 0xfbff // an awakeable's value, a named signal, or the cancel signal
	start        = 0x0000
)

// messageType returns the type of an entry's message, and whether it is a command.
func (e Entry) messageType() (t proxy.Type, isCommand bool, err error) {
	kind, name, _ := strings.Cut(e.Type, ": ")
	t, known := entryTypes[name]
	switch {
	case kind == "Command" && known:
		return t, true, nil
	case kind == "Notification" && known:
		return t + completionOf, false, nil
	case e.Type == "Notification: CallInvocationId":
		return invocationID, false, nil
	case e.Type == "Notification: Signal":
		return signal, false, nil
	}
	return 0, false, fmt.Errorf("the journal has an entry that this tool does not know (%s)", e.Type)
}

// commands returns the indexes of the commands in j.Entries. The first command is the input.
func (j Journal) commands() (places []int, err error) {
	for i, e := range j.Entries {
		_, isCommand, err := e.messageType()
		if err != nil {
			return nil, err
		}
		if isCommand {
			places = append(places, i)
		}
	}
	return places, nil
}

// barrierName is a name that no program gives to a step.
const barrierName = "workbook: end of the recorded journal"

// barrier returns a command that no handler makes. The SDK never replays a journal with a barrier to its
// end: it compares all commands before the barrier, and then reports which command the handler makes
// next, or what the handler waits for, and does not execute that. The SDK runs a step only after the
// last command of a journal, so no step runs, not even a recorded step without a result (do_progress
// in Restate's sdk-shared-core).
//
// A barrier is a step, or another command with a name or a key in field 1. If the handler's command has
// the same type as the barrier, then the SDK's message compares the two field by field, and so contains the
// name or the key of the handler's command.
func barrier(t proxy.Type) []byte {
	field := protowire.Number(1)
	if t == proxy.Step {
		field = 12
	}
	return message(t, appendBytes(nil, field, []byte(barrierName)))
}

// stream returns the bytes that the server would send to replay the first n commands of the journal,
// with a barrier of type t in the place of command n. The stream has all notifications of the journal,
// as a stream of the server has.
func (j Journal) stream(n int, t proxy.Type) ([]byte, error) {
	var entries []byte
	known, command := 0, 0
	for _, e := range j.Entries {
		own, isCommand, err := e.messageType()
		if err != nil {
			return nil, err
		}
		if isCommand {
			command++
			if command > n {
				continue
			}
		}
		entries = append(entries, message(own, e.Raw)...)
		known++
	}
	head, err := j.start(known + 1)
	if err != nil {
		return nil, err
	}
	return append(append(head, entries...), barrier(t)...), nil
}

// start returns the StartMessage of protocol.proto. It leaves out the state of an object, which the
// protocol allows: the journal has the values that the handler has read.
func (j Journal) start(known int) ([]byte, error) {
	id, err := decodeID(j.ID)
	if err != nil {
		return nil, err
	}
	body := appendBytes(nil, 1, id)
	body = appendBytes(body, 2, []byte(j.ID))
	body = appendVarint(body, 3, uint64(known))
	body = appendVarint(body, 5, 1) // partial_state
	if j.Key != "" {
		body = appendBytes(body, 6, []byte(j.Key))
	}
	body = appendVarint(body, 9, seed(id))
	return message(start, body), nil
}

func message(t proxy.Type, body []byte) []byte {
	m := binary.BigEndian.AppendUint16(nil, uint16(t))
	m = binary.BigEndian.AppendUint16(m, 0)
	m = binary.BigEndian.AppendUint32(m, uint32(len(body)))
	return append(m, body...)
}

func appendBytes(b []byte, field protowire.Number, value []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(b, field, protowire.BytesType), value)
}

func appendVarint(b []byte, field protowire.Number, value uint64) []byte {
	return protowire.AppendVarint(protowire.AppendTag(b, field, protowire.VarintType), value)
}

// decodeID returns the 24 bytes of an invocation's id. The id is inv_1, followed by two numbers in base
// 62: the partition key and a random part. The bytes have both numbers in little-endian order.
func decodeID(id string) ([]byte, error) {
	digits, found := strings.CutPrefix(id, "inv_1")
	if !found || len(digits) != 33 {
		return nil, fmt.Errorf("%q is not an invocation id", id)
	}
	var bytes []byte
	for _, part := range []struct {
		digits string
		size   int
	}{{digits[:11], 8}, {digits[11:], 16}} {
		n, ok := new(big.Int).SetString(part.digits, 62) // the digits are 0-9, a-z, A-Z, for Restate too
		if !ok || n.Sign() < 0 || n.BitLen() > 8*part.size {
			return nil, fmt.Errorf("%q is not an invocation id", id)
		}
		number := n.FillBytes(make([]byte, part.size))
		for i := range number {
			bytes = append(bytes, number[len(number)-1-i])
		}
	}
	return bytes, nil
}

// seed returns the seed of restate.Rand and restate.UUID: the hash that Rust's default hasher computes
// of an invocation's id. That is SipHash-1-3 with two zero keys, over the length of the id and its bytes.
func seed(id []byte) uint64 {
	data := append(binary.LittleEndian.AppendUint64(nil, uint64(len(id))), id...)
	v := [4]uint64{0x736f6d6570736575, 0x646f72616e646f6d, 0x6c7967656e657261, 0x7465646279746573}
	round := func() {
		v[0] += v[1]
		v[1] = bits.RotateLeft64(v[1], 13) ^ v[0]
		v[0] = bits.RotateLeft64(v[0], 32)
		v[2] += v[3]
		v[3] = bits.RotateLeft64(v[3], 16) ^ v[2]
		v[0] += v[3]
		v[3] = bits.RotateLeft64(v[3], 21) ^ v[0]
		v[2] += v[1]
		v[1] = bits.RotateLeft64(v[1], 17) ^ v[2]
		v[2] = bits.RotateLeft64(v[2], 32)
	}
	// The data is a whole number of words, so SipHash's last word has only the length.
	for words := data; ; words = words[8:] {
		word := uint64(len(data)) << 56
		if len(words) > 0 {
			word = binary.LittleEndian.Uint64(words)
		}
		v[3] ^= word
		round()
		v[0] ^= word
		if len(words) == 0 {
			break
		}
	}
	v[2] ^= 0xff
	for range 3 {
		round()
	}
	return v[0] ^ v[1] ^ v[2] ^ v[3]
}
