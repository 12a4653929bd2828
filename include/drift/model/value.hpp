// Value: one property value of a resource, of any shape.
//
// Kinds: null, boolean, number (exact: its decimal text is never lost), string (bytes), list, object (members sorted by key, no key
// twice), unknown (a value that a plan does not know yet). *Absent* is not a Value: it is a null `const Value*` or an empty optional.
//
// Any value can carry a secret mark. The mark says what the content is:
//   plain       the secret itself. It may be compared; it must never be rendered, logged or written.
//   ciphertext  what the engine stores in place of the secret (Pulumi's "ciphertext")
//   digest      a keyed HMAC of the secret, as libdrift's own files hold it (see drift/model/secret.hpp)
//
// Copying is cheap: lists and objects are shared and copied only when one copy is changed.
// Thread rule: const access from any thread; a Value being changed belongs to one thread. Ownership: owns everything it shows.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "drift/base/result.hpp"

namespace drift {

// An exact decimal number. Equality and order are by numeric value, without rounding and without building huge powers:
// 2^64 != 2^64+1, 1 == 1.0 == 10e-1, 1e400 is fine. The text it was written with is kept.
class Number {
 public:
  Number() : text_("0") {}
  explicit Number(std::int64_t n);
  explicit Number(std::uint64_t n);
  // The shortest text that reads back as `d`; not finite is an error (E_INVALID_ARGUMENT).
  static Result<Number> from_double(double d);
  // `text` must follow JSON's number grammar (RFC 8259 section 6); else E_PARSE.
  static Result<Number> parse(std::string_view text);

  [[nodiscard]] const std::string& text() const noexcept { return text_; }
  // One text for each numeric value: "0", or [-]digits without leading or trailing zeros, then "e" and the exponent: 1500 -> "15e2".
  [[nodiscard]] std::string canonical() const;
  // Appends canonical() to `out`; `text` must be a valid JSON number.
  static void append_canonical(std::string_view text, std::string& out);
  static void append_canonical(std::int64_t n, std::string& out);
  static void append_canonical(std::uint64_t n, std::string& out);

  [[nodiscard]] std::optional<std::int64_t> to_int64() const;  // only when it is exactly that
  [[nodiscard]] double to_double() const;                      // nearest; for display and thresholds only

  friend bool operator==(const Number& a, const Number& b);
  // <0, 0, >0
  [[nodiscard]] static int compare(const Number& a, const Number& b);

 private:
  std::string text_;
};

enum class Secret : std::uint8_t { none, plain, ciphertext, digest };

class Object;

class Value {
 public:
  enum class Kind : std::uint8_t { null, boolean, number, string, list, object, unknown };
  using List = std::vector<Value>;

  Value() = default;  // null
  Value(const Value&) = default;
  Value& operator=(const Value&) = default;
  // Not inline: GCC 12 sees uninitialized reads in the inlined move of a variant that are not there, in the caller's code too.
  Value(Value&& other) noexcept;
  Value& operator=(Value&& other) noexcept;
  ~Value() = default;
  Value(std::nullptr_t) {}                           // NOLINT(google-explicit-constructor)
  Value(bool b) : v_(b) {}                           // NOLINT(google-explicit-constructor)
  Value(Number n) : v_(std::move(n)) {}              // NOLINT(google-explicit-constructor)
  Value(int n) : v_(Number(std::int64_t{n})) {}      // NOLINT(google-explicit-constructor)
  Value(std::int64_t n) : v_(Number(n)) {}           // NOLINT(google-explicit-constructor)
  Value(std::uint64_t n) : v_(Number(n)) {}          // NOLINT(google-explicit-constructor)
  Value(std::string s) : v_(std::move(s)) {}         // NOLINT(google-explicit-constructor)
  Value(std::string_view s) : v_(std::string(s)) {}  // NOLINT(google-explicit-constructor)
  Value(const char* s) : v_(std::string(s)) {}       // NOLINT(google-explicit-constructor)
  Value(List l);                                     // NOLINT(google-explicit-constructor)
  Value(Object o);                                   // NOLINT(google-explicit-constructor)
  static Value unknown();

