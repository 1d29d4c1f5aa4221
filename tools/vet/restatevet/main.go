// Restatevet runs the analyzers of package vet as a tool of go vet:
//
//	go build -o /tmp/restatevet ./tools/vet/restatevet
//	go vet -vettool=/tmp/restatevet ./...
package main

import (
	"golang.org/x/tools/go/analysis/unitchecker"

	"example.com/workbook/tools/vet"
)

func main() { unitchecker.Main(vet.Analyzers...) }
