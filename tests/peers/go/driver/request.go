package main

import "encoding/json"

// Request is what a test wants to happen.
type Request struct {
	Plugin   []string          `json:"plugin"`   // the executable, and words before `start`
	Bare     bool              `json:"bare"`     // `plugin` is a shim: nothing is added but --protobuf
	Kind     string            `json:"kind"`     // of component
	Name     string            `json:"name"`     // of component
	Protobuf bool              `json:"protobuf"` // or else gob
	Environ  map[string]string `json:"environ"`  // added to the plugin's

	SkipSpec    bool     `json:"skip_spec"`    // as with JSON templates: the schema is not asked for
	Configs     []Config `json:"configs"`      // what Prepare or Configure gets
	Prepares    int      `json:"prepares"`     // how often it is prepared; 0 means once
	PrepareOnly bool     `json:"prepare_only"` // as `packer validate`

	Rounds [][]Config `json:"rounds"` // configs, one after the other in one process; instead of all that is below

	CancelWhen string `json:"cancel_when"` // the call is cancelled when this file is there
	KillWhen   string `json:"kill_when"`   // the plugin is killed when this file is there

	Answers     []string                   `json:"answers"`     // to Ui.Ask, in order; then it fails
	Data        map[string]interface{}     `json:"data"`        // values of the build, for a provisioner
	Given       *Given                     `json:"given"`       // artifact for a post-processor
	States      []string                   `json:"states"`      // asked of the artifact that comes out
	Destroy     bool                       `json:"destroy"`     // and whether it is destroyed
	Provisioner *Request                   `json:"provisioner"` // what the hook runs, in a process of its own
	HookError   string                     `json:"hook_error"`  // what the hook fails with
	Calls       int                        `json:"calls"`       // that many at once, of several methods
	IdleMs      int                        `json:"idle_ms"`     // nothing is said for so long before it works
	Bytes       int64                      `json:"bytes"`       // for bench
	Verbose     bool                       `json:"verbose"`     // the SDK's log goes to standard error
	Variables   map[string]json.RawMessage `json:"variables"`   // for expressions in HCL, beside `unknown`
	TimeoutMs   int                        `json:"timeout_ms"`  // for each call; 0 means a minute
}

// Config is one element of what Prepare gets: a plain map, HCL in its JSON syntax, or nothing.
type Config struct {
	Raw map[string]interface{} `json:"raw"`
	HCL json.RawMessage        `json:"hcl"`
}

// Given is an artifact made up by the test.
type Given struct {
	Builder      string                 `json:"builder_id"`
	Name         string                 `json:"id"`
	Paths        []string               `json:"files"`
	Text         string                 `json:"string"`
	States       map[string]interface{} `json:"state"`
	DestroyError string                 `json:"destroy_error"`
	destroyed    bool
}
