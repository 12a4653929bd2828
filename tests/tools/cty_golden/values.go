package main

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"math/rand"
	"sort"
	"strings"

	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"
	ctymsgpack "github.com/zclconf/go-cty/cty/msgpack"
)

type valueLine struct {
	Type    json.RawMessage `json:"type"`
	Input   string          `json:"input"`             // JSON text
	Error   bool            `json:"error,omitempty"`   // go-cty refuses the input
	JSON    string          `json:"json,omitempty"`    // what go-cty writes
	Msgpack string          `json:"msgpack,omitempty"` // hex
	Ordered bool            `json:"ordered,omitempty"` // no set of compound values, whose order go-cty leaves open
}

// A set whose elements are not primitive is somewhere in the type.
func openOrder(t cty.Type) bool {
	switch {
	case t == cty.DynamicPseudoType:
		return true
	case t.IsSetType():
		return !t.ElementType().IsPrimitiveType()
	case t.IsCollectionType():
		return openOrder(t.ElementType())
	case t.IsTupleType():
		for _, e := range t.TupleElementTypes() {
			if openOrder(e) {
				return true
			}
		}
	case t.IsObjectType():
		for _, e := range t.AttributeTypes() {
			if openOrder(e) {
				return true
			}
		}
	}
	return false
}

func valueCase(typeJSON, input string) (line valueLine) {
	line = valueLine{Type: json.RawMessage(typeJSON), Input: input}
	t, err := ctyjson.UnmarshalType([]byte(typeJSON))
	check(err)
	defer func() {
		if recover() != nil { // lists of dynamic values of different types
			line = valueLine{Type: json.RawMessage(typeJSON), Input: input, Error: true}
		}
	}()
	v, err := ctyjson.Unmarshal([]byte(input), t)
	if err != nil {
		line.Error = true
		return line
	}
	text, err := ctyjson.Marshal(v, t)
	check(err)
	bytes, err := ctymsgpack.Marshal(v, t)
	check(err)
	line.JSON, line.Msgpack, line.Ordered = string(text), hex.EncodeToString(bytes), !openOrder(v.Type())
	return line
}

var numbers = []string{
	"0", "-0", "0.0", "1", "-1", "1.0", "1.50", "10e-1", "127", "128", "255", "256", "32767", "32768", "65535", "65536", "-32", "-33", "-128", "-129",
	"-32768", "-32769", "2147483647", "2147483648", "4294967295", "4294967296", "-2147483648", "-2147483649", "9007199254740993",
	"9223372036854775807", "9223372036854775808", "-9223372036854775808", "-9223372036854775809", "18446744073709551615", "18446744073709551616",
	"0.1", "0.5", "0.25", "-0.125", "0.3", "1e23", "1e400", "-1e400", "1e-400", "1.5e300", "5e-324", "4.9406564584124654e-324", "2.2250738585072014e-308",
	"1.7976931348623157e308", "123456789012345678901234567890.123456789", "3.141592653589793238462643383279502884197169399375105820974944592307816406286",
	"1e2", "1E+2", "1e-2", "0.1e1", "100", "1000000000000000000000000000000000000000000",
	strings.Repeat("1234567890", 15) + "123", strings.Repeat("1234567890", 16), strings.Repeat("9", 154), strings.Repeat("9", 155), strings.Repeat("9", 200),
	"0." + strings.Repeat("1234567890", 16), "0." + strings.Repeat("3", 200), "1" + strings.Repeat("0", 160) + "1",
	"13407807929942597099574024998205846127479365820592393377723561443721764030073546976801874298166903427690031858186486050853753882811946569946433649006084096", // 2^512
	"13407807929942597099574024998205846127479365820592393377723561443721764030073546976801874298166903427690031858186486050853753882811946569946433649006084095",
	"13407807929942597099574024998205846127479365820592393377723561443721764030073546976801874298166903427690031858186486050853753882811946569946433649006084097",
	"26815615859885194199148049996411692254958731641184786755447122887443528060147093953603748596333806855380063716372972101707507765623893139892867298012168193",
	strings.Repeat("7", 300) + "." + strings.Repeat("7", 300), "0." + strings.Repeat("0", 300) + strings.Repeat("123456789", 30),
}

