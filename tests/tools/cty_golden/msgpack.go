package main

import (
	"encoding/hex"
	"encoding/json"
	"math"
	"strings"

	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"
	ctymsgpack "github.com/zclconf/go-cty/cty/msgpack"
)

type msgpackLine struct {
	Type    json.RawMessage `json:"type"`
	Msgpack string          `json:"msgpack"`
	Error   bool            `json:"error,omitempty"`
	Value   string          `json:"value,omitempty"` // JSON text with {"$unknown":true}
	Same    bool            `json:"same,omitempty"`  // go-cty writes the value as these bytes again
}

// The value as JSON that go-cty writes, unknowns included.
func dump(v cty.Value, t cty.Type) string {
	text := func(s string) string {
		b, err := json.Marshal(s)
		check(err)
		return string(b)
	}
	if t == cty.DynamicPseudoType && v.Type() != cty.DynamicPseudoType {
		typeJSON, err := ctyjson.MarshalType(v.Type())
		check(err)
		return `{"value":` + dump(v, v.Type()) + `,"type":` + string(typeJSON) + `}`
	}
	if !v.IsKnown() {
		return `{"$unknown":true}`
	}
	if v.IsNull() {
		return "null"
	}
	var parts []string
	switch {
	case t.IsPrimitiveType():
		b, err := ctyjson.Marshal(v, t)
		check(err)
		return string(b)
	case t.IsListType() || t.IsSetType():
		for it := v.ElementIterator(); it.Next(); {
			_, e := it.Element()
			parts = append(parts, dump(e, t.ElementType()))
		}
		return "[" + strings.Join(parts, ",") + "]"
	case t.IsTupleType():
		for i, e := range v.AsValueSlice() {
			parts = append(parts, dump(e, t.TupleElementType(i)))
		}
		return "[" + strings.Join(parts, ",") + "]"
	case t.IsMapType():
		for it := v.ElementIterator(); it.Next(); {
			k, e := it.Element()
			parts = append(parts, text(k.AsString())+":"+dump(e, t.ElementType()))
		}
	default:
		for it := v.ElementIterator(); it.Next(); {
			k, e := it.Element()
			parts = append(parts, text(k.AsString())+":"+dump(e, t.AttributeType(k.AsString())))
		}
	}
	return "{" + strings.Join(parts, ",") + "}"
}

func msgpackCase(typeJSON, bytesHex string) (line msgpackLine) {
	line = msgpackLine{Type: json.RawMessage(typeJSON), Msgpack: bytesHex}
	refused := line
	refused.Error = true
	t, err := ctyjson.UnmarshalType([]byte(typeJSON))
	check(err)
	defer func() {
		if recover() != nil { // a NaN, an infinity in JSON
			line = refused
		}
	}()
	bytes, err := hex.DecodeString(bytesHex)
	check(err)
	v, err := ctymsgpack.Unmarshal(bytes, t)
	if err != nil || len(v.Type().TestConformance(t)) != 0 {
		return refused
	}
	line.Value = dump(v, t)
	again, err := ctymsgpack.Marshal(v, t)
	check(err)
	line.Same = hex.EncodeToString(again) == bytesHex
	return line
}

