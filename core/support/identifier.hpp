// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <string_view>

namespace spc {

constexpr bool starts_identifier(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
constexpr bool continues_identifier(char c) noexcept {
  return starts_identifier(c) || (c >= '0' && c <= '9');
}
constexpr bool is_identifier(std::string_view text) noexcept {
  return !text.empty() && starts_identifier(text[0]) &&
         std::all_of(text.begin(), text.end(), continues_identifier);
}

}  // namespace spc
