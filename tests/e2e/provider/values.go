package main

import (
	"encoding/json"
	"fmt"
	"math/big"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// complete gives every object of the type all its attributes, null where the file has nothing: a folder's owner writes only what matters.
func complete(kind tftypes.Type, value any) any {
	if value == nil {
		return nil
	}
	list := func(of tftypes.Type) any {
		out := []any{}
		for _, element := range value.([]any) {
			out = append(out, complete(of, element))
		}
		return out
	}
	switch kind := kind.(type) {
	case tftypes.Object:
		have := value.(map[string]any)
		out := map[string]any{}
		for name, of := range kind.AttributeTypes {
			out[name] = complete(of, have[name])
		}
		return out
	case tftypes.Map:
		out := map[string]any{}
		for name, element := range value.(map[string]any) {
			out[name] = complete(kind.ElementType, element)
		}
		return out
	case tftypes.List:
		return list(kind.ElementType)
	case tftypes.Set:
		return list(kind.ElementType)
	}
	return value
}

// fromFile makes a value of the type from what a file says.
func fromFile(kind tftypes.Type, file map[string]any) (tftypes.Value, error) {
	raw, err := json.Marshal(complete(kind, file))
	if err != nil {
		return tftypes.Value{}, err
	}
	return tftypes.ValueFromJSON(raw, kind) //nolint:staticcheck // the same that the SDK itself does with a state
}

// toFile is the way back. `kind` is what the schema says, which for a dynamic attribute is less than what the value knows.
func toFile(kind tftypes.Type, value tftypes.Value) any {
	must := func(err error) {
		if err != nil {
			panic(err)
		}
	}
	if value.IsNull() || !value.IsKnown() {
		return nil
	}
	if kind.Is(tftypes.DynamicPseudoType) {
		name, err := json.Marshal(value.Type())
		must(err)
		return map[string]any{"type": json.RawMessage(name), "value": toFile(value.Type(), value)}
	}
	switch kind := kind.(type) {
	case tftypes.Object:
		var members map[string]tftypes.Value
		must(value.As(&members))
		out := map[string]any{}
		for name, member := range members {
			out[name] = toFile(kind.AttributeTypes[name], member)
		}
		return out
	case tftypes.Map:
		var members map[string]tftypes.Value
		must(value.As(&members))
		out := map[string]any{}
		for name, member := range members {
			out[name] = toFile(kind.ElementType, member)
		}
		return out
	case tftypes.List, tftypes.Set, tftypes.Tuple:
		var elements []tftypes.Value
		must(value.As(&elements))
		out := []any{}
		for i, element := range elements {
			out = append(out, toFile(elementType(kind, i), element))
		}
		return out
	}
	switch {
	case kind.Is(tftypes.String):
		var text string
		must(value.As(&text))
		return text
	case kind.Is(tftypes.Bool):
		var flag bool
		must(value.As(&flag))
		return flag
	case kind.Is(tftypes.Number):
		number := new(big.Float)
		must(value.As(&number))
		return json.Number(number.Text('f', -1))
	}
	panic(fmt.Sprintf("a value of type %s", kind))
}

func elementType(of tftypes.Type, i int) tftypes.Type {
	switch of := of.(type) {
	case tftypes.List:
		return of.ElementType
	case tftypes.Set:
		return of.ElementType
	case tftypes.Tuple:
		return of.ElementTypes[i]
	}
	panic("not a list")
}
