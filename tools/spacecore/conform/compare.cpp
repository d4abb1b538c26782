// SPDX-License-Identifier: Apache-2.0
#include "tools/spacecore/conform/compare.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "tools/spacecore/conform/decompositions.hpp"

namespace cmd::conform {
namespace {

using Complex = std::complex<double>;

bool is_nan(Complex z) {
  return std::isnan(z.real()) || std::isnan(z.imag());
}
bool is_inf(Complex z) {
  return std::isinf(z.real()) || std::isinf(z.imag());
}

bool same_sign_of_zero(double a, double e) {
  return a != 0 || std::isnan(e) || std::signbit(a) == std::signbit(e);
}

std::string number_text(const HostArray &array, std::int64_t i) {
  if (!array.is_floating()) return std::to_string(array.integer(i));
  const Complex z = array.number(i);
  return array.is_complex() ? fmt::format("({}, {})", z.real(), z.imag())
                            : fmt::format("{}", z.real());
}

/// How two numbers are compared: by one check kind of the test vectors.
struct Rule {
  Rule(double relative, double absolute)
      : close(relative > 0 || absolute > 0), zero_sign(!close), rtol(relative), atol(absolute) {}

  explicit Rule(const Json &check) {
    const auto &kind = check.at("kind").get_ref<const std::string &>();
    if (kind == "allclose" || kind == "eigh" || kind == "svd" || kind == "eig") {
      close = true;
      rtol = parse_number(check.at("rtol"));
      atol = parse_number(check.at("atol"));
    } else if (kind == "empty") {
      values = false;
    } else if (kind == "unordered") {
      ordered = false;
    } else if (kind != "exact") {
      throw BadInput("unknown check \"" + kind + '"');
    }
    zero_sign = check.value("zero_sign", false);
  }

  bool same(const HostArray &a, std::int64_t i, const HostArray &e, std::int64_t j) const {
    if (!a.is_floating() && !close) return a.integer(i) == e.integer(j);
    return same(a.number(i), e.number(j));
  }

  bool same(Complex x, Complex y) const {
    if (is_nan(x) || is_nan(y)) return is_nan(x) && is_nan(y) && signs(x, y);
    if (!close) return x == y && signs(x, y);
    if (is_inf(x) || is_inf(y)) return near(x.real(), y.real()) && near(x.imag(), y.imag());
    return std::abs(x - y) <= atol + rtol * std::abs(y);
  }

  bool close = false, values = true, ordered = true, zero_sign = false;

 private:
  bool signs(Complex x, Complex y) const {
    return !zero_sign ||
           (same_sign_of_zero(x.real(), y.real()) && same_sign_of_zero(x.imag(), y.imag()));
  }

  bool near(double x, double y) const {
    return std::isinf(x) || std::isinf(y) ? x == y : std::abs(x - y) <= atol + rtol * std::abs(y);
  }

