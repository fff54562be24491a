// Package machine is the machine that builders make: this one, with /bin/sh and two commands no shell has.
package machine

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/hashicorp/packer-plugin-sdk/packer"
)

// Shell is a communicator that reaches this very machine.
type Shell struct{}

func (*Shell) Start(_ context.Context, remote *packer.RemoteCmd) error {
	verb, rest, _ := strings.Cut(remote.Command, " ")
	switch verb {
	case "no-start":
		return errors.New(rest)
	case "status":
		status, err := strconv.Atoi(rest)
		remote.SetExited(status)
		return err
	}
	return start(remote)
}

func start(remote *packer.RemoteCmd) error {
	child := exec.Command("/bin/sh", "-c", remote.Command)
	child.Stdout, child.Stderr = remote.Stdout, remote.Stderr
	// Not child.Stdin: waiting for the child would wait for the end of the input as well.
	stdin, err := child.StdinPipe()
	if err != nil {
		return err
	}
	if err := child.Start(); err != nil {
		return err
	}
	go func() {
		defer stdin.Close()
		if remote.Stdin != nil {
			_, _ = io.Copy(stdin, remote.Stdin)
		}
	}()
	go func() {
		_ = child.Wait()
		remote.SetExited(child.ProcessState.ExitCode())
	}()
	return nil
}

func (*Shell) Upload(path string, source io.Reader, info *os.FileInfo) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer file.Close()
	if _, err := io.Copy(file, source); err != nil {
		return err
	}
	if info == nil || *info == nil {
		return nil
	}
	if err := file.Chmod((*info).Mode().Perm()); err != nil {
		return err
	}
	return os.Chtimes(path, (*info).ModTime(), (*info).ModTime())
}

func (*Shell) Download(path string, sink io.Writer) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	_, err = io.Copy(sink, file)
	return err
}

func (*Shell) UploadDir(dst, src string, exclude []string) error {
	return copyFolder(dst, src, exclude)
}

func (*Shell) DownloadDir(src, dst string, exclude []string) error {
	return copyFolder(dst, src, exclude)
}

// copyFolder copies a folder; a trailing slash means: only what is in it.
func copyFolder(dst, src string, exclude []string) error {
	if !strings.HasSuffix(src, "/") {
		dst = filepath.Join(dst, filepath.Base(src))
	}
	return filepath.Walk(src, func(path string, info os.FileInfo, err error) error {
		if err != nil {
			return err
		}
		inside, err := filepath.Rel(src, path)
		if err != nil {
			return err
		}
		if excluded(inside, exclude) {
			if info.IsDir() {
				return filepath.SkipDir
			}
			return nil
		}
		if info.IsDir() {
			return os.MkdirAll(filepath.Join(dst, inside), 0o755)
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(dst, inside), data, info.Mode().Perm())
	})
}

func excluded(inside string, patterns []string) bool {
	for _, pattern := range patterns {
		for _, text := range []string{inside, filepath.Base(inside)} {
			if matches, _ := filepath.Match(pattern, text); matches {
				return true
			}
		}
	}
	return false
}
