// SPDX-License-Identifier: Apache-2.0
// What a result is: its dtype, its values against family reference, and that it depends on nothing
// but the operands.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "tools/spacecore/conform/bench.hpp"
#include "tools/spacecore/conform/decompositions.hpp"

namespace cmd::conform {
namespace {

// ---- dtypes -------------------------------------------------------------------------------------

// What takes part in a join: dtypes, and the highest kind of the weak scalars.
struct Operands {
  std::vector<std::int32_t> strong;
  int weak = -1;

  void add(const Json &arg) {
    const auto &kind = arg.at("kind").get_ref<const std::string &>();
    if (kind == "array" || kind == "sparse") strong.push_back(dtype_of(arg.at("dtype")));
    if (kind == "list") {
      for (const auto &item : arg.at("items")) add(item);
    }
    if (kind != "weak") return;
    const auto &type = arg.at("type").get_ref<const std::string &>();
    weak = std::max(weak, type == "bool" ? 0 : type == "int" ? 1 : type == "float" ? 2 : 3);
  }
};

int kind_of(std::int32_t dtype) {
  return dtype == SPC_BOOL ? 0 : dtype < SPC_FLOAT32 ? 1 : dtype < SPC_COMPLEX64 ? 2 : 3;
}

// The join of the specification in closed form, not that of the library.
std::int32_t join(const std::vector<std::int32_t> &dtypes) {
  const auto any = [&](auto... wanted) {
    return std::any_of(dtypes.begin(), dtypes.end(),
                       [&](auto d) { return ((d == wanted) || ...); });
  };
  const bool wide = any(SPC_INT32, SPC_INT64, SPC_FLOAT64, SPC_COMPLEX128);
  if (any(SPC_COMPLEX64, SPC_COMPLEX128)) return wide ? SPC_COMPLEX128 : SPC_COMPLEX64;
  if (any(SPC_FLOAT32, SPC_FLOAT64)) return wide ? SPC_FLOAT64 : SPC_FLOAT32;
  if (any(SPC_INT64)) return SPC_INT64;
  if (any(SPC_INT32) || (any(SPC_INT8) && any(SPC_UINT8))) return SPC_INT32;
  return any(SPC_INT8) ? SPC_INT8 : any(SPC_UINT8) ? SPC_UINT8 : SPC_BOOL;
}

std::int32_t join(const Operands &operands) {
  constexpr std::int32_t kAlone[] = {SPC_BOOL, SPC_INT64, SPC_FLOAT64, SPC_COMPLEX128};
  if (operands.strong.empty()) return kAlone[operands.weak];
  const auto strong = join(operands.strong);
  if (operands.weak <= kind_of(strong)) return strong;
  if (operands.weak == 3 && strong == SPC_FLOAT32) return SPC_COMPLEX64;
  return kAlone[operands.weak];
}

std::int32_t floating(std::int32_t dtype) {
  return dtype < SPC_FLOAT32 ? std::int32_t{SPC_FLOAT64} : dtype;
}
std::int32_t real_of(std::int32_t dtype) {
  return dtype == SPC_COMPLEX64 ? SPC_FLOAT32 : dtype == SPC_COMPLEX128 ? SPC_FLOAT64 : dtype;
}
std::int32_t complex_of(std::int32_t dtype) {
  return dtype == SPC_FLOAT32 || dtype == SPC_COMPLEX64 ? SPC_COMPLEX64 : SPC_COMPLEX128;
}

// The operands of which the dtype is a function.
Operands operands_of(const OpRow &op, const Json &spec) {
  Operands operands;
  const auto &inputs = spec.at("inputs");
  const bool first_only = op.rule == "K" || op.signature == "GETITEM" || op.signature == "TAKE";
  for (std::size_t i = op.signature == "WHERE" ? 1 : 0; i < inputs.size(); ++i) {
    operands.add(inputs[i]);
    if (first_only) break;
  }
  return operands;
}

// dtypes of the results by the rule column of the op table; empty for verdicts.
std::vector<std::int32_t> expected_dtypes(const OpRow &op, const Json &spec) {
  const auto &attrs = spec.at("attrs");
  const bool asked = attrs.contains("dtype") && !attrs["dtype"].is_null();
  if (op.signature == "ALLCLOSE" || op.signature == "ALLCLOSE_SPARSE") return {};
  if (asked) return {dtype_of(attrs["dtype"])};
  if (op.signature == "CONSTANT") return {SPC_FLOAT64};

  Operands operands = operands_of(op, spec);
  if (op.signature == "FACTOR_SOLVE") operands.strong.erase(operands.strong.begin() + 1);
  if (op.name == "solve" || op.signature == "FACTOR_SOLVE" || op.signature == "TRIANGULAR") {
    for (auto &dtype : operands.strong) dtype = floating(dtype);
  }
  const auto p = join(operands);
  if (op.signature == "PROGRAM") {
    // The vectors that are written, then the sums if there are any.
    std::set<std::int32_t> written;
    std::size_t results = 0;
    for (const Json &row : attrs.at("instructions")) {
      if (row.at(0) >= SPC_PROGRAM_DOT) {
        results = 1;
      } else {
        written.insert(row.at(1).get<std::int32_t>());
      }
    }
    return std::vector<std::int32_t>(written.size() + results, p);
  }
  if (op.name == "power" && operands.strong == std::vector<std::int32_t>{SPC_BOOL, SPC_BOOL}) {
    return {SPC_INT8};
  }
  // A weak bool is a bool of power: its own weakness does not show.
  if (op.name == "power" && p == SPC_BOOL) return {SPC_INT8};
  if (op.name == "square" && p == SPC_BOOL) return {SPC_INT8};
  if (op.name == "eigh") return {real_of(floating(p)), floating(p)};
  if (op.signature == "LU") return {floating(p), SPC_INT64};
  if (op.name == "eig") return {complex_of(floating(p)), complex_of(floating(p))};
  if (op.name == "svd") return {floating(p), real_of(floating(p)), floating(p)};
  if (op.name == "logsumexp" && attrs.value("return_sign", false)) {
    return {real_of(floating(p)), floating(p)};
  }
  if (op.name == "ix_") {
    const auto own = p == SPC_BOOL ? std::int32_t{SPC_INT64} : p;
    return std::vector<std::int32_t>(spec.at("inputs").at(0).at("items").size(), own);
  }
  if (op.name == "nonzero") {
    return std::vector<std::int32_t>(spec.at("inputs").at(0).at("shape").size(), SPC_INT64);
  }
  if (op.name == "linspace") return {p >= SPC_COMPLEX64 ? SPC_COMPLEX128 : SPC_FLOAT64};
  if (op.name == "full_like") return {dtype_of(spec.at("inputs").at(0).at("dtype"))};
  if (op.rule == "B") return {SPC_BOOL};
  if (op.rule == "I") return {SPC_INT64};
  if (op.rule == "F" || op.rule == "FP") return {floating(p)};
  if (op.rule == "R") return {real_of(p)};
  if (op.rule == "RF") return {real_of(floating(p))};
  if (op.rule == "A") return {p < SPC_FLOAT32 ? std::int32_t{SPC_INT64} : p};
  return {p};
}

std::int32_t dtype_of_result(const Output &output) {
  return get<std::int32_t>(spc_array_dtype, std::get<Array>(output).get());
}

void result_dtype(Bench &bench) {
  bench.each_case([&](const OpRow &op, const Case &one, const std::string &label) {
    bench.test(
        std::string(op.name), label,
        [&] {
          const auto expected = expected_dtypes(op, one.spec);
          if (expected.empty()) return;
          Prepared prepared(one.spec, bench.context());
          prepared.run();
          const auto &outputs = prepared.call.forms.at(0);
          if (outputs.size() != expected.size()) {
            throw Mismatch(fmt::format("{} results, expected {}", outputs.size(), expected.size()));
          }
          for (std::size_t i = 0; i < expected.size(); ++i) {
            const auto dtype = dtype_of_result(outputs[i]);
            if (dtype == expected[i]) continue;
            throw Mismatch(fmt::format("dtype of result {} is {}, rule {} gives {}", i,
                                       dtype_name(dtype), op.rule, dtype_name(expected[i])));
          }
        },
        &one.spec);
  });
}

// ---- values -------------------------------------------------------------------------------------

// The defining identities, and what is unique: eigenvalues and singular values as reference has
// them, in order where there is one.
void require_decomposition(const OpRow &op, const Json &spec, const std::vector<Snapshot> &actual,
                           const std::vector<Snapshot> &expected) {
  const auto part = [](const std::vector<Snapshot> &all, std::size_t i) -> const HostArray & {
    return std::get<HostArray>(all.at(i));
  };
  const Json &input = spec.at("inputs").at(0);
  const HostArray a = parse_array(input.at("dtype"), input.at("shape"), input.at("data"));
  const bool svd = op.signature == "SVD";
  const auto &values = part(actual, svd ? 1 : 0), &want = part(expected, svd ? 1 : 0);
  const bool single = values.dtype == SPC_FLOAT32 || values.dtype == SPC_COMPLEX64;
  const double tolerance = single ? 1e-4 : 1e-10;
  if (op.signature == "EIG") {
    require_same_multisets(values, want, [&](auto x, auto y) {
      return std::abs(x - y) <= tolerance * 100 * (1 + std::abs(y));
    });
    require_eig(a, values, part(actual, 1), tolerance);
    return;
  }
  require_same(values, want, {tolerance * 10});
  if (svd) return require_svd(a, part(actual, 0), values, part(actual, 2), tolerance);
  require_eigh(a, values, part(actual, 1), tolerance);
}

void equals_reference(Bench &bench) {
  bench.each_case([&](const OpRow &op, const Case &one, const std::string &label) {
    // An array without contents has no values.
    if (op.name == "empty") return;
    const bool self = bench.family() == "reference";
    if (self && !is_decomposition(op)) return;
    bench.test(
        std::string(op.name), label,
        [&] {
          const auto actual = results_of(one.spec, bench.context());
          const auto expected = self ? actual : results_of(one.spec, bench.reference());
          if (is_decomposition(op)) {
            require_decomposition(op, one.spec, actual, expected);
          } else {
            require_same(actual, expected, op);
          }
        },
        &one.spec);
  });
}

void any_layout(Bench &bench) {
  bench.each_case([&](const OpRow &op, const Case &one, const std::string &label) {
    if (!one.every_property || is_decomposition(op) || !bench.strided()) return;
    for (const std::string layout : {"F", "step2", "negative", "offset", "bcast"}) {
      Json spec = one.spec;
      // Equal rows make a matrix singular.
      if (layout == "bcast" && (op.name == "solve" || op.name == "inv" || op.name == "cholesky" ||
                                op.signature == "FACTOR_SOLVE" || op.signature == "TRIANGULAR")) {
        continue;
      }
      if (!set_layout(spec, layout)) continue;
      bench.test(
          std::string(op.name), label + '/' + layout,
          [&] {
            Json plain = spec;
            set_layout(plain, "C");
            const auto expected = results_of(plain, bench.context());
            Prepared prepared(spec, bench.context());
            prepared.run();
            require_same(prepared.results(), expected, op);
            prepared.arguments.require_unchanged();
          },
          &spec);
    }
  });
}

// Restores what the library decides by itself.
struct Threads {
  explicit Threads(std::int32_t n) { check(spc_set_num_threads(n)); }
  Threads(const Threads &) = delete;
  Threads &operator=(const Threads &) = delete;
  ~Threads() { spc_set_num_threads(0); }
};

// Enough elements that a kernel may split its work: along the last axis, so that operands still fit,
// or for products of matrices along all of them.
Json enlarged(const OpRow &op, Json spec) {
  std::uint64_t seed = 1;
  const std::function<void(Json &)> visit = [&](Json &arg) {
    if (arg.at("kind") == "list") {
      for (auto &item : arg["items"]) visit(item);
    }
    if (arg.at("kind") != "array" || arg.at("shape").empty()) return;
    arg.erase("data");
    arg["seed"] = ++seed;
    auto &shape = arg["shape"];
    const auto enlarge = [](Json &n, std::int64_t factor) {
      if (n != 1) n = n.get<std::int64_t>() * factor;
    };
    if (op.signature == "MATMUL") {
      for (auto &n : shape) enlarge(n, 48);
    } else {
      enlarge(shape.back(), 2304);
    }
  };
  for (auto &input : spec["inputs"]) visit(input);
  return spec;
}

bool grows(const OpRow &op, const Case &one) {
  static const std::vector<std::string_view> signatures = {
      "UNARY", "BINARY", "REDUCE", "REDUCE_AS", "LOGSUMEXP", "ARG",      "AXIS", "NORM",
      "WHERE", "CLIP",   "AXPBY",  "MATMUL",    "ISCLOSE",   "ALLCLOSE", "CAST"};
  static const std::vector<std::string_view> no = {
      "solve", "inv", "expm", "kron", "outer", "dot", "sparse_matmul", "power", "prod"};
  const auto in = [](const auto &list, std::string_view name) {
    return std::find(list.begin(), list.end(), name) != list.end();
  };
  if (op.name == "norm" && one.spec["attrs"].contains("ord")) return false;
  return in(signatures, op.signature) && !in(no, op.name) &&
         (one.label == "matrix" || one.label == "all" || one.label == "first" ||
          one.label == "last" || one.label == "square" || one.label == "default");
}

void require_same_for_threads(Bench &bench, const OpRow &op, const Json &spec,
                              const std::string &label) {
  bench.test(
      std::string(op.name), label,
      [&] {
        std::vector<Snapshot> expected;
        {
          const Threads alone(1);
          expected = results_of(spec, bench.context());
        }
        for (const std::int32_t n : {2, 5}) {
          const Threads several(n);
          require_same(results_of(spec, bench.context()), expected, op, true);
        }
      },
      &spec);
}

// One large system and many small ones, all of them well conditioned.
void factorisations_with_threads(Bench &bench, const OpRow &op) {
  const bool second = op.name == "solve";
  for (std::int32_t dtype = SPC_FLOAT32; dtype < SPC_DTYPE_COUNT; ++dtype) {
    for (const std::vector<std::int64_t> &shape :
         {std::vector<std::int64_t>{80, 80}, std::vector<std::int64_t>{24, 12, 12}}) {
      Json a = {{"kind", "array"}, {"dtype", dtype_name(dtype)}, {"shape", shape}, {"seed", 5}};
      Json inputs = {a};
      inputs[0]["diagonal"] = op.name == "expm" ? 0.0 : 400.0;
      if (second) inputs.push_back(a);
      const Json spec = {{"op", op.name}, {"inputs", inputs}, {"attrs", Json::object()}};
      require_same_for_threads(bench, op, spec,
                               dtype_name(dtype) + (shape.size() == 2 ? "/large" : "/stack"));
    }
  }
}

void any_number_of_threads(Bench &bench) {
  bench.each_case([&](const OpRow &op, const Case &one, const std::string &label) {
    if (grows(op, one)) require_same_for_threads(bench, op, enlarged(op, one.spec), label);
  });
  if (!bench.strided()) return;
  for (const char *name : {"solve", "inv", "cholesky", "eigh", "eigvalsh", "eig", "svd", "expm"}) {
    factorisations_with_threads(bench, *find_op(name));
  }
}

bool any_sparse(const Json &spec) {
  const auto &inputs = spec.at("inputs");
  return std::any_of(inputs.begin(), inputs.end(), holds_sparse);
}

void any_index_width(Bench &bench) {
  bench.each_case([&](const OpRow &op, const Case &one, const std::string &label) {
    if (!any_sparse(one.spec)) return;
    bench.test(
        std::string(op.name), label,
        [&] {
          Prepared narrow(one.spec, bench.context()), wide(one.spec, bench.context(), SPC_INT64);
          narrow.run();
          wide.run();
          require_same(wide.results(), narrow.results(), op, true);
        },
        &one.spec);
  });
}

}  // namespace

std::vector<Property> result_properties() {
  return {
      {"dtype", "The dtype of a result follows from those of the operands by the op's rule.",
       result_dtype},
      {"equals-reference",
       "Results are those of family reference: bit for bit where the op moves, compares, counts or "
       "works on integers, else within a tolerance; decompositions satisfy their definition.",
       equals_reference},
      {"layout",
       "Column-major, strided, backward, offset and broadcast operands give the result of "
       "contiguous ones, and neither they nor the memory between their elements change.",
       any_layout},
      {"index-width", "Sparse operands with int32 and int64 indices give the same.",
       any_index_width},
      {"threads", "Results are bit for bit the same for any number of threads.",
       any_number_of_threads}};
}

}  // namespace cmd::conform
