package learner

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"example.com/workbook/tools/course"
	"example.com/workbook/tools/files"
	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/ui"
)

// Save packs work/, backups included, into one file: to, or a new file in the
// folder to.
func Save(ctx context.Context, root, to string) error {
	if entries, err := os.ReadDir(filepath.Join(root, "work")); err != nil || len(entries) == 0 {
		return hint.New(hint.Usage, "make lesson 1", "work/ is empty, so there is nothing to save")
	}
	to, err := archivePath(to)
	if err != nil {
		return err
	}
	count, err := pack(ctx, root, to)
	if err != nil {
		return saveError(ctx, to, err)
	}
	fmt.Printf("saved work/, %s, to\n  %s\n", course.Count(count, "file"), to)
	if files.Exists(filepath.Join(root, "work", OfflineDir)) {
		fmt.Printf("the archive leaves out work/%s: make offline makes that folder again\n", OfflineDir)
	}
	name := ui.Quote(filepath.Base(to))
	fmt.Printf("unpack the archive in a workbook's folder. To keep the files that are there:\n  tar -xkzf %s\n", name)
	fmt.Printf("to have those of the archive, and to move what is there out of the way:\n  test ! -e work || mv work \"../work-$(date +%%s)\" && \\\n    tar -xzf %s\n", name)
	return nil
}

// saveError explains why nothing was saved.
func saveError(ctx context.Context, to string, err error) error {
	var said *hint.Error
	switch {
	case ctx.Err() != nil:
		return hint.New(hint.Setup, "run the same command again", "interrupted; nothing was saved")
	case errors.Is(err, fs.ErrExist):
		return existsError(to)
	case errors.As(err, &said):
		return err
	}
	return files.WriteError("nothing was saved", filepath.Dir(to), err)
}

// archivePath returns the file to make, which does not exist yet.
func archivePath(to string) (string, error) {
	if info, err := os.Stat(to); err == nil && info.IsDir() {
		return files.Unused(filepath.Join(to, "work-"+timestamp()), ".tar.gz"), nil
	}
	if files.Exists(to) {
		return "", existsError(to)
	}
	if _, err := os.Stat(filepath.Dir(to)); err != nil {
		return "", hint.New(hint.Usage, "name a folder that exists, or leave the name out: make save", "there is no folder %s", filepath.Dir(to))
	}
	return to, nil
}

func existsError(to string) error {
	return hint.New(hint.Usage, "name another file, or leave the name out: make save", "%s exists already and was not changed", to)
}

// pack makes the archive under another name first, so that it is complete or
// absent.
func pack(ctx context.Context, root, to string) (count int, err error) {
	temp, err := os.CreateTemp(filepath.Dir(to), "work-*.tar.gz.part")
	if err != nil {
		return 0, err
	}
	defer os.Remove(temp.Name())
	zip := gzip.NewWriter(temp)
	tape := tar.NewWriter(zip)
	count, err = packWork(ctx, root, tape)
	for _, c := range []io.Closer{tape, zip, temp} {
		if closed := c.Close(); err == nil {
			err = closed
		}
	}
	if err != nil {
		return 0, err
	}
	return count, files.Publish(temp.Name(), to)
}

// OfflineDir in work/ is large, and make offline makes it again.
const OfflineDir = "offline"

// packWork leaves out OfflineDir, archives, and what is no file.
func packWork(ctx context.Context, root string, tape *tar.Writer) (count int, err error) {
	work, err := filepath.EvalSymlinks(filepath.Join(root, "work"))
	if err != nil {
		return 0, err
	}
	err = filepath.WalkDir(work, func(path string, d fs.DirEntry, err error) error {
		if err != nil || ctx.Err() != nil {
			return errors.Join(err, ctx.Err())
		}
		archive, _ := filepath.Match("work-*.tar.gz*", d.Name())
		if archive || d.Type()&^(fs.ModeDir|fs.ModeSymlink) != 0 {
			return nil
		}
		rel, err := filepath.Rel(work, path)
		if err != nil {
			return err
		}
		if rel == OfflineDir && d.IsDir() {
			return fs.SkipDir
		}
		if !d.IsDir() {
			count++
		}
		return packOne(ctx, tape, path, filepath.ToSlash(filepath.Join("work", rel)), d)
	})
	return count, err
}

func packOne(ctx context.Context, tape *tar.Writer, path, name string, d fs.DirEntry) error {
	info, link, text, err := readEntry(path, d)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // it was there for a moment only
	}
	if err != nil {
		return hint.New(hint.Setup, "make it readable, or move it out of work/", "nothing was saved, because %s cannot be read: %w", name, files.Cause(err))
	}
	h, err := tar.FileInfoHeader(info, link)
	if err != nil {
		return err
	}
	h.Name, h.Size = name, int64(len(text))
	if d.IsDir() {
		h.Name += "/"
	}
	h.Uid, h.Gid, h.Uname, h.Gname = 0, 0, "", "" // they belong to who unpacks them
	if err := tape.WriteHeader(h); err != nil {
		return err
	}
	// A large file takes a while, and Ctrl-C is heard meanwhile.
	for part := range slices.Chunk(text, 1<<20) {
		if _, err := tape.Write(part); err != nil || ctx.Err() != nil {
			return errors.Join(err, ctx.Err())
		}
	}
	return nil
}

// readEntry returns a file's attributes, the target of a link, and the content.
func readEntry(path string, d fs.DirEntry) (info fs.FileInfo, link string, text []byte, err error) {
	info, err = d.Info()
	switch {
	case err != nil:
	case info.Mode()&fs.ModeSymlink != 0:
		link, err = os.Readlink(path)
	case info.Mode().IsRegular():
		text, err = os.ReadFile(path)
	}
	return info, link, text, err
}
