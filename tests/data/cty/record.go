// Records go_vectors.json beside it, with go-cty 1.13.3 in the fork that knows gob (it is what
// packer-plugin-sdk uses) and hcl 2.19.1:
//
//	go mod init record
//	go mod edit -replace github.com/zclconf/go-cty=github.com/nywilken/go-cty@v1.13.3
//	go get github.com/hashicorp/hcl/v2@v2.19.1 && go run . > go_vectors.json
//
// Maps of Go have no order, so the bytes of what has several entries differ from run to run.
package main

import (
	"bytes"
	"encoding/gob"
	"encoding/hex"
	"encoding/json"
	"os"

	"github.com/hashicorp/hcl/v2/hcldec"
	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"
	ctymsgpack "github.com/zclconf/go-cty/cty/msgpack"
)

func init() {
	gob.Register(new(hcldec.AttrSpec))
	gob.Register(new(hcldec.BlockSpec))
	gob.Register(new(hcldec.BlockListSpec))
	gob.Register(new(hcldec.BlockAttrsSpec))
	gob.Register(new(hcldec.LiteralSpec))
	gob.Register(new(hcldec.DefaultSpec))
	gob.Register(hcldec.ObjectSpec{})
}

func enc(v interface{}) string {
	var b bytes.Buffer
	if err := gob.NewEncoder(&b).Encode(v); err != nil {
		return "error: " + err.Error()
	}
	return hex.EncodeToString(b.Bytes())
}

func bigv(s string) cty.Value { return cty.MustParseNumberVal(s) }

