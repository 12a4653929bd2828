#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <random>
#include <string>

#include "drift/model/value.hpp"

using drift::Errc;
using drift::Number;

namespace {

Number num(std::string_view text) {
  auto n = Number::parse(text);
  REQUIRE_MESSAGE(n.ok(), std::string(text));
  return *n;
}

std::string canonical(std::string_view text) { return num(text).canonical(); }

}  // namespace

TEST_CASE("numbers: the grammar of RFC 8259, and nothing else") {
  for (const char* good : {"0", "-0", "1", "-1", "10", "0.0", "1.50", "1e5", "1E+05", "1e-5", "-0.0e-0", "123456789012345678901234567890",
                           "1e400", "1e999999999999999999", "1e-999999999999999999", "1e0000000000000000000000001"})
    CHECK_MESSAGE(Number::parse(good).ok(), std::string(good));
  for (const char* bad : {"",
                          "-",
                          "+1",
                          "01",
                          "-01",
                          ".5",
                          "1.",
                          "1.e5",
                          "1e",
                          "1e+",
                          "e5",
                          "0x10",
                          "1 ",
                          " 1",
                          "1,5",
                          "NaN",
                          "Infinity",
                          "--1",
                          "1e5.0",
                          "1_000",
                          "1e1000000000000000000",
                          "0e9999999999999999999"})
    CHECK_MESSAGE((!Number::parse(bad).ok() && Number::parse(bad).error().code() == Errc::parse), std::string(bad));
  CHECK_FALSE(Number::parse(std::string_view("1\0", 2)).ok());
}

TEST_CASE("the text a number was written with is kept") {
  for (const char* text : {"1.50", "10e-1", "-0", "123456789012345678901234567890", "1E+05"}) CHECK(num(text).text() == text);
}

TEST_CASE("one canonical text for each value") {
  CHECK(canonical("0") == "0");
  CHECK(canonical("-0.00e7") == "0");
  CHECK(canonical("1500") == "15e2");
  CHECK(canonical("1.5e3") == "15e2");
  CHECK(canonical("0.0015") == "15e-4");
  CHECK(canonical("-10.10") == "-101e-1");
  CHECK(canonical("7") == "7e0");
  CHECK(canonical("100.000") == "1e2");
  CHECK(canonical("1000000.0000001") == "10000000000001e-7");
  CHECK(canonical("10e999999999999999999") == "1e1000000000000000000");
  std::string out = "x";
  Number::append_canonical(std::int64_t{-1500}, out);
  Number::append_canonical(std::uint64_t{0}, out);
  CHECK(out == "x-15e20");
}

TEST_CASE("integers append the same bytes as their text") {
  std::mt19937_64 random(4);
  for (int i = 0; i < 20000; ++i) {
    const std::uint64_t u = random() >> (random() % 64);
    const auto s = static_cast<std::int64_t>(u);
    std::string from_u, from_s;
    Number::append_canonical(u, from_u);
    Number::append_canonical(s, from_s);
    REQUIRE(from_u == canonical(std::to_string(u)));
    REQUIRE(from_s == canonical(std::to_string(s)));
  }
  std::string least;
  Number::append_canonical(std::numeric_limits<std::int64_t>::min(), least);
  CHECK(least == "-9223372036854775808e0");
}

TEST_CASE("equality and order are exact") {
  CHECK(num("1") == num("1.0"));
  CHECK(num("1") == num("10e-1"));
  CHECK(num("0") == num("-0.0e99"));
  CHECK_FALSE(num("18446744073709551616") == num("18446744073709551617"));
  CHECK_FALSE(num("9007199254740992") == num("9007199254740993"));  // one in double
  CHECK_FALSE(num("0.1") == num("0.1000000000000000055511151231257827"));
  CHECK(num("1e400") == num("10e399"));
  CHECK(Number::compare(num("1e400"), num("1e401")) < 0);
  CHECK(Number::compare(num("1e999999999999999999"), num("9e999999999999999998")) > 0);
  CHECK(Number::compare(num("-1e999999999999999999"), num("1")) < 0);
  CHECK(Number::compare(num("1e-999999999999999999"), num("0")) > 0);
  CHECK(Number::compare(num("1.5"), num("1.50001")) < 0);
  CHECK(Number::compare(num("-1.5"), num("-1.50001")) > 0);
  CHECK(Number::compare(num("99"), num("100")) < 0);
}

