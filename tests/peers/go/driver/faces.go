package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/hashicorp/packer-plugin-sdk/packer"
)

// events is what a plugin told its user, in order.
type events struct {
	lock    sync.Mutex
	list    [][]interface{}
	answers []string
}

func (e *events) add(words ...interface{}) {
	e.lock.Lock()
	defer e.lock.Unlock()
	e.list = append(e.list, words)
}

func (e *events) all() [][]interface{} {
	e.lock.Lock()
	defer e.lock.Unlock()
	return append([][]interface{}{}, e.list...)
}

func (e *events) Say(text string)     { e.add("say", text) }
func (e *events) Message(text string) { e.add("message", text) }
func (e *events) Error(text string)   { e.add("error", text) }

func (e *events) Sayf(format string, words ...any)   { e.Say(fmt.Sprintf(format, words...)) }
func (e *events) Errorf(format string, words ...any) { e.Error(fmt.Sprintf(format, words...)) }

func (e *events) Machine(category string, words ...string) {
	all := []interface{}{"machine", category}
	for _, word := range words {
		all = append(all, word)
	}
	e.add(all...)
}

func (e *events) Ask(query string) (string, error) {
	e.add("ask", query)
	e.lock.Lock()
	defer e.lock.Unlock()
	if len(e.answers) == 0 {
		return "", errors.New("nobody answers")
	}
	answer := e.answers[0]
	e.answers = e.answers[1:]
	return answer, nil
}

func (e *events) Askf(format string, words ...any) (string, error) {
	return e.Ask(fmt.Sprintf(format, words...))
}

func (e *events) TrackProgress(label string, current, total int64, body io.ReadCloser) io.ReadCloser {
	e.add("progress", label, current, total)
	return &bar{e, body}
}

// bar tells how far a plugin is.
type bar struct {
	events *events
	io.ReadCloser
}

func (b *bar) Read(into []byte) (int, error) {
	b.events.add("moved", len(into))
	return b.ReadCloser.Read(into)
}

func (b *bar) Close() error {
	b.events.add("done")
	return b.ReadCloser.Close()
}

func (g *Given) BuilderId() string { return g.Builder }
func (g *Given) Id() string        { return g.Name }
func (g *Given) Files() []string   { return g.Paths }
func (g *Given) String() string    { return g.Text }

func (g *Given) State(name string) interface{} { return g.States[name] }

func (g *Given) Destroy() error {
	if g.DestroyError != "" {
		return errors.New(g.DestroyError)
	}
	g.destroyed = true
	return nil
}

// hook is a function that core has for builders.
type hook func(ctx context.Context, name string, ui packer.Ui, machine packer.Communicator, data interface{}) error

func (h hook) Run(
	ctx context.Context, name string, ui packer.Ui, machine packer.Communicator, data interface{},
) error {
	return h(ctx, name, ui, machine, data)
}
