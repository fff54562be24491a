// Command hclformat lays texts out as HashiCorp's hclwrite does, and says where tokens start.
//
// Each JSON object on stdin, {"text": base64}, is answered by one on stdout: {"formatted": base64,
// "places": [[line, column], …]}, a place for the start of every token but the last.
package main

import (
	"encoding/json"
	"os"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
)

type question struct {
	Text []byte `json:"text"`
}

type answer struct {
	Formatted []byte   `json:"formatted"`
	Places    [][2]int `json:"places"`
}

func main() {
	questions := json.NewDecoder(os.Stdin)
	answers := json.NewEncoder(os.Stdout)
	for {
		var asked question
		if questions.Decode(&asked) != nil {
			return
		}
		if answers.Encode(judge(asked.Text)) != nil {
			os.Exit(1)
		}
	}
}

func judge(text []byte) answer {
	tokens, _ := hclsyntax.LexConfig(text, "x", hcl.Pos{Line: 1, Column: 1})
	places := [][2]int{}
	for _, token := range tokens[:len(tokens)-1] {
		places = append(places, [2]int{token.Range.Start.Line, token.Range.Start.Column})
	}
	return answer{Formatted: hclwrite.Format(text), Places: places}
}
