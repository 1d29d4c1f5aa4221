package ui

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"strings"
)

// Confirm asks a question on standard output and reports whether the answer is
// yes. Ctrl-C, which ends ctx, is a no.
func Confirm(ctx context.Context, question string) bool {
	fmt.Printf("%s [y/N] ", question)
	typed := make(chan string, 1)
	go func() {
		line, err := bufio.NewReader(os.Stdin).ReadString('\n')
		if err != nil {
			fmt.Println() // Ctrl-D leaves the cursor where it was
		}
		typed <- line
	}()
	select {
	case <-ctx.Done():
		fmt.Println()
		return false
	case line := <-typed:
		answer := strings.ToLower(strings.TrimSpace(line))
		return answer == "y" || answer == "yes"
	}
}
