package main

import (
	"encoding/json"
	"fmt"
	"hash"
	"strings"
)

// asJSON also takes what came over the wire, where maps have keys of any type.
func asJSON(value interface{}) string {
	text, err := json.Marshal(plain(value))
	if err != nil {
		return "not JSON: " + err.Error()
	}
	return string(text)
}

func plain(value interface{}) interface{} {
	switch value := value.(type) {
	case map[interface{}]interface{}:
		made := map[string]interface{}{}
		for key, one := range value {
			made[fmt.Sprint(key)] = plain(one)
		}
		return made
	case map[string]interface{}:
		made := map[string]interface{}{}
		for key, one := range value {
			made[key] = plain(one)
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

// view is the part of the options that has a value of every type, under the names of templates.
func view(o *Options) map[string]interface{} {
	deep := []interface{}{}
	for _, one := range o.Inner.Deep {
		deep = append(deep, map[string]interface{}{"on": one.On, "labels": orEmpty(one.Labels)})
	}
	items := []interface{}{}
	for _, one := range o.Items {
		items = append(items, map[string]interface{}{"name": one.Name, "size": one.Size})
	}
	var maybe interface{}
	if one := o.Maybe.ToBoolPointer(); one != nil {
		maybe = *one
	}
	return map[string]interface{}{
		"text": o.Text, "number": o.Number, "fraction": o.Fraction, "flag": o.Flag, "maybe": maybe,
		"pause": o.Pause.Seconds(), "words": orEmpty(o.Words), "numbers": orNone(o.Numbers),
		"table": orBare(o.Table), "grid": orFlat(o.Grid),
		"inner": map[string]interface{}{"name": o.Inner.Name, "size": o.Inner.Size, "deep": deep},
		"item":  items, "build_name": o.PackerBuildName, "builder_type": o.PackerBuilderType,
		"debug": o.PackerDebug, "force": o.PackerForce, "on_error": o.PackerOnError,
	}
}

// zeros and pattern never end; the pattern is the numbers 0 to 250 over and over, which no power of
// two divides, so that a block that is lost or doubled shows.
type zeros struct{}

func (zeros) Read(into []byte) (int, error) { return len(into), nil }

type pattern struct{ at int }

var block251 = strings.Repeat(numbers251(), 1024)

func numbers251() string {
	all := make([]byte, 251)
	for i := range all {
		all[i] = byte(i)
	}
	return string(all)
}

func (p *pattern) Read(into []byte) (int, error) {
	count := copy(into, block251[p.at:])
	p.at = (p.at + count) % 251
	return count, nil
}

type counted struct {
	hash.Hash
	count int
}

func (c *counted) Write(data []byte) (int, error) {
	c.count += len(data)
	return c.Hash.Write(data)
}
