package offline

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"example.com/workbook/tools/gotool"
	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/postgres"
	"example.com/workbook/tools/process"
	"example.com/workbook/tools/restate"
	"example.com/workbook/tools/ui"
)

// Use fills the caches from a folder that make offline has made.
func Use(ctx context.Context, k *process.Keeper, opts Options) error {
	folder := opts.Folder
	if !filepath.IsAbs(folder) {
		folder = filepath.Join(opts.Dir, folder)
	}
	err := fill(ctx, k, opts.Root, folder)
	if ctx.Err() != nil {
		return hint.New(hint.Setup, "the same command continues where this run stopped", "interrupted; no half-finished file was left")
	}
	return err
}

func fill(ctx context.Context, k *process.Keeper, root, folder string) error {
	servers := filepath.Join(folder, serversName)
	binary, err := restate.Take(ctx, servers)
	if err != nil {
		return err
	}
	fmt.Printf("  server   %s, in %s\n", restate.Program.Title, filepath.Dir(binary))
	env := append(os.Environ(), "GOPROXY="+fileProxy(filepath.Join(folder, modulesName)), "GONOPROXY=none")
	out, err := gotool.Run(ctx, k, root, env, nil, "mod", "download")
	if err != nil {
		return hint.New(hint.Setup, "use the commit of the folder, or make the folder again: make offline",
			"the folder lacks parts that this clone needs: %s", ui.LastLine(out))
	}
	programs, err := postgres.Take(ctx, servers)
	if err != nil {
		return err
	}
	fmt.Printf("  server   %s, in %s\n", postgres.Program.Title, filepath.Dir(programs))
	fmt.Print("  modules  all modules of go.mod are here\n\nnothing needs the network any more. for a proof: make doctor OFFLINE=1\nthen go on with: make lesson 1\n")
	return nil
}
