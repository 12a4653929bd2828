// Pulumi's property values: what a checkpoint records and what providers are sent, in one form.
//
// A property is a drift::Value in which an object with the signature key stands for what JSON cannot say:
//   secret       {signature, "value"}
//   asset        {signature, "hash"?, "text"? | "path"? | "uri"?}; archive the same with "assets"?
//   reference    {signature, "urn", "name"?, "type"?, "id"?, "packageVersion"?}: a resource
//   byte string  {signature, "value": base64}: a string that is no UTF-8
//   odd number   {signature, "value": 16 hex digits}: NaN and the infinities
// A value that is not known is Value::unknown(). Numbers are doubles for the engine and its providers; a property keeps the text that it
// was read with, and equality of properties is that of the doubles. Source: pulumi
// sdk/go/common/resource/{properties,properties_diff,properties_path}.go, pkg/resource/stack/deployment.go (v3.258.0).
//
// Pure. Thread rule: any.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "drift/base/result.hpp"
#include "drift/model/engine.hpp"
#include "drift/model/value.hpp"

namespace drift::pulumi_internal {

inline constexpr std::string_view signature_key = "4dabf18193072939515e22adb298388d";

enum class Tag : std::uint8_t { none, secret, asset, archive, reference, output, byte_string, odd_number, unknown };
// `none` for whatever is no object with a signature, `unknown` for a signature that is not known.
[[nodiscard]] Tag tag_of(const Value& v);
// An object without a signature.
[[nodiscard]] bool plain_object(const Value& v);
[[nodiscard]] std::string_view signature_of(Tag tag) noexcept;
[[nodiscard]] Value tagged(Tag tag);

// The property that a value of a checkpoint is. `where` begins the path in errors. E_ENCRYPTED_STATE for a secret that was not decrypted,
// E_BAD_STRUCTURE and E_UNSUPPORTED_FEATURE as state_internal::untag_pulumi().
Result<Value> property_of_record(const Value& recorded, std::string_view where);

// The same value as the attributes of a Resource have it: secrets are marks, assets with a hash are that alone, references urn and id.
[[nodiscard]] Value model_of(const Value& property);

[[nodiscard]] bool holds_secret(const Value& property);
// Null and absent are the same; secret and not secret are not.
[[nodiscard]] bool same_property(const Value* a, const Value* b);
// Whether a number below loses digits when it becomes a double; and the value with the digits lost.
[[nodiscard]] bool loses_digits(const Value& v);
[[nodiscard]] Value as_doubles(const Value& v);
// `now` with the numbers of `known` where, at the same place, they are the same double.
[[nodiscard]] Value with_digits_of(const Value& known, Value now);

// What the engine itself says changed between two objects where a provider does not say it.
[[nodiscard]] std::vector<EngineAnswer::Property> diff_properties(const Value& before, const Value& after, bool of_inputs);

// For providers that know no secrets: what has a secret in `known` at the same place is one in `echoed`.
void annotate_secrets(Value& echoed, const Value& known);

// `now` with what `path` (a property path with wildcards) names taken from `before`. False: the path cannot be followed there.
bool reset_path(std::string_view path, const Value& before, Value& now);

// Whether there is anything at `path`, which goes through secrets.
[[nodiscard]] bool leads(const Value& property, const Path& path);
// The names in a secret are part of it. `path` cut off at the first secret on its way, in a property or in the model of one; and the place
// of the secret that `name` goes on from, whatever brackets and dots it is written with. None: it goes into no secret.
[[nodiscard]] Path up_to_secret(const Value& v, Path path);
[[nodiscard]] std::optional<Path> secret_in_name(const Value& v, std::string_view name);

// Whether `path` leads into or to what is one value to the engine: an asset, an archive, a reference.
[[nodiscard]] bool is_whole(const Value& property, const Path& path);

// A property path as a Path; none when it is none, or has a wildcard.
[[nodiscard]] std::optional<Path> path_of(std::string_view text);

}  // namespace drift::pulumi_internal
