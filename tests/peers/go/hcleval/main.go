// Judges expressions: reads JSON lines {"expr": …, "vars": …}, answers each with the value and
// its type, or with the error, as HashiCorp's own libraries see it.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"
)

type question struct {
	Expr string                     `json:"expr"`
	Vars map[string]json.RawMessage `json:"vars"`
}

type answer struct {
	Value   json.RawMessage `json:"value,omitempty"`
	Type    json.RawMessage `json:"type,omitempty"`
	Unknown bool            `json:"unknown,omitempty"`
	Error   string          `json:"error,omitempty"`
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<24)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	encoder := json.NewEncoder(out)
	for lines.Scan() {
		encoder.Encode(judge(lines.Bytes()))
	}
}

func judge(line []byte) (given answer) {
	defer func() {
		if problem := recover(); problem != nil {
			given = answer{Error: fmt.Sprintf("panic: %v", problem)}
		}
	}()
	var asked question
	if err := json.Unmarshal(line, &asked); err != nil {
		return answer{Error: "question: " + err.Error()}
	}
	scope := &hcl.EvalContext{Variables: map[string]cty.Value{}, Functions: functions()}
	for name, raw := range asked.Vars {
		value, err := variable(raw)
		if err != nil {
			return answer{Error: "question: " + err.Error()}
		}
		scope.Variables[name] = value
	}
	expression, diagnostics := hclsyntax.ParseExpression(
		[]byte(asked.Expr), "e.hcl", hcl.Pos{Line: 1, Column: 1})
	if diagnostics.HasErrors() {
		return answer{Error: "syntax: " + diagnostics.Error()}
	}
	value, diagnostics := expression.Value(scope)
	if diagnostics.HasErrors() {
		return answer{Error: diagnostics.Error()}
	}
	return show(value)
}

// variable reads {"value": V, "type": T}; with "unknown" there is no value.
func variable(raw json.RawMessage) (cty.Value, error) {
	var parts struct {
		Value   json.RawMessage `json:"value"`
		Type    json.RawMessage `json:"type"`
		Unknown bool            `json:"unknown"`
	}
	if err := json.Unmarshal(raw, &parts); err != nil {
		return cty.NilVal, err
	}
	typ, err := ctyjson.UnmarshalType(parts.Type)
	if err != nil {
		return cty.NilVal, err
	}
	if parts.Unknown {
		return cty.UnknownVal(typ), nil
	}
	return ctyjson.Unmarshal(parts.Value, typ)
}

func show(value cty.Value) answer {
	value, _ = value.UnmarkDeep()
	typ, err := ctyjson.MarshalType(value.Type())
	if err != nil {
		return answer{Error: "show: " + err.Error()}
	}
	if !value.IsWhollyKnown() {
		return answer{Unknown: true, Type: typ}
	}
	raw, err := ctyjson.Marshal(value, value.Type())
	if err != nil {
		return answer{Error: "show: " + err.Error()}
	}
	return answer{Value: raw, Type: typ}
}