func main() {
	a := func(n string, t cty.Type, r bool) *hcldec.AttrSpec {
		return &hcldec.AttrSpec{Name: n, Type: t, Required: r}
	}
	disk := hcldec.ObjectSpec{"size": a("size", cty.Number, true)}
	disk2 := hcldec.ObjectSpec{"size": a("size", cty.Number, true), "label": a("label", cty.String, false)}
	specs := map[string]hcldec.ObjectSpec{
		"empty": {}, "required": {"s": a("s", cty.String, true)}, "optional": {"s": a("s", cty.String, false)},
		"bool": {"b": a("b", cty.Bool, false)},
		"list": {"l": a("l", cty.List(cty.String), false)}, "map": {"m": a("m", cty.Map(cty.Number), false)},
		"set":             {"s": a("s", cty.Set(cty.String), false)},
		"tuple":           {"t": a("t", cty.Tuple([]cty.Type{cty.String, cty.List(cty.Bool)}), false)},
		"object":          {"o": a("o", cty.Object(map[string]cty.Type{"x": cty.String, "y": cty.Map(cty.List(cty.Number))}), false)},
		"object_optional": {"o": a("o", cty.ObjectWithOptionalAttrs(map[string]cty.Type{"x": cty.String, "y": cty.Bool}, []string{"y"}), false)},
		"block":           {"d": &hcldec.BlockSpec{TypeName: "d", Nested: disk, Required: true}},
		"blocks":          {"d": &hcldec.BlockListSpec{TypeName: "d", Nested: disk2}},
		"blocks_limits":   {"d": &hcldec.BlockListSpec{TypeName: "d", Nested: disk, MinItems: 1, MaxItems: 3}},
		"deep":            {"d": &hcldec.BlockListSpec{TypeName: "d", Nested: hcldec.ObjectSpec{"e": &hcldec.BlockSpec{TypeName: "e", Nested: hcldec.ObjectSpec{"f": a("f", cty.List(cty.List(cty.String)), true), "g": a("g", cty.Bool, false)}}, "h": a("h", cty.String, false)}}, "z": a("z", cty.String, false)},
		"many":            {"a": a("a", cty.String, true), "b": a("b", cty.Number, false), "c": a("c", cty.Bool, false), "d": a("d", cty.List(cty.String), false), "k": &hcldec.BlockListSpec{TypeName: "k", Nested: disk2}, "n": &hcldec.BlockSpec{TypeName: "n", Nested: disk}},
		"attrs":           {"x": &hcldec.BlockAttrsSpec{TypeName: "x", ElementType: cty.String}},
	}
	out := map[string]interface{}{}
	so := map[string]interface{}{}
	for n, s := range specs {
		e := map[string]interface{}{"gob": enc(s)}
		ty := hcldec.ImpliedType(s)
		if b, err := ctyjson.MarshalType(ty); err == nil {
			e["type"] = json.RawMessage(b)
		}
		so[n] = e
	}
	out["specs"] = so
	obj := cty.ObjectVal(map[string]cty.Value{"a": cty.StringVal("x"), "n": cty.NumberIntVal(-7), "b": cty.True, "z": cty.NullVal(cty.String),
		"l": cty.ListVal([]cty.Value{cty.StringVal("p"), cty.StringVal("q")}), "m": cty.MapVal(map[string]cty.Value{"k": cty.NumberIntVal(0)}),
		"o": cty.ListVal([]cty.Value{cty.ObjectVal(map[string]cty.Value{"i": bigv("1.5")})})})
	values := map[string]cty.Value{
		"string": cty.StringVal("hi"), "empty string": cty.StringVal(""), "true": cty.True, "false": cty.False,
		"zero": cty.Zero, "three": cty.NumberIntVal(3), "minus seven": cty.NumberIntVal(-7), "tenth": bigv("0.1"), "float tenth": cty.NumberFloatVal(0.1), "half": cty.NumberFloatVal(0.5),
		"big": bigv("123456789012345678901234567890"), "float big": cty.NumberFloatVal(18446744073709551616), "small": bigv("0.000000000000000000000000000123"), "e100": bigv("1e100"),
		"int64 max": cty.NumberIntVal(9223372036854775807), "uint64 max": cty.NumberUIntVal(18446744073709551615), "long": bigv("3.14159265358979323846264338327950288419716939937510582097494459230781640628620899862803482534211706798214808651"),
		"null string": cty.NullVal(cty.String), "null object": cty.NullVal(cty.Object(map[string]cty.Type{"a": cty.String})),
		"list": cty.ListVal([]cty.Value{cty.StringVal("a"), cty.NullVal(cty.String)}), "empty list": cty.ListValEmpty(cty.Number),
		"set": cty.SetVal([]cty.Value{cty.StringVal("b"), cty.StringVal("a")}), "tuple": cty.TupleVal([]cty.Value{cty.StringVal("a"), cty.True, cty.Zero}), "empty tuple": cty.EmptyTupleVal,
		"map": cty.MapVal(map[string]cty.Value{"k": cty.NumberIntVal(128)}), "empty map": cty.MapValEmpty(cty.String), "empty object": cty.EmptyObjectVal,
		"object": obj, "html": cty.StringVal("<a href=\"x\">&\u2028\u2029\\\n\t\x01\x7f\b\f</a>"), "nfd": cty.StringVal("e\u0301"), "unicode": cty.StringVal("日本 😀"),
		"dynamic inside": cty.ObjectVal(map[string]cty.Value{"a": cty.DynamicVal}),
		"unknown":        cty.UnknownVal(cty.String), "unknown not null": cty.UnknownVal(cty.String).RefineNotNull(),
		"unknown refined":   cty.UnknownVal(cty.String).Refine().NotNull().StringPrefix("ab").NewValue(),
		"unknown number":    cty.UnknownVal(cty.Number).Refine().NumberRangeLowerBound(cty.NumberIntVal(3), true).NewValue(),
		"unknown list":      cty.UnknownVal(cty.List(cty.String)).Refine().CollectionLengthLowerBound(2).NewValue(),
		"unknown in object": cty.ObjectVal(map[string]cty.Value{"a": cty.UnknownVal(cty.String), "b": cty.StringVal("x")}),
	}
	vo := map[string]interface{}{}
	for n, v := range values {
		e := map[string]interface{}{"gob": enc(v)}
		if b, err := ctymsgpack.Marshal(v, cty.DynamicPseudoType); err == nil {
			e["msgpack"] = hex.EncodeToString(b)
		} else {
			e["msgpack"] = "error: " + err.Error()
		}
		if v.IsWhollyKnown() {
			if b, err := ctyjson.Marshal(v, cty.DynamicPseudoType); err == nil {
				e["json"] = string(b)
			} else {
				e["json"] = "error: " + err.Error()
			}
		}
		vo[n] = e
	}
	out["values"] = vo
	js, _ := json.MarshalIndent(out, "", " ")
	os.Stdout.Write(js)
}