TEST_CASE("any two spellings of a fraction compare as the fraction does") {
  // Numbers m * 10^e with small m and e, compared exactly as integers at a common power.
  std::mt19937_64 random(5);
  const auto spell = [&](std::int64_t m, int e) {
    // m * 10^e as m0..0 * 10^(e - zeros), with a point somewhere.
    std::string digits = std::to_string(m < 0 ? -m : m);
    const auto zeros = static_cast<int>(random() % 4);
    if (m != 0) digits += std::string(static_cast<std::size_t>(zeros), '0');
    int exponent = e - (m != 0 ? zeros : 0);
    if (random() % 2 == 0) {
      const std::size_t fraction = random() % 6 + 1;
      if (digits.size() <= fraction) digits = std::string(fraction + 1 - digits.size(), '0') + digits;
      digits.insert(digits.size() - fraction, ".");
      exponent += static_cast<int>(fraction);
    }
    return (m < 0 ? "-" : "") + digits + (exponent == 0 && random() % 2 == 0 ? "" : "e" + std::to_string(exponent));
  };
  const auto at_common_power = [](std::int64_t m, int e) {
    for (; e > -4; --e) m *= 10;
    return m;
  };
  for (int i = 0; i < 50000; ++i) {
    const auto m1 = static_cast<std::int64_t>(random() % 2001) - 1000, m2 = static_cast<std::int64_t>(random() % 2001) - 1000;
    const int e1 = static_cast<int>(random() % 9) - 4, e2 = static_cast<int>(random() % 9) - 4;
    const std::string t1 = spell(m1, e1), t2 = spell(m2, e2);
    const std::int64_t x = at_common_power(m1, e1), y = at_common_power(m2, e2);
    INFO(t1, " and ", t2);
    const int c = Number::compare(num(t1), num(t2));
    REQUIRE((c < 0) == (x < y));
    REQUIRE((c > 0) == (x > y));
    REQUIRE((num(t1) == num(t2)) == (x == y));
    REQUIRE((canonical(t1) == canonical(t2)) == (x == y));
    REQUIRE(num(canonical(t1)) == num(t1));  // canonical text is a number too, the same one
  }
}

TEST_CASE("to_int64 only when it is exactly that") {
  CHECK(num("9223372036854775807").to_int64() == std::numeric_limits<std::int64_t>::max());
  CHECK(num("-9223372036854775808").to_int64() == std::numeric_limits<std::int64_t>::min());
  CHECK(num("9223372036854775808").to_int64() == std::nullopt);
  CHECK(num("-9223372036854775809").to_int64() == std::nullopt);
  CHECK(num("1.5e1").to_int64() == 15);
  CHECK(num("1e18").to_int64() == 1000000000000000000);
  CHECK(num("1e19").to_int64() == std::nullopt);
  CHECK(num("-0").to_int64() == 0);
  CHECK(num("0.5").to_int64() == std::nullopt);
  CHECK(num("1e999999999999999999").to_int64() == std::nullopt);
  CHECK(num("5.000").to_int64() == 5);
}

TEST_CASE("doubles: shortest text in, nearest value out") {
  CHECK(Number::from_double(0.1)->text() == "0.1");
  CHECK(*Number::from_double(1e30) == num("1e30"));
  CHECK(Number::from_double(std::numeric_limits<double>::infinity()).error().code() == Errc::invalid_argument);
  CHECK_FALSE(Number::from_double(std::nan("")).ok());
  CHECK(num("1e400").to_double() == std::numeric_limits<double>::infinity());
  CHECK(num("-1e400").to_double() == -std::numeric_limits<double>::infinity());
  CHECK(num("1e-400").to_double() == 0.0);
  CHECK(num("0e400").to_double() == 0.0);
  std::mt19937_64 random(6);
  for (int i = 0; i < 20000; ++i) {
    const std::uint64_t bits = random();
    double d = 0;
    static_assert(sizeof d == sizeof bits);
    __builtin_memcpy(&d, &bits, sizeof d);
    if (!std::isfinite(d)) continue;
    const auto n = Number::from_double(d);
    REQUIRE(n.ok());
    REQUIRE(Number::parse(n->text()).ok());  // JSON's grammar
    REQUIRE(n->to_double() == d);
  }
}

TEST_CASE("a long number costs what its text costs") {
  const std::string digits(200000, '7');
  CHECK(num(digits) == num(digits + ".000"));
  CHECK_FALSE(num(digits) == num(digits + "e1"));
  CHECK(canonical(digits + "000") == digits + "e3");
}
