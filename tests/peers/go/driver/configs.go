package main

import (
	"encoding/json"
	"fmt"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hcldec"
	hcljson "github.com/hashicorp/hcl/v2/json"
	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"
)

// elements is what Prepare gets: maps as they are, HCL decoded by the plugin's own schema.
func elements(request *Request, spec hcldec.ObjectSpec) ([]interface{}, error) {
	made := []interface{}{}
	for _, config := range request.Configs {
		switch {
		case config.HCL != nil:
			value, err := decodeHCL(request, config.HCL, spec)
			if err != nil {
				return nil, err
			}
			made = append(made, value)
		case config.Raw != nil:
			made = append(made, config.Raw)
		default:
			made = append(made, nil)
		}
	}
	return made, nil
}

func decodeHCL(request *Request, text []byte, spec hcldec.ObjectSpec) (cty.Value, error) {
	file, problems := hcljson.Parse(text, "request.json")
	if problems.HasErrors() {
		return cty.NilVal, problems
	}
	variables := map[string]cty.Value{"unknown": cty.DynamicVal}
	for name, raw := range request.Variables {
		kind, err := ctyjson.ImpliedType(raw)
		if err != nil {
			return cty.NilVal, err
		}
		if variables[name], err = ctyjson.Unmarshal(raw, kind); err != nil {
			return cty.NilVal, err
		}
	}
	value, problems := hcldec.Decode(file.Body, spec, &hcl.EvalContext{Variables: variables})
	if problems.HasErrors() {
		return cty.NilVal, problems
	}
	return cty.Transform(value, known)
}

// known puts something in for what is not known yet; a value that is not known cannot be sent.
func known(_ cty.Path, value cty.Value) (cty.Value, error) {
	if value.IsKnown() {
		return value, nil
	}
	switch kind := value.Type(); {
	case kind == cty.Number:
		return cty.Zero, nil
	case kind == cty.Bool:
		return cty.False, nil
	case kind.IsListType():
		return cty.ListValEmpty(kind.ElementType()), nil
	case kind.IsMapType():
		return cty.MapValEmpty(kind.ElementType()), nil
	}
	return cty.StringVal("<unknown>"), nil
}

// describe is a schema in JSON: what a test can compare.
func describe(spec hcldec.ObjectSpec) map[string]interface{} {
	made := map[string]interface{}{}
	for name, one := range spec {
		made[name] = describeOne(one)
	}
	return made
}

func describeOne(spec hcldec.Spec) map[string]interface{} {
	switch spec := spec.(type) {
	case *hcldec.AttrSpec:
		return map[string]interface{}{"attr": spec.Name, "type": typeName(spec.Type), "required": spec.Required}
	case *hcldec.BlockSpec:
		return map[string]interface{}{
			"block": spec.TypeName, "required": spec.Required, "of": describe(nested(spec.Nested)),
		}
	case *hcldec.BlockListSpec:
		return map[string]interface{}{"blocks": spec.TypeName, "of": describe(nested(spec.Nested))}
	}
	return map[string]interface{}{"unexpected": fmt.Sprintf("%T", spec)}
}

func nested(spec hcldec.Spec) hcldec.ObjectSpec {
	switch spec := spec.(type) {
	case hcldec.ObjectSpec:
		return spec
	case *hcldec.ObjectSpec:
		return *spec
	}
	return hcldec.ObjectSpec{fmt.Sprintf("%T", spec): nil}
}

func typeName(kind cty.Type) string {
	text, err := ctyjson.MarshalType(kind)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// valueFacts is a value as a test can compare it. It may panic: see where it is called.
func valueFacts(value cty.Value) (map[string]interface{}, error) {
	text, err := ctyjson.SimpleJSONValue{Value: value}.MarshalJSON()
	return map[string]interface{}{"type": typeName(value.Type()), "value": json.RawMessage(text)}, err
}
