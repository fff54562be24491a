package main

import (
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/hcl/v2/hcldec"
	"github.com/hashicorp/packer-plugin-sdk/packer"
)

// Facts is what happened, by name; what did not happen is not in it.
type Facts map[string]interface{}

// scenario is one component in its process, and what is known about it so far.
type scenario struct {
	*Request
	*process
	facts  Facts
	events *events
	spec   hcldec.ObjectSpec
}

// run takes one component through its life.
func run(request *Request) Facts {
	facts := Facts{}
	p, err := start(request)
	if err != nil {
		facts["start_error"] = err.Error()
		return facts
	}
	facts["handshake"] = p.line
	s := &scenario{Request: request, process: p, facts: facts, events: &events{answers: request.Answers}}
	stop := whenThere(request.KillWhen, p.kill)
	s.live()
	stop()
	facts["events"] = s.events.all()
	facts["end"] = p.end()
	return facts
}

func (s *scenario) live() {
	if !s.SkipSpec && !s.try("spec_error", s.askSpec) {
		return
	}
	if len(s.Rounds) > 0 {
		s.again()
		return
	}
	for i := 0; i < max(s.Prepares, 1); i++ {
		if !s.try("prepare_error", s.prepare) {
			return
		}
	}
	if s.PrepareOnly {
		if s.Kind == "datasource" {
			s.try("output_spec_error", s.outputSpec)
		}
		return
	}
	time.Sleep(time.Duration(s.IdleMs) * time.Millisecond)
	s.try("error", s.work)
}

// again has one process configured and working over and over: a round finds nothing of those before.
func (s *scenario) again() {
	rounds := []Facts{}
	for _, configs := range s.Rounds {
		request := *s.Request
		request.Configs = configs
		round := &scenario{
			Request: &request, process: s.process, facts: Facts{}, spec: s.spec, events: &events{answers: s.Answers},
		}
		if round.try("prepare_error", round.prepare) && !s.PrepareOnly {
			round.try("error", round.work)
		}
		round.facts["events"] = round.events.all()
		rounds = append(rounds, round.facts)
	}
	s.facts["rounds"] = rounds
}

// try makes a call that may fail, panic or never come back, and notes which.
func (s *scenario) try(name string, call func() error) bool {
	result := make(chan error, 1)
	go func() {
		defer func() {
			if cause := recover(); cause != nil {
				result <- fmt.Errorf("panic: %v", cause)
			}
		}()
		result <- call()
	}()
	timeout := time.Minute
	if s.TimeoutMs > 0 {
		timeout = time.Duration(s.TimeoutMs) * time.Millisecond
	}
	var err error
	select {
	case err = <-result:
	case <-time.After(timeout):
		err = fmt.Errorf("hangs")
	}
	if err != nil {
		s.facts[name] = err.Error()
	}
	return err == nil
}

func (s *scenario) askSpec() error {
	switch s.Kind {
	case "builder":
		s.spec = s.client.Builder().ConfigSpec()
	case "provisioner":
		s.spec = s.client.Provisioner().ConfigSpec()
	case "post-processor":
		s.spec = s.client.PostProcessor().ConfigSpec()
	case "datasource":
		s.spec = s.client.Datasource().ConfigSpec()
	}
	s.facts["spec"] = describe(s.spec)
	return nil
}

func (s *scenario) prepare() error {
	configs, err := elements(s.Request, s.spec)
	if err != nil {
		return fmt.Errorf("request: %w", err)
	}
	switch s.Kind {
	case "provisioner":
		return s.client.Provisioner().Prepare(configs...)
	case "post-processor":
		return s.client.PostProcessor().Configure(configs...)
	case "datasource":
		return s.client.Datasource().Configure(configs...)
	}
	variables, warnings, err := s.client.Builder().Prepare(configs...)
	s.facts["generated_vars"], s.facts["warnings"] = variables, warnings
	return err
}

func (s *scenario) work() error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	defer whenThere(s.CancelWhen, cancel)()
	if s.Calls > 0 {
		if err := s.atOnce(func(int) error { return s.sameSpec() }); err != nil {
			return err
		}
	}
	switch s.Kind {
	case "builder":
		return s.build(ctx)
	case "provisioner":
		return s.provision(ctx)
	case "post-processor":
		return s.postProcess(ctx)
	}
	return s.execute()
}

func (s *scenario) artifact(made packer.Artifact) error {
	if made == nil {
		return nil
	}
	states := Facts{}
	for _, name := range s.States {
		states[name] = plain(made.State(name))
	}
	s.facts["artifact"] = Facts{
		"builder_id": made.BuilderId(), "id": made.Id(), "files": made.Files(), "string": made.String(),
		"state": states,
	}
	if s.Calls > 0 {
		err := s.atOnce(func(int) error {
			if id := made.Id(); id == "" {
				return fmt.Errorf("a call without an answer")
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	if s.Destroy {
		s.try("destroy_error", made.Destroy)
		// Whether the artifact can still be talked to tells whether its stream is alive.
		s.facts["id_after_destroy"] = made.Id()
	}
	return nil
}

// atOnce makes as many calls as the request wants, all at the same time.
func (s *scenario) atOnce(call func(i int) error) error {
	results := make(chan error, s.Calls)
	for i := 0; i < s.Calls; i++ {
		go func(i int) { results <- call(i) }(i)
	}
	for i := 0; i < s.Calls; i++ {
		if err := <-results; err != nil {
			return err
		}
	}
	done, _ := s.facts["calls"].(int)
	s.facts["calls"] = done + s.Calls
	return nil
}
