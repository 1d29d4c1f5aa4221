package check_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	restate "github.com/restatedev/sdk-go"
	"github.com/restatedev/sdk-go/server"
	"github.com/stretchr/testify/require"

	"example.com/workbook/solutions/01-concepts/checkout"
	"example.com/workbook/tools/check"
	"example.com/workbook/tools/check/cause/shop"
	"example.com/workbook/tools/process/below"
)

// This test binary is also the test binary of a lesson. With asLesson in its environment,
// and run in the folder of lesson 1, it checks a program that behaves like the variant.
const asLesson = "CHECK_TEST_VARIANT"

var answers = map[string]any{
	"charges": 2, "mails": 1, "AnswerReplay": "b", "AnswerNoKeys": "b",
}

func TestMain(m *testing.M) {
	name := filepath.Base(os.Args[0])
	if os.Getenv(asLesson) == "" && name != "sandbox" {
		os.Exit(m.Run())
	}
	check.Main(m, check.Lesson{Program: program, Answers: answers, Causes: shop.Causes})
}

func program() {
	if len(os.Args) == 3 && os.Args[1] == "naive" {
		naive(os.Args[2])
		return
	}
	variants[os.Getenv(asLesson)]()
}

// TestLesson is the test in a lesson's test file.
func TestLesson(t *testing.T) {
	if os.Getenv(asLesson) != "" {
		check.Run(t)
	}
}

var variants = map[string]func(){
	"right": serve,
	"exits": func() {
		fmt.Println("database is locked")
		os.Exit(7)
	},
	"panics":        func() { panic("no configuration") },
	"never listens": func() { select {} },
	"wrong port":    func() { listen("127.0.0.1:0") },
	"no service": func() {
		server.NewRestate().Start(context.Background(), os.Getenv("LISTEN"))
	},
	"not restate": func() {
		http.ListenAndServe(os.Getenv("LISTEN"), http.NotFoundHandler())
	},
	"ignores signals": func() {
		signal.Ignore(syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP)
		sleeper := exec.Command("sleep", "3600")
		sleeper.Start()
		serve()
	},
	"prints megabytes": func() {
		line := strings.Repeat("x", 1<<16)
		for range 200 {
			fmt.Println(line)
		}
		serve()
	},
	"exits well": func() { os.Exit(0) },
	"begins again": func() {
		time.Sleep(50 * time.Millisecond) // or it would take a core from the other tests
		syscall.Exec(self(), os.Args, os.Environ())
	},
	"leaves it to a child": toChild,
	"hangs":                func() { offerPlace(func() float64 { select {} }) },
	"dies when asked":      func() { offerPlace(func() float64 { os.Exit(3); return 0 }) },
	"not a number":         func() { offerPlace(math.NaN) },
	"a large step":         func() { offerLarge() },
	"pauses":               pauses,
	"empty answers":        func() { constant(`{}`) },
	"constant":             func() { constant(`{"order_id":"o-1","charge_id":"ch-1"}`) },
}

func naive(id string) {
	order := checkout.Order{ID: id, SKU: "book", AmountCents: 2500, Token: "tok_ok"}
	if err := checkout.Naive(context.Background(), order); err != nil {
		panic(err)
	}
}

func serve() { listen(os.Getenv("LISTEN")) }

func listen(addr string) {
	err := server.NewRestate().Bind(restate.Reflect(checkout.Checkout{})).Start(context.Background(), addr)
	panic(err)
}

// constant gives the same answer to every call.
func constant(answer string) {
	handler := restate.NewServiceHandler(func(restate.Context, restate.Void) (string, error) { return answer, nil })
	def := restate.NewService("Checkout").Handler("Place", handler).Handler("Draw", handler)
	server.NewRestate().Bind(def).Start(context.Background(), os.Getenv("LISTEN"))
}

// offerPlace serves a handler Place with one step, which calls charge.
func offerPlace(charge func() float64) {
	place := func(ctx restate.Context, _ checkout.Order) (float64, error) {
		return restate.Run(ctx, func(restate.RunContext) (float64, error) { return charge(), nil }, restate.WithName("charge"))
	}
	def := restate.NewService("Checkout").Handler("Place", restate.NewServiceHandler(place))
	server.NewRestate().Bind(def).Start(context.Background(), os.Getenv("LISTEN"))
}

// offerLarge serves a handler Place with a step that returns 33 MB.
func offerLarge() {
	large := strings.Repeat("x", 33<<20)
	place := func(ctx restate.Context, _ checkout.Order) (string, error) {
		return restate.Run(ctx, func(restate.RunContext) (string, error) { return large, nil }, restate.WithName("charge"))
	}
	def := restate.NewService("Checkout").Handler("Place", restate.NewServiceHandler(place))
	server.NewRestate().Bind(def).Start(context.Background(), os.Getenv("LISTEN"))
}

// pauses serves a handler Place that is paused after two attempts.
func pauses() {
	place := func(ctx restate.Context, _ checkout.Order) (string, error) {
		return restate.Run(ctx, func(restate.RunContext) (string, error) { return "", errors.New("no money") }, restate.WithName("charge"))
	}
	policy := restate.WithInvocationRetryPolicy(restate.WithInitialRetryInterval(time.Millisecond), restate.WithMaxRetryAttempts(2), restate.PauseOnMaxAttempts())
	def := restate.NewService("Checkout", policy).Handler("Place", restate.NewServiceHandler(place))
	server.NewRestate().Bind(def).Start(context.Background(), os.Getenv("LISTEN"))
}

// toChild starts a copy of itself, which does the same.
func toChild() {
	cmd := exec.Command(self())
	cmd.Args[0] = os.Args[0]
	cmd.Start()
	os.Exit(0)
}

func self() string {
	exe, _ := os.Executable()
	return exe
}

// judge runs lesson 1's checks on a variant and returns the whole output.
func judge(t *testing.T, variant string, args ...string) (out string, ok bool) {
	t.Helper()
	mark := fmt.Sprintf("CHECK_TEST_MARK=%s-%d", t.Name(), os.Getpid())
	cmd := lessonCommand(t, variant, mark, args...)
	var b bytes.Buffer
	cmd.Stdout, cmd.Stderr = &b, &b
	require.NoError(t, cmd.Start())
	var err error
	all, done := below.Look{}, make(chan struct{})
	go func() {
		err = cmd.Wait()
		close(done)
	}()
	for running := true; running; {
		now := below.Of(cmd.Process.Pid)
		all.Dirs = append(all.Dirs, now.Dirs...)
		select {
		case <-done:
			running = false
		case <-time.After(300 * time.Millisecond):
		}
	}
	nobodyLeft(t, mark)
	require.Empty(t, all.Left())
	return b.String(), err == nil
}

// lessonCommand returns lesson 1's check of a variant; what it starts can be
// recognized by mark in its environment.
func lessonCommand(t *testing.T, variant, mark string, args ...string) *exec.Cmd {
	t.Helper()
	exe, err := os.Executable()
	require.NoError(t, err)
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	cmd := exec.Command(exe, append([]string{"-test.run=^TestLesson$"}, args...)...)
	cmd.Dir = filepath.Join(root, "solutions", "01-concepts")
	cmd.Env = append(os.Environ(), asLesson+"="+variant, mark)
	return cmd
}
