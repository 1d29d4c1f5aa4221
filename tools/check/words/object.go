package words

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"example.com/workbook/tools/check/cause"
	"example.com/workbook/tools/check/claim"
	"example.com/workbook/tools/check/record"
	"example.com/workbook/tools/check/script"
	"example.com/workbook/tools/check/world"
	"example.com/workbook/tools/proxy"
	"example.com/workbook/tools/restate"
)

// cancelCall cancels a call of the script: its next wait ends in a terminal error. A call
// that has ended stays as it is.
func cancelCall(s *script.Script, args []string) error {
	c, err := begunCall(s, args[0])
	if err != nil {
		return err
	}
	i, err := s.InvocationOf(s.Ctx, c)
	if err != nil {
		return err
	}
	if i == nil {
		return fmt.Errorf("the tables of Restate do not have the call %s yet", args[0])
	}
	err = s.World.Server.Admin().Cancel(s.Ctx, i.ID)
	var refused *restate.StatusError
	if errors.As(err, &refused) && refused.Status == http.StatusConflict {
		// The handler answered without waiting for the request that the script holds. The
		// next claim is about that answer.
		s.Notef("tried to cancel %s, which had answered already", c.Target)
		s.AddFact(cause.AnsweredBefore)
		return nil
	}
	if err != nil {
		return err
	}
	c.Cancelled = true
	s.Notef("cancelled %s", c.Target)
	s.AddFact(cause.Cancelled)
	return nil
}

// waitCancelHeard waits until a cancel has reached the script's invocations of a handler,
// in services that are down: until the cancel is in their journals. Restate passes the
// cancel on by itself, and the invocation that was cancelled first may have ended before.
// Also, no attempt of theirs may still run with an older journal: such an attempt would
// learn about the cancel later, and what the program does until then would be luck.
func waitCancelHeard(s *script.Script, args []string) error {
	if s.World.RestProxy == nil {
		return fmt.Errorf("no services of other lessons run here")
	}
	return s.Poll(func() (bool, error) {
		of, err := s.InvocationsOf(s.Ctx, args[0])
		if err != nil || len(of) == 0 {
			return false, err
		}
		for _, i := range of {
			entries, err := s.World.Journal(s.Ctx, i.ID)
			if err != nil || !world.IsSignalled(entries) {
				return false, err
			}
		}
		s.World.RestProxy.EndWaiting()
		if of, err = s.InvocationsOf(s.Ctx, args[0]); err != nil {
			return false, err
		}
		return !slices.ContainsFunc(of, func(i world.Invocation) bool { return i.Status != "backing-off" }), nil
	}, claim.ExpectCancelHeard(args[0]))
}

// waitCallFails waits until an attempt of a call of the script has ended in a retryable
// error.
func waitCallFails(s *script.Script, args []string) error {
	c, err := begunCall(s, args[0])
	if err != nil {
		return err
	}
	n := 1
	if len(args) > 1 {
		if n, err = strconv.Atoi(args[1]); err != nil {
			return err
		}
	}
	want := claim.ExpectFailure(c.Target.String())
	id := "" // does not change, so the table is asked once
	return s.Poll(func() (bool, error) {
		select {
		case <-c.Done:
			return false, record.Fail(want.With(claim.GotAnsweredAtOnce(c.Status, c.Answer)))
		default:
		}
		if id == "" {
			i, err := s.InvocationOf(s.Ctx, c)
			if err != nil || i == nil {
				return false, err
			}
			id = i.ID
		}
		failed := s.World.Proxy.Attempts(func(a *proxy.Attempt) bool {
			return a.Invocation == id && strings.HasPrefix(a.End, "error")
		})
		return len(failed) >= n, nil
	}, want)
}

// rememberField sets a variable to a field of the last answer: remember ID shipment_id.
func rememberField(s *script.Script, args []string) error {
	value, err := s.AnswerField(args[1])
	if err == nil {
		s.TestScript.Setenv(args[0], value)
	}
	return err
}
