package main

import (
	"context"

	"github.com/hashicorp/hcl/v2/hcldec"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/gocty"
)

// Datasource returns the options; what of them depends on which data source it is.
type Datasource struct {
	component
	outputs string
}

func (d *Datasource) Configure(raws ...interface{}) error { return d.prepare(raws...) }

func (d *Datasource) OutputSpec() hcldec.ObjectSpec {
	holdIf("PEER_HOLD_OUTPUT")
	return outputSpec(d.outputs)
}

// outputSpec is made by hand: what matters is that every type comes up.
func outputSpec(outputs string) hcldec.ObjectSpec {
	spec := hcldec.ObjectSpec{}
	switch outputs {
	case "empty":
		return spec
	case "texts":
		names := hcldec.ObjectSpec{"name": &hcldec.AttrSpec{Name: "name", Type: cty.String}}
		spec["inner"] = &hcldec.BlockSpec{TypeName: "inner", Nested: names}
		spec["item"] = &hcldec.BlockListSpec{TypeName: "item", Nested: names}
		return spec
	}
	for name, kind := range map[string]cty.Type{
		"text": cty.String, "number": cty.Number, "fraction": cty.Number, "flag": cty.Bool, "missing": cty.String,
		"words": cty.List(cty.String), "numbers": cty.List(cty.Number), "table": cty.Map(cty.String),
		"grid": cty.List(cty.List(cty.String)),
	} {
		spec[name] = &hcldec.AttrSpec{Name: name, Type: kind}
	}
	if outputs == "nested" {
		spec["inner"] = &hcldec.BlockSpec{TypeName: "inner", Nested: hcldec.ObjectSpec{
			"name": &hcldec.AttrSpec{Name: "name", Type: cty.String},
			"size": &hcldec.AttrSpec{Name: "size", Type: cty.Number},
		}}
		spec["item"] = &hcldec.BlockListSpec{TypeName: "item", Nested: hcldec.ObjectSpec{
			"name": &hcldec.AttrSpec{Name: "name", Type: cty.String},
			"size": &hcldec.AttrSpec{Name: "size", Type: cty.Number},
		}}
	}
	return spec
}

func (d *Datasource) Execute() (cty.Value, error) {
	o := &d.options
	if err := (&stage{ctx: context.Background(), options: o}).take(o.Steps); err != nil {
		// Not cty.NilVal: the server encodes the value whatever the error, and crashes on that one.
		return cty.NullVal(cty.EmptyObject), err
	}
	switch d.outputs {
	case "empty":
		return cty.EmptyObjectVal, nil
	case "texts":
		return texts(o), nil
	}
	values := map[string]cty.Value{
		"text": cty.StringVal(o.Text), "number": cty.NumberIntVal(int64(o.Number)),
		"fraction": cty.NumberFloatVal(o.Fraction), "flag": cty.BoolVal(o.Flag),
		"missing": cty.NullVal(cty.String),
	}
	kinds := hcldec.ImpliedType(outputSpec(d.outputs))
	for name, value := range map[string]interface{}{
		"words": orEmpty(o.Words), "numbers": orNone(o.Numbers), "table": orBare(o.Table), "grid": orFlat(o.Grid),
	} {
		made, err := gocty.ToCtyValue(value, kinds.AttributeType(name))
		if err != nil {
			return cty.NilVal, err
		}
		values[name] = made
	}
	if d.outputs == "nested" {
		values["inner"] = block(o.Inner.Name, float64(o.Inner.Size))
		items := []cty.Value{}
		for _, item := range o.Items {
			items = append(items, block(item.Name, item.Size))
		}
		values["item"] = cty.ListValEmpty(kinds.AttributeType("item").ElementType())
		if len(items) > 0 {
			values["item"] = cty.ListVal(items)
		}
	}
	return cty.ObjectVal(values), nil
}

func texts(o *Options) cty.Value {
	named := func(name string) cty.Value {
		return cty.ObjectVal(map[string]cty.Value{"name": cty.StringVal(name)})
	}
	items := []cty.Value{}
	for _, item := range o.Items {
		items = append(items, named(item.Name))
	}
	list := cty.ListValEmpty(cty.Object(map[string]cty.Type{"name": cty.String}))
	if len(items) > 0 {
		list = cty.ListVal(items)
	}
	return cty.ObjectVal(map[string]cty.Value{"inner": named(o.Inner.Name), "item": list})
}

func block(name string, size float64) cty.Value {
	return cty.ObjectVal(map[string]cty.Value{"name": cty.StringVal(name), "size": cty.NumberFloatVal(size)})
}

// A nil slice would become a null; what nobody has set is empty here.
func orEmpty(words []string) []string {
	return append([]string{}, words...)
}

func orNone(numbers []int) []int {
	return append([]int{}, numbers...)
}

func orFlat(grid [][]string) [][]string {
	rows := [][]string{}
	for _, row := range grid {
		rows = append(rows, orEmpty(row))
	}
	return rows
}

func orBare(table map[string]string) map[string]string {
	if table == nil {
		return map[string]string{}
	}
	return table
}