func valueLines() (lines []any) {
	add := func(typeJSON string, inputs ...string) {
		for _, input := range inputs {
			lines = append(lines, valueCase(typeJSON, input))
		}
	}
	for _, n := range numbers {
		add(`"number"`, n, `"`+n+`"`)
	}
	add(`"number"`, `"x"`, `""`, `true`, `[]`, `{}`, `null`, `"+5"`, `".5"`, `"5."`, `"007"`, `" 1"`, `"1 "`, `"1e"`, `"--1"`, `"1.2.3"`, `"0x10"`, `"1_000"`)
	add(`"bool"`, `true`, `false`, `null`, `"true"`, `"false"`, `"1"`, `"0"`, `"yes"`, `"TRUE"`, `1`, `0`, `""`, `[]`)
	add(`"string"`, `"a"`, `""`, `null`, `1`, `1.50`, `1e3`, `true`, `false`, `[]`, `{}`, `"\u0000"`, `"e\u0301"`, `"\u00e9"`, `"\u212b"`, `"\ufb01"`,
		`"\u1100\u1161\u11a8"`, `"a\u0323\u0307"`, `"a\u0307\u0323"`, `"\ud83d\ude00"`, `"`+strings.Repeat("x", 31)+`"`, `"`+strings.Repeat("x", 32)+`"`,
		`"`+strings.Repeat("x", 255)+`"`, `"`+strings.Repeat("x", 256)+`"`, `"`+strings.Repeat("é", 200)+`"`)
	add(`["list","string"]`, `[]`, `null`, `["b","a",null,"b"]`, `[1,true]`, `{}`, `"x"`, `[[]]`)
	add(`["list","number"]`, `[`+strings.Repeat("1,", 15)+`1]`, `[`+strings.Repeat("1,", 14)+`1]`, `["1",2.0]`)
	add(`["set","string"]`, `[]`, `null`, `["b","a","b"]`, `["e\u0301","\u00e9"]`, `[null,"a",null]`, `[1,"1"]`)
	add(`["set","number"]`, `[10,9,1.0,1,"1e0",-3]`, `[0.1,"0.1",1e-1]`)
	add(`["set","bool"]`, `[true,false,true]`)
	add(`["set",["object",{"a":"number","b":"string"}]]`, `[{"a":1,"b":"x"},{"b":"x","a":1.0},{"a":2}]`, `[{}]`, `[{"c":1}]`)
	add(`["set",["list","string"]]`, `[["a"],["a"],["b","a"],[]]`)
	add(`["map","string"]`, `{}`, `null`, `{"b":"x","a":null}`, `{"e\u0301":"x"}`, `{"é":1,"z":2}`, `[]`)
	add(`["map",["map","bool"]]`, `{"a":{"x":"true"},"b":null}`)
	add(`["tuple",["string","number"]]`, `["a",1]`, `[1,"1"]`, `["a"]`, `["a",1,2]`, `null`, `[null,null]`)
	add(`["tuple",[]]`, `[]`, `[1]`)
	add(`["object",{}]`, `{}`, `null`, `{"a":1}`)
	add(`["object",{"b":"string","a":["list","number"],"c":["object",{"d":"bool"}]}]`, `{}`, `{"a":[1],"b":"x","c":{"d":true}}`, `{"c":{}}`, `{"c":null}`,
		`{"x":null}`, `{"c":{"x":1}}`, `{"b":[]}`)
	add(`["object",{"a":"string","b":"string"},["b"]]`, `{"a":"x"}`)
	add(`"dynamic"`, `null`, `{"value":1,"type":"number"}`, `{"type":["list","string"],"value":["a",1]}`, `{"value":null,"type":"string"}`, `{"value":1}`,
		`{"type":"number"}`, `{"value":1,"type":"number","x":1}`, `1`, `{"value":"x","type":"number"}`, `{"value":{"value":1,"type":"number"},"type":"dynamic"}`,
		`{"value":{"a":{"value":[true],"type":["set","bool"]}},"type":["object",{"a":"dynamic"}]}`, `{"value":[{"value":"x","type":"string"}],"type":["list","dynamic"]}`,
		`{"value":null,"type":"dynamic"}`, `{"value":{"a":null},"type":["object",{"a":"dynamic"}]}`)
	add(`["object",{"d":"dynamic","s":"string"}]`, `{"d":{"value":"x","type":"string"},"s":"y"}`, `{"d":null}`, `{"d":{"value":{"k":"v"},"type":["map","string"]}}`)
	add(`["map","dynamic"]`, `{"a":{"value":"x","type":"string"}}`, `{}`)
	random := rand.New(rand.NewSource(5))
	for i := 0; i < 150; i++ {
		t := randomType(random, 3)
		typeJSON, err := ctyjson.MarshalType(t)
		check(err)
		text, err := ctyjson.Marshal(randomValue(random, t), t)
		check(err)
		add(string(typeJSON), string(text))
	}
	return lines
}

