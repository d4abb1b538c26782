// SPDX-License-Identifier: Apache-2.0
// Streams of random numbers: the same from the same seed, on every family.
#include <fmt/format.h>

#include <cmath>
#include <cstring>

#include "tools/spacecore/conform/bench.hpp"

namespace cmd::conform {
namespace {

using Generator = Handle<spc_rng, spc_rng_release>;
using Shape = std::vector<std::int64_t>;
using Draw = std::function<Array(spc_rng, spc_context, const Shape &)>;

Draw uniform(std::int32_t dtype) {
  return [dtype](spc_rng rng, spc_context context, const Shape &shape) {
    return make(spc_rng_uniform, rng, context, static_cast<std::int32_t>(shape.size()),
                shape.data(), dtype);
  };
}

Draw normal(std::int32_t dtype) {
  return [dtype](spc_rng rng, spc_context context, const Shape &shape) {
    return make(spc_rng_normal, rng, context, static_cast<std::int32_t>(shape.size()), shape.data(),
                dtype);
  };
}

Draw choice(const std::vector<double> &p) {
  return [p](spc_rng rng, spc_context context, const Shape &shape) {
    const auto n = static_cast<std::int64_t>(p.size());
    Array weights;
    if (n) {
      weights = make(spc_array_from_host, context, std::int32_t{SPC_FLOAT64}, std::int32_t{1}, &n,
                     static_cast<const void *>(p.data()));
    }
    return make(spc_rng_choice, rng, context, n ? n : std::int64_t{11}, product(shape),
                weights.get());
  };
}

struct Stream {
  const char *op, *label;
  std::int32_t dtype;
  Draw draw;
};

std::vector<Stream> streams() {
  return {{"random_uniform", "float32", SPC_FLOAT32, uniform(SPC_FLOAT32)},
          {"random_uniform", "float64", SPC_FLOAT64, uniform(SPC_FLOAT64)},
          {"random_normal", "float32", SPC_FLOAT32, normal(SPC_FLOAT32)},
          {"random_normal", "float64", SPC_FLOAT64, normal(SPC_FLOAT64)},
          {"random_normal", "complex64", SPC_COMPLEX64, normal(SPC_COMPLEX64)},
          {"random_normal", "complex128", SPC_COMPLEX128, normal(SPC_COMPLEX128)},
          {"random_choice", "uniform", SPC_INT64, choice({})},
          {"random_choice", "weighted", SPC_INT64, choice({0.1, 0.0, 0.6, 0.3})}};
}

Generator generator(std::int64_t seed) {
  return make<Generator>(spc_rng_create, seed);
}

void same_seed(Bench &bench) {
  for (const auto &stream : streams()) {
    bench.test(stream.op, stream.label, [&] {
      const Generator a = generator(42), b = generator(42), c = generator(43);
      const HostArray first = read(stream.draw(a.get(), bench.context(), {40}).get());
      const HostArray second = read(stream.draw(a.get(), bench.context(), {40}).get());
      require_same(read(stream.draw(b.get(), bench.context(), {40}).get()), first, {});
      require_same(read(stream.draw(b.get(), bench.context(), {40}).get()), second, {});
      if (first.bytes == second.bytes) throw Mismatch("the second draw repeats the first");
      if (read(stream.draw(c.get(), bench.context(), {40}).get()).bytes == first.bytes) {
        throw Mismatch("seeds 42 and 43 give the same numbers");
      }
    });
  }
}

// Distance in units of the last place; only for finite numbers of equal sign.
double ulps(double a, double b, std::int32_t dtype) {
  if (a == b) return 0;
  const bool single = dtype == SPC_FLOAT32 || dtype == SPC_COMPLEX64;
  const double size = std::max(std::abs(a), std::abs(b));
  const double unit = std::ldexp(1.0, std::ilogb(size) - (single ? 23 : 52));
  return std::abs(a - b) / unit;
}

void same_on_families(Bench &bench) {
  for (const auto &stream : streams()) {
    bench.test(stream.op, stream.label, [&] {
      const Generator a = generator(7), b = generator(7);
      const HostArray mine = read(stream.draw(a.get(), bench.context(), {200}).get());
      const HostArray theirs = read(stream.draw(b.get(), bench.reference(), {200}).get());
      if (stream.op != std::string("random_normal")) return require_same(mine, theirs, {});
      for (std::int64_t i = 0; i < mine.size(); ++i) {
        const auto x = mine.number(i), y = theirs.number(i);
        if (ulps(x.real(), y.real(), mine.dtype) > 4 || ulps(x.imag(), y.imag(), mine.dtype) > 4) {
          throw Mismatch(fmt::format("number {} is ({}, {}), on reference ({}, {})", i, x.real(),
                                     x.imag(), y.real(), y.imag()));
        }
      }
    });
  }
}

// Moments of 20000 numbers, within five standard errors.
void distributions(Bench &bench) {
  constexpr std::int64_t n = 20000;
  for (const auto &stream : streams()) {
    bench.test(stream.op, stream.label, [&] {
      const Generator rng = generator(1);
      const HostArray x = read(stream.draw(rng.get(), bench.context(), {n}).get());
      if (x.dtype != stream.dtype) throw Mismatch("dtype is " + dtype_name(x.dtype));
      if (x.shape != Shape{n}) throw Mismatch("shape is " + shape_text(x.shape));
      std::complex<double> mean = 0;
      double second = 0, imaginary = 0;
      for (std::int64_t i = 0; i < n; ++i) {
        const auto z = x.number(i);
        mean += z;
        second += std::norm(z);
        imaginary += z.imag() * z.imag();
        const bool in_unit = z.real() >= 0 && z.real() < 1;
        if (stream.op == std::string("random_uniform") && !in_unit) {
          throw Mismatch(fmt::format("{} is outside [0, 1)", z.real()));
        }
      }
      mean /= n;
      second /= n;
      imaginary /= n;
      const bool uniform = stream.op == std::string("random_uniform");
      const bool weighted = stream.label == std::string("weighted");
      const bool is_choice = stream.op == std::string("random_choice");
      const double want_mean = uniform ? 0.5 : !is_choice ? 0 : weighted ? 2.1 : 5;
      const double want_second = uniform ? 1.0 / 3 : !is_choice ? 1 : weighted ? 5.1 : 35;
      const double deviation = std::sqrt(want_second - want_mean * want_mean);
      const double allowed = 5 * deviation / std::sqrt(double(n));
      if (std::abs(mean - want_mean) > allowed) {
        throw Mismatch(fmt::format("mean is {}, expected {}", mean.real(), want_mean));
      }
      if (std::abs(second - want_second) > 5 * std::sqrt(2.0 / n) * std::max(1.0, want_second)) {
        throw Mismatch(fmt::format("second moment is {}, expected {}", second, want_second));
      }
      if (x.is_complex() && std::abs(imaginary - 0.5) > 5 * std::sqrt(2.0 / n)) {
        throw Mismatch(
            fmt::format("variance of the imaginary part is {}, expected 0.5", imaginary));
      }
    });
  }
}

}  // namespace

std::vector<Property> random_properties() {
  return {{"random-repeats", "Equal seeds give equal numbers, draw by draw; other seeds others.",
           same_seed},
          {"random-families",
           "A seed gives the numbers of family reference: the same bits, normals within 4 units in "
           "the last place.",
           same_on_families},
          {"random-distribution",
           "Mean and variance of 20000 numbers are those of the distribution.", distributions}};
}

}  // namespace cmd::conform
