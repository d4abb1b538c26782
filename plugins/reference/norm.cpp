// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "plugins/reference/arithmetic.hpp"
#include "plugins/reference/kernels.hpp"
#include "plugins/reference/loops.hpp"
#include "plugins/reference/wide.hpp"

namespace spc::reference {
namespace {

// each(f) runs f on every element of type double or Complex<double>.
template <class Each>
double norm_2(Each each) {
  double largest = 0;
  each([&](auto x) { largest = std::max(largest, largest_part(x)); });  // a NaN is passed over
  const double scale = scale_for(largest);
  Sum<double> squares;
  each([&](auto x) { squares.add(squared_modulus(scaled(x, scale))); });
  return std::sqrt(squares.result()) / scale;
}

template <class Each>
double norm_0(Each each) {
  int64_t count = 0;
  each([&](auto x) { count += is_zero(x) ? 0 : 1; });
  return static_cast<double>(count);
}

template <class Each>
double norm_infinite(Each each, bool largest) {
  bool started = false;
  double best = 0;
  each([&](auto x) {
    const double size = modulus(x);
    if (!started) {
      best = size;
    } else {
      best = largest ? larger(best, size) : smaller(best, size);
    }
    started = true;
  });
  return best;
}

template <class Each>
double norm_p(Each each, double p) {
  Sum<double> powers;
  each([&](auto x) { powers.add(p == 1 ? modulus(x) : std::pow(modulus(x), p)); });
  return p == 1 ? powers.result() : std::pow(powers.result(), 1 / p);
}

template <class Each>
double norm_of(Each each, double p) {
  if (p == 2) return norm_2(each);
  if (p == 0) return norm_0(each);
  if (std::isinf(p)) return norm_infinite(each, p > 0);
  return norm_p(each, p);
}

}  // namespace

spc_status norm(void *, const spc_call *call) {
  return for_dtype(AllTypes(), call->in[0]->dtype, [&]<class T>(Tag<T>) {
    const auto &p = params<spc_params_norm>(call);
    const T *x = data<const T>(*call->in[0]);
    NormOf<T> *out = data<NormOf<T>>(*call->out[0]);
    reduce<1>(call, p.n_kept, [&](int64_t at, auto scan) {
      auto each = [&](auto f) { scan([&](const Offsets<1> &i) { f(widen(x[i[0]])); }); };
      out[at] = static_cast<NormOf<T>>(norm_of(each, p.p));
    });
    return SPC_OK;
  });
}

}  // namespace spc::reference