  double rtol = 0, atol = 0;
};

void require_same_values(const HostArray &a, const HostArray &e, const Rule &rule,
                         const std::string &what) {
  std::int64_t wrong = 0, first = 0;
  for (std::int64_t i = a.size(); i-- > 0;) {
    if (rule.same(a, i, e, i)) continue;
    first = i;
    ++wrong;
  }
  if (wrong) {
    throw Mismatch(fmt::format("{} {} is {}, expected {} ({} of {} differ)", what, first,
                               number_text(a, first), number_text(e, first), wrong, a.size()));
  }
}

// Order of values; NaN last, so that it is an order.
bool value_before(const HostArray &a, std::int64_t i, std::int64_t j) {
  if (!a.is_floating()) return a.integer(i) < a.integer(j);
  const Complex x = a.number(i), y = a.number(j);
  if (is_nan(x) || is_nan(y)) return !is_nan(x) && is_nan(y);
  return x.real() != y.real() ? x.real() < y.real() : x.imag() < y.imag();
}

// The elements of a 1-d array in the given order.
HostArray permuted(const HostArray &a, const std::vector<std::int64_t> &order) {
  HostArray out{a.dtype, a.shape, {}};
  const auto item = a.size() ? static_cast<std::int64_t>(a.bytes.size()) / a.size() : 0;
  for (const auto i : order) {
    out.bytes.insert(out.bytes.end(), a.bytes.begin() + i * item, a.bytes.begin() + (i + 1) * item);
  }
  return out;
}

template <class Before>
std::vector<std::int64_t> sorted_positions(std::int64_t n, Before before) {
  std::vector<std::int64_t> order(n);
  for (std::int64_t i = 0; i < n; ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(), before);
  return order;
}

HostArray sorted(const HostArray &a) {
  return permuted(
      a, sorted_positions(a.size(), [&](auto i, auto j) { return value_before(a, i, j); }));
}

void require_same_meta(std::int32_t dtype, const std::vector<std::int64_t> &shape,
                       const Json &expected) {
  const auto want = dtype_of(expected.at("dtype"));
  if (dtype != want) {
    throw Mismatch(fmt::format("dtype is {}, expected {}", dtype_name(dtype), dtype_name(want)));
  }
  const auto want_shape = expected.at("shape").get<std::vector<std::int64_t>>();
  if (shape != want_shape) {
    throw Mismatch(
        fmt::format("shape is {}, expected {}", shape_text(shape), shape_text(want_shape)));
  }
}

void compare_dense(const HostArray &a, const Json &expected, const Rule &rule) {
  require_same_meta(a.dtype, a.shape, expected);
  if (!rule.values || !expected.contains("data")) return;
  const HostArray e = parse_array(expected.at("dtype"), a.shape, expected.at("data"));
  if (rule.ordered) {
    require_same_values(a, e, rule, "element");
  } else {
    require_same_values(sorted(a), sorted(e), rule, "element of the sorted result");
  }
}

Entries entries(std::int32_t format, std::vector<std::int64_t> shape,
                const std::vector<std::int64_t> &first, const std::vector<std::int64_t> &second,
                HostArray data) {
  Entries out{format, std::move(shape), first, second, std::move(data)};
  if (format != SPC_COO) {
    std::vector<std::int64_t> major;
    for (std::size_t i = 0; i + 1 < first.size(); ++i) {
      major.insert(major.end(), first[i + 1] - first[i], static_cast<std::int64_t>(i));
    }
    out.row = format == SPC_CSR ? major : second;
    out.col = format == SPC_CSR ? second : major;
  }
  out.sort();
  return out;
}

std::vector<std::int64_t> integers(const HostArray &a) {
  std::vector<std::int64_t> values(a.size());
  for (std::int64_t i = 0; i < a.size(); ++i) values[i] = a.integer(i);
  return values;
}

Entries entries_of(spc_array array) {
  Array first, second, data;
  check(spc_sparse_parts(array, first.out(), second.out(), data.out()));
  return entries(get<std::int32_t>(spc_sparse_format, array), shape_of(array),
                 integers(read(first.get())), integers(read(second.get())), read(data.get()));
}

void require_same_entries(const Entries &a, const Entries &e, const Rule &rule) {
  if (a.format != e.format) throw Mismatch("another sparse format than expected");
  if (a.row.size() != e.row.size()) {
    throw Mismatch(fmt::format("{} stored entries, expected {}", a.row.size(), e.row.size()));
  }
  for (std::size_t i = 0; i < a.row.size(); ++i) {
    if (a.row[i] == e.row[i] && a.col[i] == e.col[i]) continue;
    throw Mismatch(fmt::format("a stored entry is at ({}, {}), expected at ({}, {})", a.row[i],
                               a.col[i], e.row[i], e.col[i]));
  }
  require_same_values(a.data, e.data, rule, "value of sorted entry");
}

void compare_sparse(spc_array array, const Json &expected, const Rule &rule) {
  const Entries a = entries_of(array);
  require_same_meta(a.data.dtype, a.shape, expected);
  const auto [first, second] = sparse_indices(expected);
  const auto &values = expected.at("data");
  require_same_entries(
      a,
      entries(
          sparse_format(expected.at("format")), a.shape, first.get<std::vector<std::int64_t>>(),
          second.get<std::vector<std::int64_t>>(),
          parse_array(expected.at("dtype"), {static_cast<std::int64_t>(values.size())}, values)),
      rule);
}

// At least 1, the size of the operands: sums may cancel.
double largest(const HostArray &a) {
  double most = 1;
  for (std::int64_t i = 0; i < a.size(); ++i) {
    const double size = std::abs(a.number(i));
    if (std::isfinite(size)) most = std::max(most, size);
  }
  return most;
}

Rule rule_of(Closeness closeness, const HostArray &expected) {
  if (!expected.is_floating()) return {0, 0};
  return {closeness.tolerance, closeness.tolerance * largest(expected)};
}

void require_same_meta(const HostArray &a, const std::vector<std::int64_t> &shape,
                       const HostArray &e, const std::vector<std::int64_t> &want_shape) {
  if (a.dtype != e.dtype) {
    throw Mismatch(
        fmt::format("dtype is {}, expected {}", dtype_name(a.dtype), dtype_name(e.dtype)));
  }
  if (shape != want_shape) {
    throw Mismatch(
        fmt::format("shape is {}, expected {}", shape_text(shape), shape_text(want_shape)));
  }
}

void compare_one(const Output &output, const Json &expected, const Rule &rule) {
  if (const auto *host = std::get_if<Json>(&output)) {
    if (*host != expected) {
      throw Mismatch("result is " + host->dump() + ", expected " + expected.dump());
    }
    return;
  }
  const spc_array array = std::get<Array>(output).get();
  const bool sparse = get<std::int32_t>(spc_value_kind, array) == SPC_VALUE_SPARSE;
  const auto &kind = expected.at("kind").get_ref<const std::string &>();
  if (kind != (sparse ? "sparse" : "array")) {
    throw Mismatch(
        fmt::format("result is {} array, {} expected", sparse ? "a sparse" : "a dense", kind));
  }
  if (sparse) {
    compare_sparse(array, expected, rule);
  } else {
    compare_dense(read(array), expected, rule);
  }
}

}  // namespace

void Entries::sort() {
  const auto order =
      sorted_positions(static_cast<std::int64_t>(row.size()), [this](auto i, auto j) {
        if (row[i] != row[j]) return row[i] < row[j];
        if (col[i] != col[j]) return col[i] < col[j];
        return value_before(data, i, j);
      });
  Entries other{format, shape, {}, {}, permuted(data, order)};
  for (const auto i : order) {
    other.row.push_back(row[i]);
    other.col.push_back(col[i]);
  }
  *this = std::move(other);
}

Snapshot snapshot(const Output &output) {
  if (const auto *host = std::get_if<Json>(&output)) return *host;
  const spc_array array = std::get<Array>(output).get();
  if (get<std::int32_t>(spc_value_kind, array) == SPC_VALUE_SPARSE) return entries_of(array);
  return read(array);
}

void require_same(const Snapshot &actual, const Snapshot &expected, Closeness closeness) {
  if (actual.index() != expected.index()) throw Mismatch("another kind of result than expected");
  if (const auto *host = std::get_if<Json>(&expected)) {
    const auto &got = std::get<Json>(actual);
    if (got != *host) throw Mismatch("result is " + got.dump() + ", expected " + host->dump());
  } else if (const auto *sparse = std::get_if<Entries>(&expected)) {
    const auto &got = std::get<Entries>(actual);
    require_same_meta(got.data, got.shape, sparse->data, sparse->shape);
    require_same_entries(got, *sparse, rule_of(closeness, sparse->data));
  } else {
    const auto &got = std::get<HostArray>(actual), &want = std::get<HostArray>(expected);
    require_same_meta(got, got.shape, want, want.shape);
    require_same_values(got, want, rule_of(closeness, want), "element");
  }
}

void read_all(const std::vector<Output> &outputs) {
  for (const auto &output : outputs) {
    const auto *array = std::get_if<Array>(&output);
    if (!array) continue;
    if (get<std::int32_t>(spc_value_kind, array->get()) != SPC_VALUE_SPARSE) {
      read(array->get());
      continue;
    }
    Array data;
    check(spc_sparse_parts(array->get(), nullptr, nullptr, data.out()));
    read(data.get());
  }
}

void compare(const std::vector<Output> &outputs, const Json &spec) {
  const Json &expected = spec.at("outputs");
  if (outputs.size() != expected.size()) {
    throw Mismatch(fmt::format("{} results, expected {}", outputs.size(), expected.size()));
  }
  const Json &check = spec.at("check");
  const auto &kind = check.at("kind").get_ref<const std::string &>();
  Rule rule(check);
  if (kind == "eig") rule.values = false;  // in any order: compared as multisets below
  for (std::size_t i = 0; i < outputs.size(); ++i) compare_one(outputs[i], expected.at(i), rule);
  if (kind != "eigh" && kind != "svd" && kind != "eig") return;

  const Json &input = spec.at("inputs").at(0);
  const HostArray a = parse_array(input.at("dtype"), input.at("shape"), input.at("data"));
  std::vector<HostArray> parts;
  for (const auto &output : outputs) parts.push_back(read(std::get<Array>(output).get()));
  const double tolerance = parse_number(check.at("atol_res"));
  if (kind == "svd") return require_svd(a, parts.at(0), parts.at(1), parts.at(2), tolerance);
  if (kind == "eigh") return require_eigh(a, parts.at(0), parts.at(1), tolerance);
  const auto &w = parts.at(0);
  require_same_multisets(
      w, parse_array(expected.at(0).at("dtype"), w.shape, expected.at(0).at("data")),
      [&rule](Complex value, Complex want) { return rule.same(value, want); });
  require_eig(a, w, parts.at(1), tolerance);
}

}  // namespace cmd::conform
