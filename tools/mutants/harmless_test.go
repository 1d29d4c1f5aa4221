package mutants

import (
	"flag"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/answers"
	"example.com/workbook/tools/check/result"
	"example.com/workbook/tools/course"
)

var harmlessCount = flag.Int("harmless", 50, "with -all or -show: how many harmless answers of each lesson")

// sample is the number of a lesson's harmless answers that go test judges without -all.
const sample = 2

// findingLine matches a finding of the analyzers in a verdict without a failure.
var findingLine = regexp.MustCompile(`(?m)^\s*note .*`)

// Every harmless answer passes all checks of its lesson, and the analyzers find nothing.
func TestHarmless(t *testing.T) {
	root, lessons, lanes := setUp(t)
	for _, l := range lessons {
		t.Run(l.Slug, func(t *testing.T) {
			n := *harmlessCount
			if !*every && !*show && *only == "" {
				n = sample
			}
			all, err := MakeHarmless(root, l, n)
			require.NoError(t, err)
			if *only != "" {
				all = slices.DeleteFunc(all, func(h Harmless) bool { return !slices.Contains(strings.Fields(*only), h.Name) })
			}
			if *show {
				for _, h := range all {
					fmt.Printf("%s %s\n", h.Name, strings.Join(h.Changes, " "))
					for _, name := range slices.Sorted(maps.Keys(h.Files)) {
						if *only != "" {
							fmt.Printf("-- %s --\n%s", name, h.Files[name])
						}
					}
				}
				return
			}
			if len(all) > 0 {
				judgeHarmless(t, root, l, lanes, all)
			}
		})
	}
}

// judgeHarmless judges answers that are in one binary, two at a time.
func judgeHarmless(t *testing.T, root string, l course.Lesson, lanes *answers.Lanes, all []Harmless) {
	var variants []course.Answer
	for _, h := range all {
		variants = append(variants, course.Answer{Name: h.Name, Files: h.Files})
	}
	binary, err := answers.Build(root, l, variants, t.TempDir())
	require.NoError(t, err)
	j := &answers.Judge{Root: root, Lesson: l, Binary: binary, Lanes: lanes}
	var wait sync.WaitGroup
	var mu sync.Mutex
	passed := 0
	for i, h := range all {
		wait.Go(func() {
			r, err := j.Run(h.Name, answers.LearnerScripts, fmt.Sprintf("h%02d", i), false)
			if !assert.NoError(t, err, h.Name) {
				return
			}
			made := h.Name + " " + strings.Join(h.Changes, " ")
			mu.Lock()
			defer mu.Unlock()
			switch {
			case r.Word == result.Setup || r.Word == result.Broken:
				t.Errorf("%s: the check could not judge:\n%s", made, r.Text())
			case r.Word != result.Pass && r.Word != result.Part || j.Replays() != (r.Replay != nil):
				t.Errorf("%s is refused:\n%s", made, r.Text())
			case findingLine.MatchString(r.Text()):
				t.Errorf("%s has a finding:\n%s", made, findingLine.FindString(r.Text()))
			default:
				passed++
			}
		})
	}
	wait.Wait()
	t.Logf("%d of %d harmless answers pass", passed, len(all))
}

// The generator makes the same answers each time.
func TestHarmlessIsSeeded(t *testing.T) {
	root, err := course.Root(".")
	require.NoError(t, err)
	lessons, err := course.Lessons(root)
	require.NoError(t, err)
	first, err := MakeHarmless(root, lessons[0], 3)
	require.NoError(t, err)
	again, err := MakeHarmless(root, lessons[0], 3)
	require.NoError(t, err)
	require.Equal(t, first, again)
}

const plantedForHarmless = `package p

import (
	restate "github.com/restatedev/sdk-go"
	"github.com/restatedev/sdk-go/server"

	"example.com/workbook/lessons/shop/outside"
)

type Shop struct{ Name, Town string }

//task 1.1

func bind() *server.Restate {
	return server.NewRestate().Bind(restate.Reflect(Shop{})).Bind(restate.Reflect(Shop{}))
}

func (s Shop) Ship(ctx restate.Context, ids []string) (Shop, error) {
	key := restate.Key(nil)
	other := restate.UUID(ctx).String()
	here := Shop{Name: key, Town: other}
	if wrong := check(ids); wrong != nil {
		return here, wrong
	}
	for _, id := range ids {
		if id == "" {
			here.Name = "none"
		} else {
			here.Name = id
		}
	}
	_, err := restate.Run(ctx, func(rc restate.RunContext) (string, error) {
		return outside.Ship(rc, key, ids[0])
	}, restate.WithName("send"), restate.WithMaxRetryAttempts(3))
	if err != nil {
		return Shop{}, err
	}
	town := key + "x"
	switch town {
	case "a":
		return here, nil
	}
	last := key
	return Shop{Name: last, Town: town}, nil
}

func check(ids []string) error {
	first := len(ids)
	second := len(ids) + 1
	_, _ = first, second
	return nil
}

//end
`

// Each operator changes a small program, and the result compiles.
func TestHarmlessOperators(t *testing.T) {
	s, p := loadPlanted(t, plantedForHarmless)
	made := map[string]bool{}
	for _, c := range visit(s, p, p.files[0], (*site).rewriteFunction, harmless) {
		edited, ok := s.edit(p, p.files[0], c)
		if !ok {
			continue
		}
		made[c.operator] = true
		_, err := s.reload(p, edited)
		require.NoError(t, err, c.operator)
	}
	require.Equal(t, []string{
		"assign-fields", "blank", "else-after-return", "extract-closure", "extract-condition", "extract-function", "extract-step",
		"extract-variable", "if-to-switch", "inline-variable", "invert-if", "log", "loop-by-index", "move-function", "name-literal",
		"rename-function", "rename-step", "rename-variable", "return-in-else", "split-file", "split-if", "swap-binds", "swap-fields",
		"swap-options", "swap-statements", "switch-to-if", "wrap-error",
	}, slices.Sorted(maps.Keys(made)))
}
