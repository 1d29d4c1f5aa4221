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

// entryTypes has the message type of each command, by its name in the table sys_journal. The type of the
// notification that completes a command is higher by completionOf.
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

// commands returns the places of the commands in the journal. The first one is the input.
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

// barrierName is a step's name that no program has.
const barrierName = "workbook: here ends what was recorded"

// barrier returns a command that no handler makes. A journal with a barrier behind it is never replayed to its end: the
// SDK compares all commands before the barrier, and then reports what the handler asks for next, or waits for, in
// place of doing it. The SDK runs a step only after the last command of a journal, so no step runs, not even a
// recorded one that has no result yet (do_progress in Restate's sdk-shared-core).
//
// A barrier is a step, or another command that has a name or a key in one of its fields. To a command of the
// same type the SDK compares it field by field, and so tells what that command is about.
func barrier(t proxy.Type) []byte {
	field := protowire.Number(1)
	if t == proxy.Step {
		field = 12
	}
	return message(t, appendBytes(nil, field, []byte(barrierName)))
}

// stream returns what the server would send to replay the first n commands of the journal, with a barrier of type t in
// the place of command n. All notifications are sent, as the server does.
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

// start returns the StartMessage of protocol.proto. The state of an object is left out, which is allowed: what the
// handler has read of it is in the journal.
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

// decodeID returns the 24 bytes of an invocation's id: partition key and random part, each a number in little-endian
// order, which the id has in base 62, behind the letters inv_1.
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
		n, ok := new(big.Int).SetString(part.digits, 62) // digits are 0-9, a-z, A-Z, as Restate's are
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

// seed returns the seed of restate.Rand and restate.UUID: what Rust's default hasher makes of an invocation's id,
// SipHash-1-3 with keys of zero over the length and the bytes.
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
	// The data has whole words only. The last word of SipHash is then the length alone.
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
