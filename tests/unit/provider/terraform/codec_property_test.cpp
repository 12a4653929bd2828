// Properties of the value codec, on random types and values; the seeds are fixed, so a failure repeats.
#include <cmath>
#include <random>

#include "provider/terraform/json_value.hpp"
#include "provider/terraform/msgpack.hpp"
#include "provider/terraform/normalise.hpp"
#include "unit/provider/terraform/golden.hpp"

using namespace drift;
using namespace drift::terraform_internal;

namespace {

class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}
  std::size_t below(std::size_t n) { return engine_() % n; }
  std::uint64_t bits() { return engine_(); }

  CtyType type(int depth) {
    switch (below(depth == 0 ? 3 : 10)) {
      case 0:
        return CtyType::string();
      case 1:
        return CtyType::number();
      case 2:
        return CtyType::boolean();
      case 3:
        return CtyType();
      case 4:
        return CtyType::list(known(depth - 1));
      case 5:
        return CtyType::set(known(depth - 1));
      case 6:
        return CtyType::map(known(depth - 1));
      case 7: {
        std::vector<CtyType> elements(below(4));
        for (CtyType& e : elements) e = type(depth - 1);
        return CtyType::tuple(std::move(elements));
      }
      default: {
        std::vector<CtyType::Attribute> attributes(below(6));
        for (auto& a : attributes) a = {name(), type(depth - 1), false};
        return CtyType::object(std::move(attributes));
      }
    }
  }

  Value value(const CtyType& t) {
    if (below(12) == 0) return {};
    if (below(20) == 0) return Value::unknown();
    Value::List elements;
    switch (t.kind()) {
      case CtyType::Kind::dynamic: {
        const CtyType inner = known(2);
        return wrap_dynamic(inner, value(inner));
      }
      case CtyType::Kind::boolean:
        return below(2) == 0;
      case CtyType::Kind::number:
        return number();
      case CtyType::Kind::string:
        return Value(word());
      case CtyType::Kind::list:
      case CtyType::Kind::set:
        for (auto n = below(5); n > 0; --n) elements.push_back(value(t.element()));
        return elements;
      case CtyType::Kind::tuple:
        for (const CtyType& e : t.elements()) elements.push_back(value(e));
        return elements;
      case CtyType::Kind::map: {
        Object o;
        for (auto n = below(5); n > 0; --n) o.set(word(), value(t.element()));
        return o;
      }
      case CtyType::Kind::object: {
        Object o;
        for (const auto& a : t.attributes())
          if (below(8) != 0) o.set(a.name, value(a.type));
        return o;
      }
    }
    return {};
  }

 private:
  // A type without anything dynamic: elements of one collection have one type.
  CtyType known(int depth) {
    CtyType t = type(depth);
    while (t.has_dynamic()) t = type(depth);
    return t;
  }
  // Type JSON cannot hold a name that is not UTF-8.
  std::string name() {
    std::string w = word();
    return w == "\xff" ? "x" : w;
  }
  std::string word() {
    static const char* words[] = {"",
                                  "a",
                                  "b",
                                  "c",
                                  "id",
                                  "e\xcc\x81",
                                  "\xc3\xa9",
                                  "a.b",
                                  "x y",
                                  "\"",
                                  "\xe6\x97\xa5",
                                  "\xff",
                                  "a word longer than one would keep in place"};
    return words[below(std::size(words))];
  }
  Value number() {
    switch (below(5)) {
      case 0:
        return static_cast<std::int64_t>(bits() >> below(64));
      case 1:
        return bits() >> below(64);
      case 2:
        return *Number::from_double(std::ldexp(static_cast<double>(bits() >> 11U), static_cast<int>(below(400)) - 200));
      case 3:
        return *Number::parse(std::to_string(below(100)) + "." + std::to_string(bits()) + "e" +
                              std::to_string(static_cast<int>(below(60)) - 30));
      default:
        return *Number::parse("-" + std::to_string(1 + below(9)) + std::string(below(200), '7'));
    }
  }

  std::mt19937_64 engine_;
};

}  // namespace

TEST_CASE("codec: what is written is read, and is the round trip of what was written") {
  Random random(1);
  for (int i = 0; i < 4000; ++i) {
    const CtyType t = random.type(4);
    const Value v = random.value(t);
    CAPTURE(t.to_json());
    CAPTURE(to_json(v));
    std::string bytes;
    const Status s = encode_msgpack(v, t, bytes);
    REQUIRE_MESSAGE(s.ok(), (s.ok() ? "" : s.error().to_string()));
    const Result<Value> back = decode_msgpack(bytes, t);
    REQUIRE_MESSAGE(back.ok(), (back.ok() ? "" : back.error().to_string()));
    const Value form = json_round_trip(v, t);
    CHECK(*back == form);
    CHECK(json_round_trip(form, t) == form);
    const Result<Value> read = conform(v, t);
    REQUIRE(read.ok());
    CHECK(*read == form);
    // Through JSON text, as a state file has it.
    if (!v.holds_unknown() && to_json(v).find("\xef\xbf\xbd") == std::string::npos) CHECK(*conform(test::json(to_json(form)), t) == form);
    std::string again;
    REQUIRE(encode_msgpack(*back, t, again).ok());
    CHECK(again == bytes);
  }
}

TEST_CASE("codec: damaged bytes are read as something or refused, and every cut is refused") {
  Random random(2);
  std::size_t refused = 0, taken = 0;
  for (int i = 0; i < 1500; ++i) {
    const CtyType t = random.type(3);
    std::string bytes;
    REQUIRE(encode_msgpack(random.value(t), t, bytes).ok());
    for (std::size_t n = 0; n < std::min<std::size_t>(bytes.size(), 60); ++n)
      CHECK_FALSE(decode_msgpack(std::string_view(bytes).substr(0, n), t).ok());
    for (int k = 0; k < 10; ++k) {
      std::string damaged = bytes;
      for (auto n = 1 + random.below(3); n > 0; --n) damaged[random.below(damaged.size())] = static_cast<char>(random.bits());
      const Result<Value> v = decode_msgpack(damaged, t);
      ++(v.ok() ? taken : refused);
      std::string out;
      if (v) CHECK(encode_msgpack(*v, t, out).ok());
      if (!v) CHECK(v.error().where().has_value());
    }
  }
  CHECK(refused > 1000);
  CHECK(taken > 1000);
}

TEST_CASE("codec: an error never holds the value") {
  Random random(3);
  for (int i = 0; i < 500; ++i) {
    const CtyType t = random.type(3);
    const Value wrong = Value(Value::List{Value("a secret that nobody may see"), Value(random.below(2) == 0)});
    std::string out;
    const Status s = encode_msgpack(wrong, t, out);
    const Result<Value> c = conform(wrong, t);
    for (const std::string& text : {s.ok() ? "" : s.error().to_string(), c.ok() ? "" : c.error().to_string()})
      CHECK(text.find("secret") == std::string::npos);
  }
}
