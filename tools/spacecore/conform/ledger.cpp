// SPDX-License-Identifier: Apache-2.0
#include "tools/spacecore/conform/ledger.hpp"

#include <fmt/format.h>

#include "tools/spacecore/conform/compare.hpp"
#include "tools/spacecore/support.hpp"

namespace cmd::conform {

void Counts::add(Verdict verdict) {
  passed += verdict == Verdict::passed;
  failed += verdict == Verdict::failed;
  skipped += verdict == Verdict::skipped;
}

Outcome attempt(const std::function<void()> &test) {
  try {
    test();
    return {};
  } catch (const Failure &failure) {
    if (is_a(failure.code(), SPC_E_NOTIMPL)) return {Verdict::skipped, failure.what()};
    return {Verdict::failed, fmt::format("{}: {}", status_name(failure.code()), failure.what())};
  } catch (const Mismatch &difference) {
    return {Verdict::failed, difference.what()};
  } catch (const BadInput &error) {
    return {Verdict::failed, std::string("bad case: ") + error.what()};
  } catch (const Json::exception &error) {
    return {Verdict::failed, std::string("bad case: ") + error.what()};
  }
}

}  // namespace cmd::conform
