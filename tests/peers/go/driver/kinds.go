package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"example.org/packer/peers/machine"
	"github.com/hashicorp/hcl/v2/hcldec"
	"github.com/hashicorp/packer-plugin-sdk/packer"
)

func (s *scenario) build(ctx context.Context) error {
	hooks := []Facts{}
	made, err := s.client.Builder().Run(ctx, s.events, hook(func(
		ctx context.Context, name string, ui packer.Ui, comm packer.Communicator, data interface{},
	) error {
		seen := Facts{"name": name, "data": plain(data)}
		err := s.provisionOver(ctx, ui, comm, data)
		if err != nil {
			seen["error"] = err.Error()
		}
		hooks = append(hooks, seen)
		return err
	}))
	if len(hooks) > 0 {
		s.facts["hooks"] = hooks
	}
	if err != nil {
		return err
	}
	return s.artifact(made)
}

// provisionOver is what core does in a hook: a provisioner, over the builder's communicator.
func (s *scenario) provisionOver(
	ctx context.Context, ui packer.Ui, comm packer.Communicator, data interface{},
) error {
	ui.Say("hook")
	if s.HookError != "" {
		return errors.New(s.HookError)
	}
	if s.Calls > 0 {
		if err := s.atOnce(func(i int) error { return echo(ctx, comm, i) }); err != nil {
			return err
		}
	}
	if s.Provisioner == nil {
		return nil
	}
	other, err := start(s.Provisioner)
	if err != nil {
		return err
	}
	inner := &scenario{Request: s.Provisioner, process: other, facts: Facts{}, events: s.events}
	defer func() {
		inner.facts["end"] = other.end()
		s.facts["provisioner"] = inner.facts
	}()
	defer whenThere(inner.KillWhen, other.kill)()
	if !inner.try("spec_error", inner.askSpec) || !inner.try("prepare_error", inner.prepare) {
		return errors.New("the provisioner cannot be prepared")
	}
	return other.client.Provisioner().Provision(ctx, s.events, comm, byName(data))
}

func echo(ctx context.Context, comm packer.Communicator, i int) error {
	var stdout bytes.Buffer
	remote := &packer.RemoteCmd{Command: fmt.Sprintf("echo %d; exit %d", i, i%7), Stdout: &stdout}
	if err := comm.Start(ctx, remote); err != nil {
		return err
	}
	if status := remote.Wait(); status != i%7 || stdout.String() != fmt.Sprintf("%d\n", i) {
		return fmt.Errorf("echo %d: status %d, output %q", i, status, stdout.String())
	}
	return nil
}

func (s *scenario) provision(ctx context.Context) error {
	return s.client.Provisioner().Provision(ctx, s.events, &machine.Shell{}, s.Data)
}

func (s *scenario) postProcess(ctx context.Context) error {
	given := s.Given
	if given == nil {
		given = &Given{Builder: "packer.given", Name: "given-1", Text: "a given thing"}
	}
	made, keep, force, err := s.client.PostProcessor().PostProcess(ctx, s.events, given)
	s.facts["keep"], s.facts["force"] = keep, force
	if err != nil {
		return err
	}
	if err := s.artifact(made); err != nil {
		return err
	}
	s.facts["given_destroyed"] = given.destroyed
	return nil
}

func (s *scenario) execute() error {
	if err := s.outputSpec(); err != nil {
		return err
	}
	value, err := s.client.Datasource().Execute()
	if err != nil {
		return err
	}
	// Within `try`: a number in a nested object that came as gob is broken, and panics when it is used.
	s.facts["outputs"], err = valueFacts(value)
	return err
}

func (s *scenario) outputSpec() error {
	spec := s.client.Datasource().OutputSpec()
	s.facts["output_type"] = typeName(hcldec.ImpliedType(spec))
	return nil
}

// sameSpec asks again; what comes back must be what was there before.
func (s *scenario) sameSpec() error {
	var spec hcldec.ObjectSpec
	switch s.Kind {
	case "builder":
		spec = s.client.Builder().ConfigSpec()
	case "provisioner":
		spec = s.client.Provisioner().ConfigSpec()
	case "post-processor":
		spec = s.client.PostProcessor().ConfigSpec()
	case "datasource":
		spec = s.client.Datasource().ConfigSpec()
	}
	if len(spec) != len(s.spec) {
		return fmt.Errorf("another schema: %v", describe(spec))
	}
	return nil
}

// byName is what HashiCorp's core makes of the values of a build: names are texts.
func byName(data interface{}) map[string]interface{} {
	made := map[string]interface{}{}
	if values, ok := data.(map[interface{}]interface{}); ok {
		for key, value := range values {
			if name, ok := key.(string); ok {
				made[name] = value
			}
		}
	}
	return made
}

// plain is a value from the wire as JSON can tell it; bytes are a list that says so.
func plain(value interface{}) interface{} {
	switch value := value.(type) {
	case map[interface{}]interface{}:
		made := Facts{}
		for key, one := range value {
			made[fmt.Sprint(key)] = plain(one)
		}
		return made
	case []interface{}:
		made := []interface{}{}
		for _, one := range value {
			made = append(made, plain(one))
		}
		return made
	case []byte:
		numbers := []interface{}{"bytes"}
		for _, one := range value {
			numbers = append(numbers, one)
		}
		return numbers
	}
	return value
}
