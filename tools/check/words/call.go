package words

import (
	"bytes"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"example.com/workbook/tools/check/cause"
	"example.com/workbook/tools/check/claim"
	"example.com/workbook/tools/check/record"
	"example.com/workbook/tools/check/script"
	"example.com/workbook/tools/check/world"
	"example.com/workbook/tools/sandbox"
)

func setJudged(s *script.Script, args []string) error {
	s.Where = record.Place{File: args[0], Function: args[1]}
	return nil
}

func callAndWait(s *script.Script, args []string) error {
	name := "call-" + strconv.Itoa(len(s.Calls)+1)
	c, err := s.Send(name, args[0], optionalArg(args, 1))
	if err != nil {
		return err
	}
	s.Notef("called %s", c.Target)
	return s.Await(c)
}

func beginCalls(s *script.Script, args []string) error {
	name, times, err := splitTimes(args[0])
	if err != nil {
		return err
	}
	for i := range times {
		number := strings.NewReplacer("%d", strconv.Itoa(i+1))
		id := name
		if times > 1 {
			id = fmt.Sprintf("%s-%d", name, i+1)
		}
		if _, err := s.Send(id, number.Replace(args[1]), number.Replace(optionalArg(args, 2))); err != nil {
			return err
		}
	}
	if times > 1 {
		s.Notef("called %s %d times at once", args[1], times)
	} else {
		s.Notef("called %s", args[1])
	}
	return nil
}

// splitTimes splits name*n.
func splitTimes(s string) (name string, n int, err error) {
	name, count, ok := strings.Cut(s, "*")
	if !ok {
		return name, 1, nil
	}
	n, err = strconv.Atoi(count)
	return name, n, err
}

func finishCalls(s *script.Script, args []string) error {
	name, times, err := splitTimes(args[0])
	if err != nil {
		return err
	}
	if times == 1 {
		c, err := begunCall(s, name)
		if err != nil {
			return err
		}
		return s.Await(c)
	}
	for i := range times {
		c := s.Calls[fmt.Sprintf("%s-%d", name, i+1)]
		if err := s.Await(c); err != nil {
			return err
		}
		if c.Status != http.StatusOK {
			return record.Fail(claim.ExpectAnswers(times).With(claim.GotAnswer(c.Status, c.Answer)))
		}
	}
	return nil
}

// begunCall returns the call that the script began under that name.
func begunCall(s *script.Script, name string) (*world.Call, error) {
	c := s.Calls[name]
	if c == nil {
		return nil, fmt.Errorf("no begin word before this one has the name %q", name)
	}
	return c, nil
}

// optionalArg returns argument i, or "" if there is no such argument.
func optionalArg(args []string, i int) string {
	if i < len(args) {
		return args[i]
	}
	return ""
}

func checkAnswer(s *script.Script, args []string) error {
	if s.Last == nil {
		return fmt.Errorf("no call comes before this word")
	}
	code, err := strconv.Atoi(args[0])
	if err != nil {
		return err
	}
	red := record.Fail(claim.ExpectAnswer(code, optionalArg(args, 1)).With(claim.GotAnswer(s.Last.Status, s.Last.Answer)))
	if s.Last.Status != code {
		return red
	}
	if len(args) == 1 {
		return nil
	}
	ok, err := script.Holds(s.Last.Answer, []byte(args[1]))
	if err != nil {
		return err
	}
	if !ok {
		return red
	}
	return nil
}

// checkDiffers requires that the last answer differs from all earlier answers.
func checkDiffers(s *script.Script, args []string) error {
	if s.Last == nil {
		return fmt.Errorf("no call comes before this word")
	}
	for _, c := range s.Calls {
		if c != s.Last && c.Answered() && c.Status == s.Last.Status && bytes.Equal(c.Answer, s.Last.Answer) {
			return record.Fail(claim.ExpectOtherAnswer().With(claim.GotSameAnswer(c.Status, c.Answer)))
		}
	}
	return nil
}

// checkSomeField requires that the last answer has one of the fields.
func checkSomeField(s *script.Script, args []string) error {
	fields, err := s.AnswerFields()
	if err != nil {
		return err
	}
	for _, name := range args {
		if _, ok := fields[name]; ok {
			return nil
		}
	}
	return record.Fail(claim.ExpectSomeField(args[0], args[len(args)-1]).With(claim.GotAnswer(s.Last.Status, s.Last.Answer)))
}

// checkPrices requires that each field of the last answer is a sku with the sku's price,
// divided by a number.
func checkPrices(s *script.Script, args []string) error {
	divisor, err := strconv.ParseInt(args[0], 10, 64)
	if err != nil {
		return err
	}
	fields, err := s.AnswerFields()
	if err != nil {
		return err
	}
	for _, sku := range slices.Sorted(maps.Keys(fields)) {
		cents, ok := sandbox.PriceOf(sku)
		if want := fmt.Sprintf("{%q:%d}", sku, cents/divisor); !ok || fmt.Sprint(fields[sku]) != strconv.FormatInt(cents/divisor, 10) {
			return record.Fail(claim.ExpectAnswer(http.StatusOK, want).With(claim.GotAnswer(s.Last.Status, s.Last.Answer)))
		}
	}
	return nil
}

// checkStepNames requires that each step of the script's invocations has a name of its own.
func checkStepNames(s *script.Script, args []string) error {
	for _, a := range s.OwnAttempts(s.Ctx) {
		seen := map[string]bool{}
		for _, step := range a.Steps {
			switch {
			case strings.HasPrefix(step.Name, "step "):
				return record.Fail(claim.ExpectStepNames().With(claim.GotUnnamed(step.Name)))
			case seen[step.Name]:
				return record.Fail(claim.ExpectStepNames().With(claim.GotSameName(step.Name)))
			}
			seen[step.Name] = true
		}
	}
	return nil
}

// forgetState deletes a virtual object's state in Restate, as an operator might.
func forgetState(s *script.Script, args []string) error {
	service, key, ok := strings.Cut(args[0], "/")
	if !ok {
		return fmt.Errorf("%q is not service/key", args[0])
	}
	s.Notef("deleted the state of %s in Restate", args[0])
	s.AddFact(cause.Forgotten)
	if err := s.World.Server.Admin().SetState(s.Ctx, service, key, nil); err != nil {
		return err
	}
	return s.World.StateGone(s.Ctx, service, key)
}
