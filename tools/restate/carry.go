package restate

import (
	"context"

	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/npm"
)

// Take finds a server as [Find] does, with the package in dir in npm's place.
func Take(ctx context.Context, dir string) (binary string, err error) {
	f, err := npm.New(Program, nil)
	if err != nil {
		return "", err
	}
	if binary, err = findLocal(ctx, f); binary != "" || err != nil {
		return binary, err
	}
	return f.TakeFrom(ctx, dir)
}

// AtHand finds a server as [Find] does, and fetches nothing.
func AtHand(ctx context.Context) (binary string, err error) {
	f, err := npm.New(Program, nil)
	if err != nil {
		return "", err
	}
	if binary, err = findLocal(ctx, f); err != nil || binary != "" {
		return binary, err
	}
	return "", hint.New(hint.Setup, "make doctor fetches it, with the network on", "restate-server %s is not here", Version)
}

// Runs runs a server with --version and returns the first line that it prints.
func Runs(ctx context.Context, binary string) (string, error) {
	said, err := readBanner(ctx, binary)
	switch {
	case err != nil:
		return "", hint.New(hint.Setup, mendFor(binary, err.Error()), "%s does not run: %w", binary, err)
	case !isAccepted(said):
		return "", hint.New(hint.Setup, mendBinary(binary), "%s calls itself %q, not restate-server %s", binary, said, Version)
	}
	return said, nil
}
