// Asks Go itself: reads go_vectors.json on standard input, fills in the answers anew, and writes
// the whole to standard output.  go run go_vectors.go < go_vectors.json
package main

import (
	"encoding/json"
	"errors"
	"os"
	"strings"
	"text/template"
	"time"
)

type rendered struct {
	Template string  `json:"template"`
	Output   *string `json:"output"`
	Error    string  `json:"error"`
}

type vectors struct {
	About     string         `json:"about"`
	Data      map[string]any `json:"data"`
	Templates []rendered     `json:"templates"`
	Layouts   [][]string     `json:"layouts"`
	Durations [][]any        `json:"durations"`
}

var functions = template.FuncMap{
	"upper":       strings.ToUpper,
	"user":        func(name string) string { return "U-" + name },
	"replace_all": func(old, new, text string) string { return strings.ReplaceAll(text, old, new) },
	"fail":        func() (string, error) { return "", errors.New("failed") },
}

// JSON knows floats only; whole numbers are meant as integers.
func integers(value any) any {
	switch v := value.(type) {
	case float64:
		if v == float64(int(v)) {
			return int(v)
		}
	case []any:
		for i := range v {
			v[i] = integers(v[i])
		}
	case map[string]any:
		for k := range v {
			v[k] = integers(v[k])
		}
	}
	return value
}

func render(text string, data map[string]any) rendered {
	parsed, err := template.New("root").Funcs(functions).Parse(text)
	if err != nil {
		return rendered{text, nil, "syntax"}
	}
	var out strings.Builder
	if err := parsed.Execute(&out, data); err != nil {
		return rendered{text, nil, "render"}
	}
	output := out.String()
	return rendered{text, &output, ""}
}

func main() {
	var all vectors
	if err := json.NewDecoder(os.Stdin).Decode(&all); err != nil {
		panic(err)
	}
	copied, _ := json.Marshal(all.Data)
	var data map[string]any
	_ = json.Unmarshal(copied, &data)
	integers(data)
	data["F2"], data["Big"], data["Tiny"] = 2.0, 1e21, 1e-7
	for i := range all.Templates {
		all.Templates[i] = render(all.Templates[i].Template, data)
	}
	moment := time.Unix(1700000003, 123456000).UTC()
	for i, layout := range all.Layouts {
		all.Layouts[i] = []string{layout[0], moment.Format(layout[0])}
	}
	for i, duration := range all.Durations {
		text := duration[0].(string)
		all.Durations[i] = []any{text, nil, nil}
		if value, err := time.ParseDuration(text); err == nil {
			all.Durations[i] = []any{text, value.String(), int64(value)}
		}
	}
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", " ")
	_ = encoder.Encode(all)
}