func randomType(r *rand.Rand, depth int) cty.Type {
	kinds := 9
	if depth == 0 {
		kinds = 3
	}
	switch r.Intn(kinds) {
	case 0:
		return cty.String
	case 1:
		return cty.Number
	case 2:
		return cty.Bool
	case 3:
		return cty.List(randomType(r, depth-1))
	case 4:
		return cty.Set(randomType(r, depth-1))
	case 5:
		return cty.Map(randomType(r, depth-1))
	case 6:
		var types []cty.Type
		for i := r.Intn(4); i > 0; i-- {
			types = append(types, randomType(r, depth-1))
		}
		return cty.Tuple(types)
	default:
		types := map[string]cty.Type{}
		for i := r.Intn(5); i > 0; i-- {
			types[fmt.Sprintf("%c%d", 'a'+r.Intn(26), r.Intn(30))] = randomType(r, depth-1)
		}
		return cty.Object(types)
	}
}

var words = []string{"", "a", "b", "ab", "é", "é", "x y", "\"", "日本", "😀", "long " + strings.Repeat("word ", 9)}

func randomValue(r *rand.Rand, t cty.Type) cty.Value {
	if r.Intn(10) == 0 {
		return cty.NullVal(t)
	}
	var elements []cty.Value
	fill := func(t cty.Type) {
		for i := r.Intn(4); i > 0; i-- {
			elements = append(elements, randomValue(r, t))
		}
	}
	switch {
	case t == cty.String:
		return cty.StringVal(words[r.Intn(len(words))])
	case t == cty.Number:
		switch r.Intn(4) {
		case 0:
			return cty.NumberIntVal(r.Int63() >> r.Intn(63))
		case 1:
			return cty.NumberFloatVal(math.Ldexp(r.Float64()-0.5, r.Intn(120)-60))
		case 2:
			return cty.MustParseNumberVal(fmt.Sprintf("%d.%d", r.Intn(1000), r.Intn(1000)))
		default:
			return cty.MustParseNumberVal(numbers[r.Intn(40)])
		}
	case t == cty.Bool:
		return cty.BoolVal(r.Intn(2) == 0)
	case t.IsListType():
		if fill(t.ElementType()); len(elements) == 0 {
			return cty.ListValEmpty(t.ElementType())
		}
		return cty.ListVal(elements)
	case t.IsSetType():
		if fill(t.ElementType()); len(elements) == 0 {
			return cty.SetValEmpty(t.ElementType())
		}
		return cty.SetVal(elements)
	case t.IsMapType():
		fill(t.ElementType())
		if len(elements) == 0 {
			return cty.MapValEmpty(t.ElementType())
		}
		members := map[string]cty.Value{}
		for _, e := range elements {
			members[words[r.Intn(len(words))]] = e
		}
		return cty.MapVal(members)
	case t.IsTupleType():
		for _, e := range t.TupleElementTypes() {
			elements = append(elements, randomValue(r, e))
		}
		return cty.TupleVal(elements)
	default:
		members := map[string]cty.Value{}
		types := t.AttributeTypes()
		var names []string
		for name := range types {
			names = append(names, name)
		}
		sort.Strings(names) // a map's order is not the same twice
		for _, name := range names {
			members[name] = randomValue(r, types[name])
		}
		return cty.ObjectVal(members)
	}
}
