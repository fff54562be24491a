//go:generate packer-sdc mapstructure-to-hcl2 -type Options,Inner,Deep,Item

package main

import (
	"time"

	"github.com/hashicorp/packer-plugin-sdk/common"
	"github.com/hashicorp/packer-plugin-sdk/template/config"
	"github.com/hashicorp/packer-plugin-sdk/template/interpolate"
)

// Options is the configuration of all four components: a value of every type, and the switches.
type Options struct {
	common.PackerConfig `mapstructure:",squash"`

	Text     string            `mapstructure:"text"`
	Number   int               `mapstructure:"number"`
	Fraction float64           `mapstructure:"fraction"`
	Flag     bool              `mapstructure:"flag"`
	Maybe    config.Trilean    `mapstructure:"maybe"`
	Pause    time.Duration     `mapstructure:"pause"`
	Words    []string          `mapstructure:"words"`
	Numbers  []int             `mapstructure:"numbers"`
	Table    map[string]string `mapstructure:"table"`
	Grid     [][]string        `mapstructure:"grid"`
	Inner    Inner             `mapstructure:"inner"`
	Items    []Item            `mapstructure:"item"`

	Warnings     []string `mapstructure:"warnings"`
	PrepareSteps []string `mapstructure:"prepare_steps"`
	Steps        []string `mapstructure:"steps"`

	Generated map[string]string `mapstructure:"generated"`

	Artifact     string            `mapstructure:"artifact"`
	Files        []string          `mapstructure:"files"`
	State        map[string]string `mapstructure:"state"`
	DestroyError string            `mapstructure:"destroy_error"`
	DestroyFile  string            `mapstructure:"destroy_file"`

	Result string `mapstructure:"result"`
	Keep   bool   `mapstructure:"keep"`
	Force  bool   `mapstructure:"force"`

	ctx interpolate.Context
}

// Inner is a block that may stand once.
type Inner struct {
	Name string `mapstructure:"name"`
	Size int    `mapstructure:"size"`
	Deep []Deep `mapstructure:"deep"`
}

// Deep is a block within a block.
type Deep struct {
	On     bool     `mapstructure:"on"`
	Labels []string `mapstructure:"labels"`
}

// Item is a block that may stand several times.
type Item struct {
	Name string  `mapstructure:"name"`
	Size float64 `mapstructure:"size"`
}

func (o *Options) decode(raws ...interface{}) error {
	return config.Decode(o, &config.DecodeOpts{
		PluginType:         "peer",
		Interpolate:        true,
		InterpolateContext: &o.ctx,
	}, raws...)
}
