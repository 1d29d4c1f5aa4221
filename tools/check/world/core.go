package world

import (
	"context"
	"os"
	"path/filepath"
	"reflect"
	"unsafe"

	"github.com/tetratelabs/wazero"

	"example.com/workbook/tools/npm"
)

// The SDK's core is WebAssembly, and each program that serves compiles it at its
// first call: a quarter of a second, most of its start. The SDK makes its runtime
// itself, with the defaults of wazero and without an option (restatedev/sdk-go 1.2.0,
// internal/statemachine/wasm.go). So this package changes those defaults: wazero then
// keeps the compiled core for later programs.

//go:linkname wazeroDefaults github.com/tetratelabs/wazero.engineLessConfig
var wazeroDefaults unsafe.Pointer

//go:linkname sharedCore github.com/restatedev/sdk-go/internal/statemachine.sharedCore
var sharedCore []byte

// compiledEnv names the folder with the compiled core.
const compiledEnv = "CHECK_COMPILED"

// compileCore compiles the core into a folder, unless it is there, and returns the folder.
// It returns "" if the core cannot be kept; then each program compiles it.
func compileCore(ctx context.Context) (dir string) {
	cache, err := npm.Cache()
	if err != nil {
		return ""
	}
	dir = filepath.Join(cache, "core")
	if loadCore(ctx, dir) == nil {
		return dir
	}
	os.RemoveAll(dir) // what is damaged there
	if loadCore(ctx, dir) == nil {
		return dir
	}
	return ""
}

// loadCore fails if what dir has is damaged, or can't be written there. wazero
// keeps its versions, and what processors can do, apart.
func loadCore(ctx context.Context, dir string) error {
	cache, err := wazero.NewCompilationCacheWithDir(dir)
	if err != nil {
		return err
	}
	defer cache.Close(ctx)
	r := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfig().WithCompilationCache(cache))
	_, err = r.CompileModule(ctx, sharedCore)
	return err
}

// UseCompiledCore makes this program take the compiled core from the folder that the
// environment names, if it names one.
func UseCompiledCore() {
	dir := os.Getenv(compiledEnv)
	if dir == "" {
		return
	}
	if cache, err := wazero.NewCompilationCacheWithDir(dir); err == nil {
		wazeroDefaults = reflect.ValueOf(wazero.NewRuntimeConfig().WithCompilationCache(cache)).UnsafePointer()
	}
}
