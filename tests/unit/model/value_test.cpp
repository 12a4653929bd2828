#include "drift/model/value.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <thread>

#include "unit/model/random_value.hpp"

using drift::Number;
using drift::Object;
using drift::Secret;
using drift::Value;

namespace {
int sign(int n) { return (n > 0) - (n < 0); }
}  // namespace

TEST_CASE("each constructor makes its kind") {
  CHECK(Value().is_null());
  CHECK(Value(nullptr).is_null());
  CHECK(Value(true).as_bool());
  CHECK(Value(-3).as_number() == Number(std::int64_t{-3}));
  CHECK(Value("x").as_string() == "x");  // text, not a boolean
  CHECK(Value(std::string_view("y")).is_string());
  CHECK(Value(Value::List{1, 2}).as_list().size() == 2);
  CHECK(Value(Object()).is_object());
  CHECK(Value::unknown().is_unknown());
  CHECK_THROWS_AS((void)Value(1).as_string(), std::bad_variant_access);
}

TEST_CASE("objects are sorted by key, each key once, the later one wins") {
  const Object o({{"b", 1}, {"a", 2}, {"b", 3}, {"", 4}, {"a", 5}});
  std::string keys;
  for (const auto& [k, v] : o) keys += "<" + k + ">";
  CHECK(keys == "<><a><b>");
  CHECK(*o.find("b") == Value(3));
  CHECK(*o.find("a") == Value(5));
  CHECK(o.find("c") == nullptr);
}

TEST_CASE("set, find and erase behave like a sorted map") {
  Object o;
  o.set("m", 1);
  o.set("a", 2);
  o.set("z", 3);
  o.set("m", 4) = Value(5);
  CHECK(o.size() == 3);
  CHECK(o.begin()->first == "a");
  CHECK(*o.find("m") == Value(5));
  CHECK(o.erase("m"));
  CHECK_FALSE(o.erase("m"));
  CHECK_FALSE(o.contains("m"));
  *o.find("a") = Value("changed");
  CHECK(*static_cast<const Object&>(o).find("a") == Value("changed"));
}

TEST_CASE("a change of one copy is not seen through another") {
  Value a = Object({{"list", Value::List{1, 2}}});
  const Value b = a;
  a.edit_object().find("list")->edit_list().push_back(3);
  a.edit_object().set("new", true);
  CHECK(b.as_object().size() == 1);
  CHECK(b.find("list")->as_list().size() == 2);
  CHECK(a.find("list")->as_list().size() == 3);
}

TEST_CASE("copies that belong to different threads can be changed at once") {
  const Value shared = Object({{"n", 0}, {"l", Value::List{1, 2, 3}}});
  std::vector<std::thread> threads;
  std::vector<Value> results(4);
  for (std::size_t t = 0; t < results.size(); ++t) {
    threads.emplace_back([&results, t, mine = shared]() mutable {
      for (int i = 0; i < 1000; ++i) {
        Value copy = mine;
        copy.edit_object().set("n", i);
        mine = std::move(copy);
      }
      results[t] = std::move(mine);
    });
  }
  for (auto& t : threads) t.join();
  for (const Value& r : results) CHECK(*r.find("n") == Value(999));
  CHECK(*shared.find("n") == Value(0));
}

TEST_CASE("find and string_or answer for any kind") {
  const Value v = Object({{"s", "text"}, {"n", 1}});
  CHECK(v.string_or("s") == "text");
  CHECK(v.string_or("n", "other") == "other");
  CHECK(v.string_or("none", "other") == "other");
  CHECK(Value(1).find("s") == nullptr);
  CHECK(Value(1).string_or("s").empty());
}

TEST_CASE("equality is exact: kinds, numbers by value, order of lists, marks") {
  CHECK(Value(1) == Value(*Number::parse("1.0")));
  CHECK_FALSE(Value(1) == Value("1"));
  CHECK_FALSE(Value() == Value(false));
  CHECK_FALSE(Value(Value::List{1, 2}) == Value(Value::List{2, 1}));
  CHECK_FALSE(Value(Value::List{}) == Value(Object()));
  CHECK(Value::unknown() == Value::unknown());
  CHECK_FALSE(Value::unknown() == Value());
  CHECK_FALSE(Value("a") == Value("a").mark(Secret::plain));
  CHECK_FALSE(Value(Value::List{Value("a").mark(Secret::plain)}) == Value(Value::List{Value(Value("a").mark(Secret::digest))}));
}

TEST_CASE("secret and unknown are found at any depth") {
  const Value deep = Object({{"a", Value::List{1, Object({{"b", Value("x").mark(Secret::ciphertext)}})}}});
  CHECK(deep.holds_secret());
  CHECK_FALSE(deep.is_secret());
  CHECK_FALSE(deep.holds_unknown());
  CHECK(Value(Value::List{Object({{"u", Value::unknown()}})}).holds_unknown());
  CHECK_FALSE(Value(Value::List{1}).holds_secret());
}

TEST_CASE("compare is a total order that agrees with equality") {
  std::mt19937_64 random(7);
  std::vector<Value> values;
  for (int i = 0; i < 120; ++i) values.push_back(drift_test::random_value(random, 3, true));
  for (const Value& a : values) {
    REQUIRE(Value::compare(a, a) == 0);
    for (const Value& b : values) {
      const int c = Value::compare(a, b);
      REQUIRE(sign(c) == -sign(Value::compare(b, a)));
      REQUIRE((c == 0) == (a == b));
    }
  }
  std::shuffle(values.begin(), values.end(), random);
  std::sort(values.begin(), values.end(), [](const Value& a, const Value& b) { return Value::compare(a, b) < 0; });
  for (std::size_t i = 0; i < values.size(); ++i)
    for (std::size_t j = i; j < values.size(); ++j) REQUIRE(Value::compare(values[i], values[j]) <= 0);  // transitive
}
