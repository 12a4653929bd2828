#include "provider/terraform/cty_number.hpp"

#include <cstdio>
#include <cstring>
#include <limits>

#include "provider/terraform/cty_rounding.hpp"
#include "unit/provider/terraform/golden.hpp"

using namespace drift;
using namespace drift::terraform_internal;

// What go-cty makes of many numbers, also those that 512 bits cannot hold, is in msgpack_test.cpp, with its golden file.

TEST_CASE("numbers have one text") {
  const auto text = [](std::string_view s) { return cty_number(s)->text(); };
  CHECK(text("0") == "0");
  CHECK(text("-0.00") == "0");
  CHECK(text("+5") == "5");
  CHECK(text("007.50") == "7.5");
  CHECK(text(".5") == "0.5");
  CHECK(text("5.") == "5");
  CHECK(text("1e3") == "1000");
  CHECK(text("-12.5e-3") == "-0.0125");
  CHECK(text("120e-1") == "12");
  CHECK(cty_number("1e4095")->text().size() == 4096);
  for (const char* bad : {"", "-", ".", "e5", "1e", "1e+", "1x", "1.2.3", "0x1", "1_0", " 1", "1 ", "Inf", "NaN", "1e4096", "1e-5000",
                          "1e99999999999999999999"})
    CHECK_MESSAGE(!cty_number(std::string_view(bad)).has_value(), bad);
  CHECK(cty_number("0e99999999999999999999")->text() == "0");
}

TEST_CASE("floats have the shortest text that names them") {
  CHECK(cty_number(0.1)->text() == "0.1");
  CHECK(cty_number(1e23)->text() == "100000000000000000000000");
  CHECK(cty_number(-0.0)->text() == "0");
  CHECK_FALSE(cty_number(std::numeric_limits<double>::infinity()).has_value());
  CHECK_FALSE(cty_number(std::numeric_limits<double>::quiet_NaN()).has_value());
}

TEST_CASE("a fraction is a float only when it is exactly one") {
  const auto exact = [](const char* s) { return exact_fraction(*cty_number(std::string_view(s))).has_value(); };
  for (const char* yes : {"0.5", "-0.125", "1.5", "4503599627370495.5", "0.0009765625"}) CHECK_MESSAGE(exact(yes), yes);
  for (const char* no : {"0.1", "1", "0", "9007199254740991.5", "4503599627370497.5", "0.3", "1e-400", "36028797018963968.5"})
    CHECK_MESSAGE(!exact(no), no);
  // The smallest float has 1074 decimals and 751 digits.
  std::string least(1100, '0');
  std::snprintf(least.data(), least.size(), "%.1074f", 5e-324);
  least.resize(std::strlen(least.c_str()));
  CHECK(exact_fraction(*Number::parse(least)) == 5e-324);
}

TEST_CASE("long numbers keep their digits as far as 512 bits tell them apart") {
  for (const std::size_t n : {154U, 155U, 160U, 400U, 800U, 801U, 2000U}) {
    std::string digits(n, '7');
    std::int64_t exponent = -3;
    round_to_512_bits(digits, exponent);
    CHECK(digits.substr(0, 153) == std::string(153, '7'));
    // Rounding again changes nothing.
    std::string again = digits;
    std::int64_t exponent_again = exponent;
    round_to_512_bits(again, exponent_again);
    again.resize(std::max(again.size(), digits.size()), '0');
    digits.resize(again.size(), '0');
    CHECK(again == digits);
  }
}