  [[nodiscard]] Kind kind() const noexcept { return static_cast<Kind>(v_.index()); }
  [[nodiscard]] bool is_null() const noexcept { return kind() == Kind::null; }
  [[nodiscard]] bool is_bool() const noexcept { return kind() == Kind::boolean; }
  [[nodiscard]] bool is_number() const noexcept { return kind() == Kind::number; }
  [[nodiscard]] bool is_string() const noexcept { return kind() == Kind::string; }
  [[nodiscard]] bool is_list() const noexcept { return kind() == Kind::list; }
  [[nodiscard]] bool is_object() const noexcept { return kind() == Kind::object; }
  [[nodiscard]] bool is_unknown() const noexcept { return kind() == Kind::unknown; }

  // The content. Asking for another kind than kind() is a bug and throws std::bad_variant_access.
  [[nodiscard]] bool as_bool() const { return std::get<bool>(v_); }
  [[nodiscard]] const Number& as_number() const { return std::get<Number>(v_); }
  [[nodiscard]] const std::string& as_string() const { return std::get<std::string>(v_); }
  [[nodiscard]] const List& as_list() const { return *std::get<std::shared_ptr<List>>(v_); }
  [[nodiscard]] const Object& as_object() const { return *std::get<std::shared_ptr<Object>>(v_); }
  // For building: detaches from other copies first.
  [[nodiscard]] List& edit_list();
  [[nodiscard]] Object& edit_object();

  // Member `key` of an object; nullptr when this is no object or has no such member.
  [[nodiscard]] const Value* find(std::string_view key) const;
  // The member's text when it is a string, else `otherwise`.
  [[nodiscard]] std::string_view string_or(std::string_view key, std::string_view otherwise = {}) const;

  [[nodiscard]] Secret secret() const noexcept { return secret_; }
  [[nodiscard]] bool is_secret() const noexcept { return secret_ != Secret::none; }
  Value& mark(Secret s) noexcept {
    secret_ = s;
    return *this;
  }
  // True when this value or one below it is secret / unknown.
  [[nodiscard]] bool holds_secret() const;
  [[nodiscard]] bool holds_unknown() const;

  // Exact equality: kinds, numbers by value, strings byte by byte, lists in order, secret marks included; unknown equals unknown.
  friend bool operator==(const Value& a, const Value& b);
  // A total order for sorting: by kind, then content. Secret marks take part last.
  [[nodiscard]] static int compare(const Value& a, const Value& b);

 private:
  struct Unknown {
    friend bool operator==(Unknown, Unknown) { return true; }
  };
  // The order of alternatives is the order of Kind.
  std::variant<std::monostate, bool, Number, std::string, std::shared_ptr<List>, std::shared_ptr<Object>, Unknown> v_;
  Secret secret_ = Secret::none;
};

// The members of an object, sorted by key bytes; each key once.
class Object {
 public:
  using Member = std::pair<std::string, Value>;
  using const_iterator = std::vector<Member>::const_iterator;

  Object() = default;
  // Later duplicates replace earlier ones; readers that must refuse duplicates check before they build.
  explicit Object(std::vector<Member> members);

  [[nodiscard]] std::size_t size() const noexcept { return members_.size(); }
  [[nodiscard]] bool empty() const noexcept { return members_.empty(); }
  [[nodiscard]] const_iterator begin() const noexcept { return members_.begin(); }
  [[nodiscard]] const_iterator end() const noexcept { return members_.end(); }
  [[nodiscard]] const Value* find(std::string_view key) const;
  [[nodiscard]] Value* find(std::string_view key);
  [[nodiscard]] bool contains(std::string_view key) const { return find(key) != nullptr; }
  Value& set(std::string_view key, Value value);  // inserts or replaces
  bool erase(std::string_view key);

 private:
  std::vector<Member> members_;
};

}  // namespace drift
