// SPDX-License-Identifier: Apache-2.0
// Streams of random numbers: the same from the same seed, on every family.
#include <fmt/format.h>

#include <array>
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

// ---- the recipe, written down once more, and numbers that it gives ------------------------------

struct Philox {
  std::uint64_t seed;

  // R0 and R1 of a block.
  std::array<std::uint64_t, 2> block(std::uint64_t number) const {
    std::array<std::uint32_t, 4> c = {static_cast<std::uint32_t>(number),
                                      static_cast<std::uint32_t>(number >> 32), 0, 0};
    std::array<std::uint32_t, 2> k = {static_cast<std::uint32_t>(seed),
                                      static_cast<std::uint32_t>(seed >> 32)};
    for (int round = 0; round < 10; ++round) {
      const std::uint64_t a = std::uint64_t{0xD2511F53} * c[0],
                          b = std::uint64_t{0xCD9E8D57} * c[2];
      c = {static_cast<std::uint32_t>(b >> 32) ^ c[1] ^ k[0], static_cast<std::uint32_t>(b),
           static_cast<std::uint32_t>(a >> 32) ^ c[3] ^ k[1], static_cast<std::uint32_t>(a)};
      k[0] += 0x9E3779B9;
      k[1] += 0xBB67AE85;
    }
    return {std::uint64_t{c[1]} << 32 | c[0], std::uint64_t{c[3]} << 32 | c[2]};
  }

  // Element i of a call that starts at a block.
  std::uint64_t bits(std::uint64_t first, std::int64_t i) const {
    return block(first + static_cast<std::uint64_t>(i / 2))[i % 2];
  }
};

double unit(std::uint64_t bits) {
  return static_cast<double>(bits >> 11) * 0x1p-53;
}

template <class T>
HostArray host_array(std::int32_t dtype, const std::vector<T> &values) {
  HostArray array{dtype, {static_cast<std::int64_t>(values.size())}, {}};
  const auto *bytes = reinterpret_cast<const std::uint8_t *>(values.data());
  array.bytes.assign(bytes, bytes + values.size() * sizeof(T));
  return array;
}

void follows_recipe(Bench &bench) {
  constexpr std::int64_t seed = 0x123456789abcdef, n = 501;
  const Philox philox{static_cast<std::uint64_t>(seed)};
  // The second of two calls: the first has taken ceil(n / 2) blocks.
  const std::uint64_t start = (n + 1) / 2;
  const auto second = [&](const Draw &draw) {
    const Generator rng = generator(seed);
    draw(rng.get(), bench.context(), {n});
    return read(draw(rng.get(), bench.context(), {n}).get());
  };
  const auto expected = [&]<class T>(std::int32_t dtype, T, const auto &element) {
    std::vector<T> values;
    for (std::int64_t i = 0; i < n; ++i) values.push_back(element(philox.bits(start, i)));
    return host_array(dtype, values);
  };
  bench.test("random_uniform", "float64", [&] {
    require_same(second(uniform(SPC_FLOAT64)), expected(SPC_FLOAT64, 0.0, unit), {});
  });
  bench.test("random_uniform", "float32", [&] {
    const auto element = [](std::uint64_t r) { return static_cast<float>(r >> 40) * 0x1p-24F; };
    require_same(second(uniform(SPC_FLOAT32)), expected(SPC_FLOAT32, 0.0F, element), {});
  });
  bench.test("random_choice", "uniform", [&] {
    // The high word of the product with 11, by its two halves.
    const auto element = [](std::uint64_t r) {
      const std::uint64_t low = (r & 0xffffffff) * 11, high = (r >> 32) * 11;
      return static_cast<std::int64_t>((high + (low >> 32)) >> 32);
    };
    require_same(second(choice({})), expected(SPC_INT64, std::int64_t{0}, element), {});
  });
  bench.test("random_choice", "weighted", [&] {
    const auto element = [](std::uint64_t r) {
      const double u = unit(r);
      return std::int64_t{u < 0.25 ? 0 : u < 0.75 ? 2 : 3};
    };
    require_same(second(choice({0.25, 0, 0.5, 0.25})),
                 expected(SPC_INT64, std::int64_t{0}, element), {});
  });
}

void known_answers(Bench &bench) {
  struct Answer {
    const char *op, *label;
    std::int64_t seed;
    Draw draw;
    HostArray numbers;
  };
  using Complex = std::complex<double>;
  const std::vector<Answer> answers = {
      {"random_uniform", "seed-0", 0, uniform(SPC_FLOAT64),
       host_array<double>(SPC_FLOAT64, {0.8805201978886142, 0.6054818538799213, 0.36209111566940344,
                                        0.037094080749417335})},
      {"random_uniform", "seed-42", 42, uniform(SPC_FLOAT64),
       host_array<double>(SPC_FLOAT64, {0.4685865183391049, 0.34086154938517876,
                                        0.32706338120338474, 0.4543156017348883})},
      {"random_normal", "seed-0", 0, normal(SPC_FLOAT64),
       host_array<double>(SPC_FLOAT64, {-1.6249634408710394, -1.2683492025469478,
                                        0.9225813876375342, 0.21900507737292066})},
      {"random_normal", "seed-42", 42, normal(SPC_FLOAT64),
       host_array<double>(SPC_FLOAT64, {-0.6076510539335194, 0.946144781969715, -0.8536440633116089,
                                        0.25199221210660444})},
      {"random_normal", "complex-seed-0", 0, normal(SPC_COMPLEX128),
       host_array<Complex>(SPC_COMPLEX128, {{-1.1490226682201374, -0.8968583220334967},
                                            {0.6523635553949952, 0.1548599753246767}})},
      {"random_choice", "seed-0", 0, choice({0.1, 0.2, 0.3, 0.4}),
       host_array<std::int64_t>(SPC_INT64, {3, 3, 2, 0, 2, 1, 2, 2})},
      {"random_choice", "seed-42", 42, choice({0.1, 0.2, 0.3, 0.4}),
       host_array<std::int64_t>(SPC_INT64, {2, 2, 2, 2, 3, 3, 3, 2})}};
  for (const auto &answer : answers) {
    bench.test(answer.op, answer.label, [&] {
      const Generator rng = generator(answer.seed);
      const HostArray numbers =
          read(answer.draw(rng.get(), bench.context(), answer.numbers.shape).get());
      // Normals within 4 units in the last place, 2^-50.
      const bool is_normal = answer.op == std::string("random_normal");
      require_same(numbers, answer.numbers, {is_normal ? 0x1p-51 : 0});
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
  return {
      {"random-repeats", "Equal seeds give equal numbers, draw by draw; other seeds others.",
       same_seed},
      {"random-recipe",
       "Uniform numbers and choices are the bits of Philox4x32-10 by the recipe of ADR 009, also "
       "where a call begins after another.",
       follows_recipe},
      {"random-answers", "The numbers of seeds 0 and 42 are those of ADR 009.", known_answers},
      {"random-families",
       "A seed gives the numbers of family reference: the same bits, normals within 4 units in "
       "the last place.",
       same_on_families},
      {"random-distribution", "Mean and variance of 20000 numbers are those of the distribution.",
       distributions}};
}

}  // namespace cmd::conform
