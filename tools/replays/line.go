package replays

import (
	"bufio"
	"context"
	"encoding/binary"
	"io"
	"net"
	"regexp"
	"strings"
	"syscall"
	"time"

	"example.com/workbook/tools/proxy"
)

// maxLines limits how many lines findLines looks for. Each line but the first costs a start of
// the program, because the program ends when findLine has found its line.
const maxLines = 4

// findLines adds to each verdict Strands the line of the new code that differs from the journal. The
// SDK's message about a mismatch does not have that line. So the program replays the invocation again,
// and findLine blocks the program while it writes that message: then the handler's stack still exists, and
// Go's runtime prints it after SIGQUIT. If verdicts differ only in their invocations, findLines looks
// for their line once.
func (r *replayer) findLines(ctx context.Context, verdicts []Verdict) {
	type place struct {
		service, handler, recorded, new string
		at                              int
	}
	lines := map[place]string{}
	for i, v := range verdicts {
		j := r.Journals[i]
		if v.Kind != Strands || v.Line != "" || v.DiffersAt == 0 {
			continue
		}
		p := place{j.Service, j.Handler, v.Recorded, v.New, v.DiffersAt}
		if _, known := lines[p]; !known && len(lines) < maxLines {
			lines[p] = r.findLine(ctx, j)
		}
		verdicts[i].Line = lines[p]
	}
}

// findLine returns the line of the handler that fails to replay a journal, or "" if no line was found.
// Afterwards the program has ended.
func (r *replayer) findLine(ctx context.Context, j Journal) string {
	if r.startAgain(ctx) != nil {
		return ""
	}
	conn, err := net.Dial("tcp", r.addr)
	if err != nil {
		return ""
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(replayLimit))
	places, err := j.commands()
	if err != nil {
		return ""
	}
	stream, err := j.stream(len(places), proxy.Step)
	if err != nil || holdReply(conn, r.addr, j, stream) != nil {
		return ""
	}
	r.stop(syscall.SIGQUIT)
	return stuckLine(r.output.String())
}

// goroutines matches the first line of a goroutine's stack.
var goroutines = regexp.MustCompile(`(?m)^goroutine \d+ `)

// stuckLine returns the line of the blocked handler. The argument is what Go printed after SIGQUIT.
func stuckLine(printed string) string {
	starts := goroutines.FindAllStringIndex(printed, -1)
	for i, at := range starts {
		end := len(printed)
		if i+1 < len(starts) {
			end = starts[i+1][0]
		}
		if stack := printed[at[0]:end]; strings.Contains(stack, sdkPath+"/internal/restatecontext.invoke(") {
			line, _ := readStack(stack)
			return line
		}
	}
	return ""
}

// The frames of HTTP/2 (RFC 9113, section 6) that holdReply sends and reads.
const (
	frameData     = 0x0
	frameHeaders  = 0x1
	frameSettings = 0x4

	flagEndStream  = 0x1
	flagAck        = 0x1
	flagEndHeaders = 0x4

	initialWindowSize = 0x4   // a setting
	maxData           = 16384 // bytes in one data frame
	startWindow       = 65535 // bytes that a client may send before the server allows more
)

// holdReply sends a request, and blocks the program while it writes its answer: HTTP/2's flow control
// allows 0 bytes of the answer's body. holdReply returns when the answer's headers have come, which the
// program sends together with its first message.
func holdReply(conn net.Conn, host string, j Journal, body []byte) error {
	if len(body) > startWindow {
		return io.ErrShortBuffer
	}
	b := []byte("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
	b = appendFrame(b, frameSettings, 0, 0, binary.BigEndian.AppendUint32([]byte{0, initialWindowSize}, 0))
	headers := appendHeader(nil, ":method", "POST")
	headers = appendHeader(headers, ":scheme", "http")
	headers = appendHeader(headers, ":authority", host)
	headers = appendHeader(headers, ":path", j.path())
	for name, value := range j.headers() {
		headers = appendHeader(headers, name, value)
	}
	b = appendFrame(b, frameHeaders, flagEndHeaders, 1, headers)
	for len(body) > maxData {
		b = appendFrame(b, frameData, 0, 1, body[:maxData])
		body = body[maxData:]
	}
	b = appendFrame(b, frameData, flagEndStream, 1, body)
	if _, err := conn.Write(b); err != nil {
		return err
	}
	return waitForHeaders(conn)
}

func waitForHeaders(conn net.Conn) error {
	r := bufio.NewReader(conn)
	for {
		head := make([]byte, 9)
		if _, err := io.ReadFull(r, head); err != nil {
			return err
		}
		size := int64(head[0])<<16 | int64(head[1])<<8 | int64(head[2])
		if _, err := io.CopyN(io.Discard, r, size); err != nil {
			return err
		}
		switch kind, flags := head[3], head[4]; {
		case kind == frameHeaders:
			return nil
		case kind == frameSettings && flags&flagAck == 0:
			if _, err := conn.Write(appendFrame(nil, frameSettings, flagAck, 0, nil)); err != nil {
				return err
			}
		}
	}
}

func appendFrame(b []byte, kind, flags byte, stream uint32, payload []byte) []byte {
	b = append(b, byte(len(payload)>>16), byte(len(payload)>>8), byte(len(payload)), kind, flags)
	return append(binary.BigEndian.AppendUint32(b, stream), payload...)
}

// appendHeader appends a header field without compression (RFC 7541, section 6.2.2).
func appendHeader(b []byte, name, value string) []byte {
	b = append(b, 0)
	for _, s := range []string{name, value} {
		b = appendLength(b, len(s))
		b = append(b, s...)
	}
	return b
}

// appendLength appends an integer with a prefix of 7 bits (RFC 7541, section 5.1).
func appendLength(b []byte, n int) []byte {
	const most = 1<<7 - 1
	if n < most {
		return append(b, byte(n))
	}
	b = append(b, most)
	for n -= most; n >= 0x80; n >>= 7 {
		b = append(b, byte(n)|0x80)
	}
	return append(b, byte(n))
}