func msgpackLines() (lines []any) {
	add := func(typeJSON string, inputs ...string) {
		for _, input := range inputs {
			lines = append(lines, msgpackCase(typeJSON, input))
		}
	}
	value := func(v cty.Value, t cty.Type) {
		typeJSON, err := ctyjson.MarshalType(t)
		check(err)
		bytes, err := ctymsgpack.Marshal(v, t)
		check(err)
		add(string(typeJSON), hex.EncodeToString(bytes))
	}
	float := func(f float64) string {
		bits := math.Float64bits(f)
		b := []byte{0xcb}
		for i := 56; i >= 0; i -= 8 {
			b = append(b, byte(bits>>i))
		}
		return hex.EncodeToString(b)
	}
	add(`"number"`, "00", "7f", "e0", "ff", "cc80", "cdffff", "ceffffffff", "cfffffffffffffffff", "d080", "d18000", "d280000000", "d38000000000000000",
		"d07f", "cc01", "ca3dcccccd", "ca3f000000", "caff800000", "ca7fc00000", "a3302e31", "a431652b32", "a178", "a0", "c0", "c2", "90", "80", "c4013a", "c40131",
		"d90131", "da000131", "db0000000131", "cd00", "cf00000000", "cb3f", "a3", "", "c1")
	for _, f := range []float64{0, math.Copysign(0, -1), 0.1, 0.5, 1, -2, 1e23, 1e22, 9007199254740993, 1 << 62, 1 << 63, math.Pow(2, 64), 1e300, 5e-324,
		math.MaxFloat64, 1.5e-310, math.Inf(1), math.Inf(-1), math.NaN(), 123456.789, 4611686018427387904} {
		add(`"number"`, float(f))
	}
	add(`"bool"`, "c2", "c3", "c0", "01", "a474727565")
	add(`"string"`, "a0", "a161", "d90161", "da000161", "db0000000161", "c40161", "c5000161", "c600000001", "c60000000161", "a365cc81", "a2ff61", "01", "c3", "90", "a2",
		"a3c3a978", "a4c3a9ff61")
	add(`["list","string"]`, "90", "91a161", "dc0001a161", "dd00000001a161", "92a161", "c0", "80", "91c0", "91d40000", "9101")
	add(`["set","string"]`, "93a162a161a162", "92a365cc81a2c3a9", "92d40000d40000", "93c0a161c0")
	add(`["map","string"]`, "80", "81a161a178", "de0001a161a178", "82a161a178a161a179", "81a365cc81a0", "90")
	add(`["tuple",["string","number"]]`, "92a16101", "91a161", "90", "93a1610101", "c0")
	add(`["tuple",[]]`, "90", "9100")
	add(`["object",{"a":"string","b":"number"}]`, "82a161a178a16201", "82a16201a161a178", "81a161a178", "83a161a178a16201a16301", "82a161a178a16301",
		"82a161a178a161a179", "80", "c0", "82a161c0a162c0", "8201a178a16201", "de0002a161a178a16201")
	add(`["object",{}]`, "80", "81a161a178")
	add(`"dynamic"`, "c0", "92c408226e756d6265722201", "92a8226e756d6265722201", "92c408226e756d62657222c0", "92c409226e6f742d612d7422c0", "91c408226e756d62657222",
		"93c408226e756d626572220101", "d40000", "92c00101", "92c40a5b226c697374225d20c090", "92c4092264796e616d6963220192", "92c40922"+"64796e616d696322c0",
		"92c409"+"2264796e616d696322"+"92c408226e756d6265722201", "92c408226e756d62657222d40000")
	// Unknown values, with and without refinements, and extensions that are none.
	add(`"string"`, "d40000", "d40c00", "d47f01", "c70000", "c7010000", "c8000000", "c80001000a", "c900000000"+"00", "d50000"+"00", "d50c8101", "c7030c8101c2", "c7050c8202a161",
		"c7060c8101c202a161", "c7020c8000", "c7020cc000", "c7020c90"+"00", "d60c00000000", "c80401"+"0c"+"80"+strings.Repeat("00", 1024), "c70300"+"8101c2", "d4", "d400", "c705")
	add(`["object",{"a":"string","b":"number"}]`, "82a161d40000a162d40000", "d40000", "82a161c7030c8101c2a162c0")
	value(cty.UnknownVal(cty.String), cty.String)
	value(cty.UnknownVal(cty.String).RefineNotNull(), cty.String)
	value(cty.UnknownVal(cty.String).Refine().StringPrefixFull("arn:aws:").NewValue(), cty.String)
	value(cty.UnknownVal(cty.Number).Refine().NumberRangeLowerBound(cty.NumberFloatVal(0.1), true).NumberRangeUpperBound(cty.NumberIntVal(9), false).NewValue(), cty.Number)
	value(cty.UnknownVal(cty.List(cty.String)).Refine().CollectionLengthLowerBound(1).CollectionLengthUpperBound(5).NewValue(), cty.List(cty.String))
	value(cty.UnknownVal(cty.Set(cty.Bool)).RefineNotNull(), cty.Set(cty.Bool))
	value(cty.DynamicVal, cty.DynamicPseudoType)
	value(cty.UnknownVal(cty.String), cty.DynamicPseudoType)
	value(cty.ListVal([]cty.Value{cty.StringVal("a"), cty.UnknownVal(cty.String)}), cty.List(cty.String))
	value(cty.ObjectVal(map[string]cty.Value{"d": cty.TupleVal([]cty.Value{cty.True, cty.NullVal(cty.String)}), "n": cty.UnknownVal(cty.Map(cty.Number))}),
		cty.Object(map[string]cty.Type{"d": cty.DynamicPseudoType, "n": cty.Map(cty.Number)}))
	return lines
}
