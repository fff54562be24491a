package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/hashicorp/hcl/v2/hcldec"
	"github.com/hashicorp/packer-plugin-sdk/packer"
	"github.com/zclconf/go-cty/cty"
)

// component is what all kinds share.
type component struct {
	options Options
}

func (c *component) ConfigSpec() hcldec.ObjectSpec {
	holdIf("PEER_HOLD_SPEC")
	spec := hcldec.ObjectSpec(c.options.FlatMapstructure().HCL2Spec())
	items := spec["item"].(*hcldec.BlockListSpec).Nested.(hcldec.ObjectSpec)
	items["name"].(*hcldec.AttrSpec).Required = true // the generator has no word for it
	estrange(spec)
	return spec
}

// estrange makes a schema one that no generator writes, of the sort that PEER_SPEC says.
func estrange(spec hcldec.ObjectSpec) {
	switch os.Getenv("PEER_SPEC") {
	case "renamed":
		spec["text"].(*hcldec.AttrSpec).Name = "told"
	case "set":
		spec["strange"] = &hcldec.AttrSpec{Name: "strange", Type: cty.Set(cty.String)}
	case "tuple":
		spec["strange"] = &hcldec.AttrSpec{Name: "strange", Type: cty.Tuple([]cty.Type{cty.String, cty.Number})}
	case "pairs":
		spec["strange"] = &hcldec.BlockAttrsSpec{TypeName: "strange", ElementType: cty.String}
	}
}

// prepare decodes the options from scratch and takes the steps of this phase.
func (c *component) prepare(raws ...interface{}) error {
	c.options = Options{}
	if err := c.options.decode(raws...); err != nil {
		return err
	}
	return (&stage{ctx: context.Background(), options: &c.options}).take(c.options.PrepareSteps)
}

func holdIf(name string) {
	if path := os.Getenv(name); path != "" {
		_ = os.WriteFile(path, nil, 0o644)
		select {}
	}
}

type Builder struct{ component }

func (b *Builder) Prepare(raws ...interface{}) ([]string, []string, error) {
	err := b.prepare(raws...)
	return []string{"PeerText", "PeerNumber"}, b.options.Warnings, err
}

func (b *Builder) Run(ctx context.Context, ui packer.Ui, hook packer.Hook) (packer.Artifact, error) {
	at := &stage{ctx: ctx, options: &b.options, ui: ui, hook: hook}
	if err := at.take(b.options.Steps); err != nil {
		return nil, err
	}
	if b.options.Artifact == "" {
		return nil, nil
	}
	return &artifact{&b.options}, nil
}

type Provisioner struct{ component }

func (p *Provisioner) Prepare(raws ...interface{}) error { return p.prepare(raws...) }

func (p *Provisioner) Provision(
	ctx context.Context, ui packer.Ui, comm packer.Communicator, data map[string]interface{},
) error {
	at := &stage{ctx: ctx, options: &p.options, ui: ui, comm: comm, data: data}
	return at.take(p.options.Steps)
}

type PostProcessor struct{ component }

func (p *PostProcessor) Configure(raws ...interface{}) error { return p.prepare(raws...) }

func (p *PostProcessor) PostProcess(
	ctx context.Context, ui packer.Ui, given packer.Artifact,
) (packer.Artifact, bool, bool, error) {
	o := &p.options
	at := &stage{ctx: ctx, options: o, ui: ui, artifact: given}
	if err := at.take(o.Steps); err != nil {
		return nil, false, false, err
	}
	switch o.Result {
	case "input":
		return given, o.Keep, o.Force, nil
	case "none":
		return nil, o.Keep, o.Force, nil
	}
	return &artifact{o}, o.Keep, o.Force, nil
}

// artifact is what the options say it is.
type artifact struct{ options *Options }

func (a *artifact) BuilderId() string { return "packer.peer" }
func (a *artifact) Files() []string   { return a.options.Files }
func (a *artifact) Id() string        { return a.options.Artifact }
func (a *artifact) String() string    { return fmt.Sprintf("Artifact: %s", a.options.Artifact) }

func (a *artifact) State(name string) interface{} {
	switch value, ok := a.options.State[name]; {
	case ok:
		return value
	case name == "generated_data":
		return generated(a.options)
	case name == "everything":
		return []interface{}{"text", 7, 1.5, true, nil, []byte{0, 255}, map[string]interface{}{"k": "v"}}
	}
	return nil
}

func (a *artifact) Destroy() error {
	if a.options.DestroyError != "" {
		return errors.New(a.options.DestroyError)
	}
	if a.options.DestroyFile != "" {
		return os.WriteFile(a.options.DestroyFile, []byte("destroyed"), 0o644)
	}
	return nil
}

// generated is what a build publishes: the user's values, and one of each other type.
func generated(o *Options) map[string]interface{} {
	data := map[string]interface{}{
		"ID": "peer-1", "PeerText": o.Text, "PeerNumber": o.Number, "PeerFraction": o.Fraction, "PeerFlag": o.Flag,
	}
	for name, value := range o.Generated {
		data[name] = value
	}
	return data
}
