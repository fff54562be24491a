package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"example.org/packer/peers/machine"
	"github.com/hashicorp/packer-plugin-sdk/packer"
)

// stage is what a step may use; what a kind of component does not have is nil.
type stage struct {
	ctx      context.Context
	options  *Options
	ui       packer.Ui
	hook     packer.Hook
	comm     packer.Communicator
	data     map[string]interface{}
	artifact packer.Artifact
}

func (s *stage) take(steps []string) error {
	for _, step := range steps {
		verb, rest, _ := strings.Cut(step, " ")
		if err := s.step(verb, rest); err != nil {
			return err
		}
	}
	return nil
}

func (s *stage) step(verb, rest string) error {
	switch verb {
	case "fail":
		return errors.New(rest)
	case "exit":
		status, _ := strconv.Atoi(rest)
		os.Exit(status)
	case "kill":
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {}
	case "hold":
		return s.hold(rest)
	case "mark":
		return os.WriteFile(rest, nil, 0o644)
	case "wait":
		milliseconds, _ := strconv.Atoi(rest)
		time.Sleep(time.Duration(milliseconds) * time.Millisecond)
	case "log":
		log.Print(rest)
	case "provision":
		return s.hook.Run(s.ctx, packer.HookProvision, s.ui, &machine.Shell{}, generated(s.options))
	case "cleanup":
		return s.hook.Run(s.ctx, packer.HookCleanupProvision, s.ui, &machine.Shell{}, generated(s.options))
	case "bare":
		return s.hook.Run(s.ctx, packer.HookProvision, s.ui, nil, generated(s.options))
	case "hook":
		return s.hook.Run(s.ctx, rest, s.ui, &machine.Shell{}, generated(s.options))
	case "destroy":
		return s.artifact.Destroy()
	case "run", "feed", "stream", "upload", "put", "get", "upload-dir", "download-dir":
		return s.remote(verb, rest)
	default:
		return s.tell(verb, rest)
	}
	return nil
}

// tell takes the steps that only say something.
func (s *stage) tell(verb, rest string) error {
	switch verb {
	case "say":
		s.ui.Say(rest)
	case "message":
		s.ui.Message(rest)
	case "error":
		s.ui.Error(rest)
	case "machine":
		words := strings.Fields(rest)
		s.ui.Machine(words[0], words[1:]...)
	case "ask":
		answer, err := s.ui.Ask(rest)
		if err != nil {
			return err
		}
		s.ui.Say("answer: " + answer)
	case "progress":
		return s.progress(rest)
	case "flood":
		s.flood(rest)
	case "options":
		s.record("options", view(s.options))
	case "data":
		s.record("data", s.data)
	case "artifact":
		s.record("artifact", map[string]interface{}{
			"builder_id": s.artifact.BuilderId(), "id": s.artifact.Id(),
			"files": s.artifact.Files(), "string": s.artifact.String(),
		})
	case "state":
		s.ui.Machine("state", rest, asJSON(s.artifact.State(rest)))
	default:
		return fmt.Errorf("no such step: %s %s", verb, rest)
	}
	return nil
}

func (s *stage) hold(path string) error {
	if err := os.WriteFile(path, nil, 0o644); err != nil {
		return err
	}
	<-s.ctx.Done()
	return errors.New("cancelled")
}

func (s *stage) progress(rest string) error {
	word, label, _ := strings.Cut(rest, " ")
	size, err := strconv.Atoi(word)
	if err != nil {
		return err
	}
	body := io.NopCloser(io.LimitReader(zeros{}, int64(size)))
	tracked := s.ui.TrackProgress(label, 0, int64(size), body)
	defer tracked.Close()
	_, err = io.CopyBuffer(struct{ io.Writer }{io.Discard}, tracked, make([]byte, (size+3)/4))
	return err
}

func (s *stage) flood(rest string) {
	count, _ := strconv.Atoi(rest)
	var all sync.WaitGroup
	for i := 0; i < count; i++ {
		all.Add(1)
		go func(i int) {
			defer all.Done()
			s.ui.Say(fmt.Sprintf("flood %d", i))
		}(i)
	}
	all.Wait()
}

// remote takes the steps that need the machine.
func (s *stage) remote(verb, rest string) error {
	words := strings.Fields(rest)
	switch verb {
	case "run":
		return s.run(rest, nil)
	case "feed":
		text, command, _ := strings.Cut(rest, "|")
		return s.run(command, strings.NewReader(text))
	case "stream":
		return (&packer.RemoteCmd{Command: rest}).RunWithUi(s.ctx, s.comm, s.ui)
	case "upload":
		return s.upload(words[0], words[1])
	case "put":
		return s.put(words[0], words[1])
	case "get":
		return s.get(words[0])
	case "upload-dir":
		return s.comm.UploadDir(words[0], words[1], words[2:])
	}
	return s.comm.DownloadDir(words[0], words[1], words[2:])
}

func (s *stage) run(command string, stdin io.Reader) error {
	var stdout, stderr bytes.Buffer
	cmd := &packer.RemoteCmd{Command: command, Stdin: stdin, Stdout: &stdout, Stderr: &stderr}
	if err := s.comm.Start(s.ctx, cmd); err != nil {
		return err
	}
	s.ui.Machine("ran", strconv.Itoa(cmd.Wait()), stdout.String(), stderr.String())
	return nil
}

func (s *stage) upload(destination, source string) error {
	file, err := os.Open(source)
	if err != nil {
		return err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	return s.comm.Upload(destination, file, &info)
}

func (s *stage) put(destination, word string) error {
	size, err := strconv.ParseInt(word, 10, 64)
	if err != nil {
		return err
	}
	digest := sha256.New()
	source := io.TeeReader(io.LimitReader(&pattern{}, size), digest)
	if err := s.comm.Upload(destination, source, nil); err != nil {
		return err
	}
	s.ui.Machine("put", word, hex.EncodeToString(digest.Sum(nil)))
	return nil
}

func (s *stage) get(source string) error {
	sink := &counted{Hash: sha256.New()}
	if err := s.comm.Download(source, sink); err != nil {
		return err
	}
	s.ui.Machine("got", strconv.Itoa(sink.count), hex.EncodeToString(sink.Sum(nil)))
	return nil
}

func (s *stage) record(category string, value interface{}) {
	s.ui.Machine(category, asJSON(value))
}
