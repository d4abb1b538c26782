// SPDX-License-Identifier: Apache-2.0
// What every plan of the family is.
#pragma once

#include <array>
#include <limits>

#include "plugins/suitesparse/matrix.hpp"
#include "plugins/suitesparse/vendor.hpp"

namespace spc::suitesparse {

// The family's state.
struct State {
  const Vendor *vendor;  // nullptr: the libraries are there, but cannot be used
  const char *why;       // then
};

class Plan {
 public:
  explicit Plan(const Vendor &vendor) : vendor_(vendor) {
    facts.fill(std::numeric_limits<double>::quiet_NaN());
  }
  Plan(const Plan &) = delete;
  Plan &operator=(const Plan &) = delete;
  virtual ~Plan() = default;

  // op(A)^-1 b for SPC_MODE_NONE or _CONJ_TRANS, of columns that may be overwritten; the result is
  // scratch of the call.
  virtual Columns solve(const spc_call *call, Columns b, bool adjoint) const = 0;

  std::array<double, SPC_FACT_COUNT> facts{};

 protected:
  const Vendor &vendor_;
};

// CHOLMOD's settings and workspace; one for each call, as it is no good for two at once.
class Common {
 public:
  explicit Common(const Vendor &vendor);
  ~Common();
  Common(const Common &) = delete;
  Common &operator=(const Common &) = delete;
  cholmod_common *operator->() noexcept { return &common_; }
  cholmod_common *get() noexcept { return &common_; }
  // Throws what the status says, if it is an error; `order` is that of the matrix.
  void check(int64_t order);

 private:
  const Vendor &vendor_;
  cholmod_common common_;
};

// Never null; throw.
Plan *new_cholesky(const Vendor &vendor, const spc_call *call, const Plan *analysed, bool ldl);
Plan *new_lu(const Vendor &vendor, const spc_call *call, const Plan *analysed);
Plan *new_qr(const Vendor &vendor, const spc_call *call, const Plan *analysed);

}  // namespace spc::suitesparse
