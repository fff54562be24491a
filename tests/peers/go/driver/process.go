package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/hashicorp/packer-plugin-sdk/plugin"
	"github.com/hashicorp/packer-plugin-sdk/rpc"
)

// process is a plugin that runs, and the client to it.
type process struct {
	command *exec.Cmd
	client  *rpc.Client
	conn    net.Conn
	line    string
	stray   safeBuffer
	stderr  safeBuffer
	ended   chan struct{}
}

// start does what HashiCorp's core does: cookie, handshake, one connection.
func start(request *Request) (*process, error) {
	p := &process{command: command(request), ended: make(chan struct{})}
	p.command.Stderr = &p.stderr
	reader, writer, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	p.command.Stdout = writer
	err = p.command.Start()
	writer.Close()
	if err != nil {
		return nil, err
	}
	go func() {
		_ = p.command.Wait()
		close(p.ended)
	}()
	if err := p.connect(reader, request); err != nil {
		p.kill()
		<-p.ended
		return p, fmt.Errorf("%w; it said: %s", err, p.stderr.String())
	}
	return p, nil
}

func command(request *Request) *exec.Cmd {
	words := append([]string{}, request.Plugin[1:]...)
	if !request.Bare {
		words = append(words, "start", request.Kind)
	}
	if request.Protobuf {
		words = append(words, "--protobuf")
	}
	if !request.Bare {
		name := request.Name
		if name == "" {
			name = plugin.DEFAULT_NAME
		}
		words = append(words, name)
	}
	made := exec.Command(request.Plugin[0], words...)
	made.Env = append(os.Environ(),
		plugin.MagicCookieKey+"="+plugin.MagicCookieValue,
		"PACKER_PLUGIN_MIN_PORT=10000", "PACKER_PLUGIN_MAX_PORT=25000",
	)
	for name, value := range request.Environ {
		made.Env = append(made.Env, name+"="+value)
	}
	return made
}

func (p *process) connect(stdout io.Reader, request *Request) error {
	lines := bufio.NewReader(stdout)
	first := make(chan string, 1)
	go func() {
		line, _ := lines.ReadString('\n')
		first <- line
		_, _ = io.Copy(&p.stray, lines)
	}()
	select {
	case p.line = <-first:
	case <-time.After(60 * time.Second):
		return fmt.Errorf("no handshake")
	}
	parts := strings.SplitN(strings.TrimSpace(p.line), "|", 4)
	if len(parts) != 4 || parts[0] != plugin.APIVersionMajor || parts[1] != plugin.APIVersionMinor {
		return fmt.Errorf("not a handshake: %q", p.line)
	}
	conn, err := net.Dial(parts[2], parts[3])
	if err != nil {
		return err
	}
	p.conn = conn
	p.client, err = rpc.NewClient(conn)
	if err == nil && request.Protobuf {
		useProtobuf(p.client)
	}
	return err
}

func (p *process) kill() { _ = p.command.Process.Kill() }

// end closes the connection, as a core that is gone would, and waits for the process.
func (p *process) end() map[string]interface{} {
	_ = p.client.Close()
	_ = p.conn.Close()
	late := false
	select {
	case <-p.ended:
	case <-time.After(15 * time.Second):
		late = true
		p.kill()
		<-p.ended
	}
	state := p.command.ProcessState
	signal := ""
	if status, ok := state.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		signal = status.Signal().String()
	}
	return map[string]interface{}{
		"status": state.ExitCode(), "signal": signal, "had_to_be_killed": late,
		"stderr": p.stderr.Tail(), "stray": p.stray.String(),
	}
}

// safeBuffer is written to by one thread and read by another.
type safeBuffer struct {
	lock   sync.Mutex
	buffer bytes.Buffer
}

func (b *safeBuffer) Write(data []byte) (int, error) {
	b.lock.Lock()
	defer b.lock.Unlock()
	return b.buffer.Write(data)
}

func (b *safeBuffer) String() string {
	b.lock.Lock()
	defer b.lock.Unlock()
	return b.buffer.String()
}

// Tail is the end of it: some plugins log a line for every call.
func (b *safeBuffer) Tail() string {
	text := b.String()
	return text[max(0, len(text)-16384):]
}

// whenThere calls back as soon as a file is there; the answer stops the watching.
func whenThere(path string, then func()) (stop func()) {
	done := make(chan struct{})
	go func() {
		for path != "" {
			if _, err := os.Stat(path); err == nil {
				then()
				return
			}
			select {
			case <-done:
				return
			case <-time.After(5 * time.Millisecond):
			}
		}
	}()
	return sync.OnceFunc(func() { close(done) })
}
