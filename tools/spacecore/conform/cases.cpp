// SPDX-License-Identifier: Apache-2.0
#include "tools/spacecore/conform/cases.hpp"

#include <algorithm>
#include <array>
#include <unordered_map>

#include "tools/spacecore/support.hpp"

namespace cmd::conform {
namespace {

using Shape = std::vector<std::int64_t>;

bool is_integer(std::int32_t dtype) {
  return dtype > SPC_BOOL && dtype < SPC_FLOAT32;
}
bool is_floating(std::int32_t dtype) {
  return dtype >= SPC_FLOAT32;
}
bool is_complex(std::int32_t dtype) {
  return dtype >= SPC_COMPLEX64;
}

template <std::size_t N>
bool among(std::string_view name, const std::array<const char *, N> &names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

Json array_arg(const HostArray &values) {
  return {{"kind", "array"},
          {"dtype", dtype_name(values.dtype)},
          {"shape", values.shape},
          {"data", data_of(values)}};
}

Json weak(const char *type, Json value) {
  return {{"kind", "weak"}, {"type", type}, {"value", std::move(value)}};
}

// A weak scalar that joins every dtype of the kind of `dtype` without widening it.
Json weak_of(std::int32_t dtype) {
  if (dtype == SPC_BOOL) return weak("bool", true);
  if (is_complex(dtype)) return weak("complex", Json::array({0.5, -1.25}));
  if (is_floating(dtype)) return weak("float", 1.75);
  return weak("int", 3);
}

Json none() {
  return {{"kind", "none"}};
}

Json list_of(Json items) {
  return {{"kind", "list"}, {"items", std::move(items)}};
}

Json integers(const std::vector<std::int64_t> &values) {
  return {{"kind", "array"},
          {"dtype", "int64"},
          {"shape", Json::array({values.size()})},
          {"data", values}};
}

Json mask(const std::vector<bool> &values) {
  return {{"kind", "array"},
          {"dtype", "bool"},
          {"shape", Json::array({values.size()})},
          {"data", values}};
}

// Values of which every operation on reals makes something else.
Json special_values(std::int32_t dtype) {
  const Json values = {0.0, -0.0, 1.0, -1.0, "nan", "inf", "-inf", 0.5, -2.5, 3e38};
  return {{"kind", "array"},
          {"dtype", dtype_name(dtype)},
          {"shape", Json::array({values.size()})},
          {"data", values}};
}

class Maker {
 public:
  Maker(const OpRow &op, std::int32_t dtype)
      : op_(op), dtype_(dtype), seed_(op.opcode * 100 + dtype) {}

  std::vector<Case> take() { return std::move(cases_); }

  // Fills in the cases; nothing for an op that refuses the dtype.
  void make() {
    using Fill = void (Maker::*)();
    static const std::unordered_map<std::string_view, Fill> fills = {
        {"CONSTANT", &Maker::constant},
        {"CREATE", &Maker::create},
        {"FULL", &Maker::full},
        {"FULL_LIKE", &Maker::full_like},
        {"EYE", &Maker::eye},
        {"ARANGE", &Maker::arange},
        {"LINSPACE", &Maker::linspace},
        {"ASARRAY", &Maker::asarray},
        {"CAST", &Maker::cast},
        {"UNARY", &Maker::unary},
        {"VIEW", &Maker::view},
        {"SHAPE", &Maker::shape},
        {"AXES", &Maker::axes},
        {"AXIS_PAIR", &Maker::axis_pair},
        {"MOVEAXIS", &Maker::moveaxis},
        {"STACK", &Maker::stack},
        {"CONCATENATE", &Maker::stack},
        {"ARRAYS", &Maker::stack},
        {"TUPLE_OF_ARRAYS", &Maker::mesh},
        {"GETITEM", &Maker::getitem},
        {"TAKE", &Maker::take_op},
        {"INDEX_UPDATE", &Maker::index_update},
        {"BINARY", &Maker::binary},
        {"ISCLOSE", &Maker::close},
        {"ALLCLOSE", &Maker::close},
        {"ALLCLOSE_SPARSE", &Maker::close_sparse},
        {"WHERE", &Maker::where},
        {"CLIP", &Maker::clip},
        {"REDUCE", &Maker::reduce},
        {"REDUCE_AS", &Maker::reduce},
        {"LOGSUMEXP", &Maker::logsumexp},
        {"ARG", &Maker::axis},
        {"AXIS", &Maker::axis},
        {"NONZERO", &Maker::nonzero},
        {"BINCOUNT", &Maker::bincount},
        {"NORM", &Maker::norm},
        {"MATMUL", &Maker::matmul},
        {"TENSORDOT", &Maker::tensordot},
        {"EINSUM", &Maker::einsum},
        {"OPTIONS", &Maker::hermitian},
        {"EIGH", &Maker::hermitian},
        {"EIG", &Maker::eig},
        {"SVD", &Maker::svd},
        {"LU", &Maker::eig},
        {"FACTOR_SOLVE", &Maker::factor_solve},
        {"TRIANGULAR", &Maker::triangular},
        {"ASSPARSE", &Maker::assparse},
        {"AXPBY", &Maker::axpby},
        {"PROGRAM", &Maker::program}};
    if (refuses_bool() && dtype_ == SPC_BOOL) return;
    (this->*fills.at(op_.signature))();
  }

 private:
  bool refuses_bool() const {
    return among(op_.name, std::array{"negative", "sign", "subtract", "bincount"});
  }

  HostArray values(const Shape &shape) { return values(dtype_, shape); }
  HostArray values(std::int32_t dtype, const Shape &shape) {
    return random_array(dtype, shape, ++seed_);
  }
  Json array(const Shape &shape) { return array_arg(values(shape)); }
  Json array(std::int32_t dtype, const Shape &shape) { return array_arg(values(dtype, shape)); }

  // The elements at least 1, so that powers and products stay in range.
  Json positive(std::int32_t dtype, const Shape &shape) {
    Json arg = array(dtype, shape);
    for (auto &value : arg["data"]) {
      if (value.is_boolean()) continue;
      if (value.is_array()) {
        value[0] = 1 + std::abs(value[0].get<double>());
      } else if (value.is_number_float()) {
        value = 1 + std::abs(value.get<double>());
      } else {
        value = 1 + std::abs(value.get<std::int64_t>()) % 3;
      }
    }
    return arg;
  }

  // Square matrices, Hermitian with a large diagonal: positive definite, well conditioned. The
  // upper triangle is kept as it is if only the lower one counts.
  Json definite(std::int32_t dtype, const Shape &shape, bool symmetric = true) {
    Json arg = array(dtype, shape);
    const auto n = shape.back();
    auto &data = arg["data"];
    const std::int64_t stack = product(shape) / (n * n);
    for (std::int64_t m = 0; m < stack; ++m) {
      for (std::int64_t i = 0; i < n; ++i) {
        for (std::int64_t j = 0; j <= i; ++j) {
          auto &low = data[(m * n + i) * n + j];
          if (i == j) {
            low = dtype == SPC_BOOL    ? Json(true)
                  : is_complex(dtype)  ? Json::array({40.0 + 3.0 * i, 0.0})
                  : is_floating(dtype) ? Json(40.0 + 3.0 * i)
                                       : Json(40 + 3 * i);
          } else {
            if (dtype == SPC_BOOL) low = false;
            if (!symmetric) continue;
            auto &high = data[(m * n + j) * n + i];
            high = low;
            if (low.is_array()) high[1] = -low[1].get<double>();
          }
        }
      }
    }
    return arg;
  }

  Json sparse(const char *format, std::int32_t dtype, std::int64_t rows, std::int64_t cols) {
    std::vector<std::int64_t> row, col;
    for (std::int64_t i = 0; i < rows; ++i) {
      for (std::int64_t j = (i + 1) % 2; j < cols; j += 2) {
        row.push_back(i);
        col.push_back(j);
      }
    }
    const bool by_column = std::string_view(format) == "csc";
    Json arg = {{"kind", "sparse"},
                {"format", format},
                {"dtype", dtype_name(dtype)},
                {"shape", {rows, cols}}};
    const auto count = static_cast<std::int64_t>(row.size());
    arg["data"] = data_of(values(dtype, {count}));
    if (std::string_view(format) == "coo") {
      arg["row"] = row;
      arg["col"] = col;
      return arg;
    }
    // The pattern is symmetric for a square matrix only, so columns are sorted anew.
    std::vector<std::pair<std::int64_t, std::int64_t>> entries;
    for (std::int64_t k = 0; k < count; ++k) {
      entries.emplace_back(by_column ? col[k] : row[k], by_column ? row[k] : col[k]);
    }
    std::sort(entries.begin(), entries.end());
    std::vector<std::int64_t> pointers((by_column ? cols : rows) + 1, 0), indices;
    for (const auto &[major, minor] : entries) {
      ++pointers[major + 1];
      indices.push_back(minor);
    }
    for (std::size_t i = 1; i < pointers.size(); ++i) pointers[i] += pointers[i - 1];
    arg["indptr"] = pointers;
    arg["indices"] = indices;
    return arg;
  }

  void add(const std::string &label, Json inputs, Json attrs = Json::object(), bool every = true) {
    cases_.push_back(
        {label,
         {{"op", op_.name}, {"inputs", std::move(inputs)}, {"attrs", std::move(attrs)}},
         every});
  }
  void add_values_only(const std::string &label, Json inputs, Json attrs = Json::object()) {
    add(label, std::move(inputs), std::move(attrs), false);
  }

  // One case for each other dtype.
  template <class Fn>
  void with_other_dtypes(Fn fn) {
    for (std::int32_t other = 0; other < SPC_DTYPE_COUNT; ++other) {
      if (other == dtype_) continue;
      const std::size_t first = cases_.size();
      fn("with-" + dtype_name(other), other);
      for (std::size_t i = first; i < cases_.size(); ++i) cases_[i].mixed = true;
    }
  }

  Json dtype_attr() const { return {{"dtype", dtype_name(dtype_)}}; }

  void constant() {
    if (dtype_ == SPC_FLOAT64) add("constant", Json::array());
  }

  void create() {
    for (const Shape &shape : {Shape{2, 3}, Shape{}, Shape{0, 2}}) {
      Json attrs = dtype_attr();
      attrs["shape"] = shape;
      add(shape_text(shape), Json::array(), attrs);
    }
  }

  void full() {
    Json attrs = dtype_attr();
    attrs["shape"] = {2, 3};
    add("weak", {weak_of(dtype_)}, attrs);
    attrs.erase("dtype");
    add("array", {array({})}, attrs);
  }

  void full_like() {
    add("weak", {array({2, 3}), weak_of(dtype_)});
    add_values_only("empty", {array({0, 3}), weak_of(dtype_)});
  }

  void eye() {
    Json attrs = dtype_attr();
    attrs["n"] = 3;
    add("square", Json::array(), attrs);
    attrs["m"] = 5;
    add("wide", Json::array(), attrs);
  }

  void arange() {
    if (dtype_ == SPC_BOOL) return;
    add("integers", {weak("int", 1), weak("int", 9), weak("int", 2)}, dtype_attr());
    if (is_floating(dtype_)) {
      add("floats", {weak("float", 3.5), weak("float", 1.0), weak("float", -0.5)}, dtype_attr());
    }
  }

  void linspace() {
    if (dtype_ == SPC_FLOAT64) add("real", {weak("float", -1.5), weak("int", 2)}, {{"num", 8}});
    if (dtype_ == SPC_COMPLEX128) {
      add("complex", {weak_of(dtype_), weak("int", 2)}, {{"num", 5}});
    }
  }

  void asarray() {
    add("array", {array({2, 3})});
    add("list",
        {list_of({list_of({weak_of(dtype_), weak_of(dtype_)}),
                  list_of({weak_of(dtype_), weak_of(dtype_)})})},
        dtype_attr());
    add("sparse", {sparse("csr", dtype_, 3, 4)});
    with_other_dtypes([&](const std::string &label, std::int32_t other) {
      if (is_complex(other) && !is_complex(dtype_)) return;
      add_values_only(label, {array(other, {2, 3})}, dtype_attr());
    });
  }

  void cast() {
    add("matrix", {array({3, 4})}, dtype_attr());
    add("default", {array({5})});
    add("empty", {array({0, 3})}, dtype_attr());
    with_other_dtypes([&](const std::string &label, std::int32_t other) {
      if (is_complex(other) && !is_complex(dtype_)) return;
      // Negative floats are outside of the range of unsigned integers.
      const bool unspecified = dtype_ == SPC_UINT8 && is_floating(other);
      add_values_only(label, {unspecified ? positive(other, {3, 4}) : array(other, {3, 4})},
                      dtype_attr());
    });
  }

  void unary() {
    if (op_.name == "inv" || op_.name == "expm") {
      const bool small = op_.name == "expm";
      add("matrix", {small ? array({3, 3}) : definite(dtype_, {3, 3})});
      add("stack", {small ? array({2, 3, 3}) : definite(dtype_, {2, 4, 4})});
      return;
    }
    if (among(op_.name, std::array{"negative", "conj", "abs", "sign", "square", "sqrt", "sin",
                                   "imag", "adjoint"})) {
      with_sparse();
    }
    add("matrix", {array({3, 4})});
    add("vector", {array({5})});
    add("scalar", {array({})});
    add("empty", {array({0, 3})});
    add_values_only("long", {array({3, 67})});
    if (is_floating(dtype_) && !is_complex(dtype_)) {
      add_values_only("special", {special_values(dtype_)});
    }
  }

  // A sparse operand in every format.
  void with_sparse(Json attrs = Json::object()) {
    for (const char *format : {"csr", "csc", "coo"}) {
      add_values_only(std::string("sparse-") + format, {sparse(format, dtype_, 3, 4)}, attrs);
    }
  }

  void view() {
    if (op_.profile == "S") return with_sparse();
    if (among(op_.name, std::array{"real", "diagonal", "trace"})) with_sparse();
    if (op_.name == "diag") add("vector", {array({4})});
    add("matrix", {array({3, 4})});
    if (op_.name != "diag") add("stack", {array({3, 2, 4})});
    add("empty", {array({0, 3})});
  }

  void shape() {
    if (op_.name == "reshape") {
      add("matrix", {array({3, 4})}, {{"shape", {2, -1}}});
      add("vector", {array({3, 4})}, {{"shape", 12}});
      add("empty", {array({0, 3})}, {{"shape", {3, 0}}});
    } else {
      add("matrix", {array({3, 1})}, {{"shape", {2, 3, 4}}});
      add("scalar", {array({})}, {{"shape", {3}}});
    }
  }

  void axes() {
    if (op_.name == "transpose") {
      add("reversed", {array({2, 3, 4})});
      add("permuted", {array({2, 3, 4})}, {{"axes", {1, -1, 0}}});
    } else if (op_.name == "expand_dims") {
      add("ends", {array({3, 4})}, {{"axis", {0, -1}}});
    } else {
      add("all", {array({3, 1, 4, 1})});
      add("one", {array({3, 1, 4, 1})}, {{"axis", 1}});
    }
  }

  void axis_pair() { add("matrix", {array({2, 3, 4})}, {{"axis1", 0}, {"axis2", -1}}); }

  void moveaxis() { add("stack", {array({2, 3, 4})}, {{"source", 0}, {"destination", -1}}); }

  void stack() {
    const Shape shape = {3, 4};
    add("matrices", {list_of({array(shape), array(shape)})});
    if (op_.signature != "ARRAYS") {
      add("axis", {list_of({array(shape), array(shape), array(shape)})}, {{"axis", -1}});
    }
    with_other_dtypes([&](const std::string &label, std::int32_t other) {
      add_values_only(label, {list_of({array(shape), array(other, shape)})});
    });
  }

  void mesh() {
    if (is_floating(dtype_)) return;
    add("three", {list_of({array({3}), array({2}), array({4})})});
  }

  // Indices whose result has shape (2,) of a matrix (3, 4), or which is named.
  static std::vector<std::pair<std::string, Json>> indices() {
    const Json all = {{"slice", {nullptr, nullptr, nullptr}}};
    return {
        {"slices",
         Json::array({{{"slice", {0, 2, nullptr}}}, {{"slice", {nullptr, nullptr, -2}}}})},
        {"int", Json::array({{{"int", -1}}})},
        {"newaxis", Json::array({all, {{"newaxis", true}}, {{"ellipsis", true}}})},
        {"arrays", Json::array({{{"array", integers({2, 0})}}, {{"array", integers({1, -1})}}})},
        {"column", Json::array({all, {{"array", integers({3, 1, 1})}}})},
        {"mask", Json::array({{{"mask", mask({true, false, true})}}})}};
  }

  void getitem() {
    for (const auto &[label, index] : indices()) {
      add(label, {array({3, 4})}, {{"index", index}});
    }
    for (const auto &[label, index] : indices()) {
      if (label == "newaxis" || label == "arrays") continue;
      add_values_only("sparse-" + label, {sparse("csr", dtype_, 3, 4)}, {{"index", index}});
    }
  }

  void take_op() {
    add("axis", {array({3, 4}), integers({-1, 0, 2})}, {{"axis", 1}});
    add("flattened", {array({3, 4}), integers({11, 0, -12, 5})}, {{"axis", nullptr}});
    add_values_only("sparse", {sparse("csr", dtype_, 3, 4), integers({-1, 0, 2})}, {{"axis", 1}});
  }

  void index_update() {
    for (const auto &[label, index] : indices()) {
      for (const bool copy : {true, false}) {
        const std::string name = label + (copy ? "" : "-in-place");
        add(name, {array({3, 4}), weak_of(dtype_)}, {{"index", index}, {"copy", copy}}, copy);
      }
    }
    const Json repeated = Json::array({{{"array", integers({2, 0, 2, 2})}}});
    add("repeated", {array({3, 4}), array({4, 4})}, {{"index", repeated}});
    with_other_dtypes([&](const std::string &label, std::int32_t other) {
      if (is_complex(other) && !is_complex(dtype_)) return;
      const bool unspecified = dtype_ == SPC_UINT8 && is_floating(other);
      add_values_only(label,
                      {array({3, 4}), unspecified ? positive(other, {4, 4}) : array(other, {4, 4})},
                      {{"index", repeated}});
    });
  }

  void binary() {
    if (op_.name == "vdot") return pairs({6}, {2, 3});
    if (op_.name == "kron") {
      add_values_only("sparse", {sparse("csc", dtype_, 2, 3), sparse("csr", dtype_, 3, 2)});
      return pairs({2, 2}, {2, 3});
    }
    if (op_.name == "outer") return pairs({3}, {4});
    if (op_.name == "dot") {
      add("sparse", {sparse("csr", dtype_, 3, 4), array({4, 2})});
      return pairs({3, 4}, {4, 2});
    }
    if (op_.name == "sparse_matmul") return sparse_products();
    if (among(op_.name, std::array{"add", "subtract", "multiply"})) {
      for (const char *format : {"csr", "csc", "coo"}) {
        add_values_only(std::string("sparse-") + format,
                        {sparse(format, dtype_, 3, 4), sparse("csr", dtype_, 3, 4)});
      }
    }
    if (among(op_.name, std::array{"multiply", "divide"})) {
      add_values_only("sparse-column", {sparse("csr", dtype_, 3, 4), positive(dtype_, {3, 1})});
    }
    const bool power = op_.name == "power";
    const auto first = [&](const Shape &shape) {
      return power ? positive(dtype_, shape) : array(shape);
    };
    const auto second = [&](std::int32_t dtype, const Shape &shape) {
      return power ? positive(dtype, shape) : array(dtype, shape);
    };
    add("matrix", {first({3, 4}), second(dtype_, {3, 4})});
    add("broadcast", {first({3, 1}), second(dtype_, {1, 4})});
    add("rows", {first({3, 4}), second(dtype_, {4})});
    add("scalar", {first({3, 4}), second(dtype_, {})});
    add("weak", {first({3, 4}), weak_of(dtype_)});
    add("weak-first", {weak_of(dtype_), second(dtype_, {3, 4})});
    add_values_only("empty", {first({0, 4}), second(dtype_, {4})});
    add_values_only("long", {first({3, 67}), second(dtype_, {67})});
    if (is_floating(dtype_) && !is_complex(dtype_)) {
      Json column = special_values(dtype_);
      column["shape"] = {column["data"].size(), 1};
      add_values_only("special", {std::move(column), special_values(dtype_)});
    }
    with_other_dtypes([&](const std::string &label, std::int32_t other) {
      add_values_only(label, {first({3, 4}), second(other, {3, 1})});
    });
  }

  void pairs(const Shape &a, const Shape &b) {
    add("matrix", {array(a), array(b)});
    with_other_dtypes([&](const std::string &label, std::int32_t other) {
      add_values_only(label, {array(a), array(other, b)});
    });
  }

  void sparse_products() {
    for (const char *format : {"csr", "csc", "coo"}) {
      add(format, {sparse(format, dtype_, 3, 4), array({4, 2})});
      add(format + std::string("-vector"), {sparse(format, dtype_, 3, 4), array({4})});
    }
    with_other_dtypes([&](const std::string &label, std::int32_t other) {
      add_values_only(label, {sparse("csr", dtype_, 3, 4), array(other, {4})});
    });
  }

  void close() {
    add("matrix", {array({3, 4}), array({3, 4})}, {{"rtol", 0.1}, {"atol", 1.5}});
    const Json same = array({3, 4});
    add("same", {same, same});
    with_other_dtypes([&](const std::string &label, std::int32_t other) {
      add_values_only(label, {array({3, 4}), array(other, {4})}, {{"rtol", 0.5}, {"atol", 1.0}});
    });
  }

  void close_sparse() {
    const Json same = sparse("csr", dtype_, 3, 4);
    add("same", {same, same});
    add("different", {sparse("csr", dtype_, 3, 4), sparse("coo", dtype_, 3, 4)});
    with_other_dtypes([&](const std::string &label, std::int32_t other) {
      add_values_only(label, {sparse("csc", dtype_, 3, 4), sparse("csr", other, 3, 4)});
    });
  }

  void where() {
    add("matrix", {array(SPC_BOOL, {3, 4}), array({3, 4}), array({3, 4})});
    add("broadcast", {array(SPC_BOOL, {4}), array({3, 1}), weak_of(dtype_)});
    with_other_dtypes([&](const std::string &label, std::int32_t other) {
      add_values_only(label, {array(other, {3, 4}), array({3, 4}), array(other, {4})});
    });
  }

  void clip() {
    add("matrix", {array({3, 4}), array({4}), array({3, 1})});
    add("weak", {array({3, 4}), none(), weak_of(dtype_)});
    add("none", {array({3, 4}), none(), none()});
    with_other_dtypes([&](const std::string &label, std::int32_t other) {
      add_values_only(label, {array({3, 4}), array(other, {}), none()});
    });
  }

  void reduce() {
    const auto some = [&](const Shape &shape) {
      return op_.name == "prod" ? positive(dtype_, shape) : array(shape);
    };
    add("all", {some({3, 4})});
    add("first", {some({3, 4})}, {{"axis", 0}});
    add("last", {some({3, 4})}, {{"axis", -1}, {"keepdims", true}});
    add("pair", {some({2, 3, 4})}, {{"axis", {0, 2}}});
    add("no-axis", {some({3, 4})}, {{"axis", Json::array()}});
    if (among(op_.name, std::array{"sum", "min", "max"})) {
      with_sparse();
      add_values_only("sparse-first", {sparse("csr", dtype_, 3, 4)}, {{"axis", 0}});
    }
    add_values_only("long", {op_.name == "prod" ? some({31}) : some({3, 67})});
    add_values_only("kept-empty", {some({0, 3})}, {{"axis", 1}});
    if (op_.signature == "REDUCE_AS") {
      add_values_only("empty", {some({0, 3})});
      with_other_dtypes([&](const std::string &label, std::int32_t other) {
        // Wide sums of floats do not fit the small integers, which is unspecified.
        if (is_complex(dtype_) && !is_complex(other)) return;
        if (is_floating(dtype_) && !is_floating(other)) return;
        add_values_only(label, {some({3, 4})}, {{"dtype", dtype_name(other)}});
      });
    }
  }

  void logsumexp() {
    add("all", {array({3, 4})});
    add("last", {array({3, 4})}, {{"axis", -1}, {"keepdims", true}});
    add("weighted", {array({3, 4}), positive(SPC_FLOAT64, {4})}, {{"axis", 0}});
    add("sign", {array({3, 4}), array(SPC_FLOAT64, {4})}, {{"axis", 1}, {"return_sign", true}});
    with_other_dtypes([&](const std::string &label, std::int32_t other) {
      add_values_only(label, {array({3, 4}), positive(other, {4})}, {{"axis", 0}});
    });
  }

  void axis() {
    add("first", {array({3, 4})}, {{"axis", 0}});
    add("last", {array({3, 4})}, {{"axis", -1}});
    add_values_only("long", {array({2, 67})}, {{"axis", 1}});
    if (op_.signature == "ARG") {
      add("all", {array({3, 4})});
      add("kept", {array({3, 4})}, {{"axis", 0}, {"keepdims", true}});
    }
    if (is_floating(dtype_) && !is_complex(dtype_)) {
      add_values_only("special", {special_values(dtype_)}, {{"axis", 0}});
    }
  }

  void nonzero() {
    add("matrix", {array({3, 4})});
    add("empty", {array({0, 3})});
  }

  void bincount() {
    if (!is_integer(dtype_)) return;
    add("counts", {positive(dtype_, {12})}, {{"minlength", 2}});
    add("padded", {positive(dtype_, {5})}, {{"minlength", 9}});
  }

  void norm() {
    const Json matrix = array({3, 4});
    add("default", {matrix});
    add("axis", {matrix}, {{"axis", 0}, {"keepdims", true}});
    for (const Json &ord : {Json(1), Json("inf"), Json("-inf"), Json(0), Json(3)}) {
      add("vector-" + (ord.is_string() ? ord.get<std::string>() : ord.dump()), {matrix},
          {{"ord", ord}, {"axis", 1}});
    }
    for (const Json &ord : {Json("fro"), Json(1), Json(-1), Json("inf"), Json("-inf")}) {
      add_values_only("sparse-" + (ord.is_string() ? ord.get<std::string>() : ord.dump()),
                      {sparse("csr", dtype_, 3, 4)}, {{"ord", ord}});
    }
    for (const Json &ord : {Json("fro"), Json("nuc"), Json(1), Json(-1), Json(2), Json(-2),
                            Json("inf"), Json("-inf")}) {
      add("matrix-" + (ord.is_string() ? ord.get<std::string>() : ord.dump()), {matrix},
          {{"ord", ord}});
    }
  }

  void matmul() {
    if (op_.name == "solve") {
      add("vector", {definite(dtype_, {3, 3}), array({3})});
      add("square", {definite(dtype_, {3, 3}), array({3, 3})});
      add("stack", {definite(dtype_, {2, 3, 3}), array({3, 2})});
      with_other_dtypes([&](const std::string &label, std::int32_t other) {
        add_values_only(label, {definite(dtype_, {3, 3}), array(other, {3, 2})});
      });
      return;
    }
    add("square", {array({3, 3}), array({3, 3})});
    add("vectors", {array({4}), array({4})});
    add("matrix-vector", {array({3, 4}), array({4})});
    add("vector-matrix", {array({3}), array({3, 4})});
    add("stack", {array({2, 3, 4}), array({4, 2})});
    add("empty", {array({3, 0}), array({0, 2})});
    add_values_only("large", {array({17, 19}), array({19, 23})});
    for (const char *format : {"csr", "csc", "coo"}) {
      add_values_only(std::string("sparse-") + format,
                      {sparse(format, dtype_, 3, 4), sparse("csr", dtype_, 4, 5)});
    }
    add_values_only("dense-sparse", {array({2, 3}), sparse("csr", dtype_, 3, 4)});
    with_other_dtypes([&](const std::string &label, std::int32_t other) {
      add_values_only(label, {array({3, 4}), array(other, {4, 2})});
    });
  }

  void tensordot() {
    add("last", {array({2, 3}), array({3, 4})}, {{"axes", 1}});
    add("pairs", {array({2, 3, 4}), array({4, 2})}, {{"axes", {{2, 0}, {0, 1}}}});
    add("outer", {array({2}), array({3})}, {{"axes", 0}});
    with_other_dtypes([&](const std::string &label, std::int32_t other) {
      add_values_only(label, {array({2, 3}), array(other, {3, 4})}, {{"axes", 1}});
    });
  }

  void einsum() {
    add("product", {list_of({array({2, 3}), array({3, 4})})}, {{"subscripts", "ij,jk->ik"}});
    add("trace", {list_of({array({3, 3})})}, {{"subscripts", "ii"}});
    add("diagonal", {list_of({array({3, 3})})}, {{"subscripts", "ii->i"}});
    add("ellipsis", {list_of({array({2, 3, 4}), array({4})})}, {{"subscripts", "...i, i -> ..."}});
    add("three", {list_of({array({2, 3}), array({3}), array({2})})}, {{"subscripts", "ij,j,i->"}});
    with_other_dtypes([&](const std::string &label, std::int32_t other) {
      add_values_only(label, {list_of({array({2, 3}), array(other, {3, 4})})},
                      {{"subscripts", "ij,jk->ik"}});
    });
  }

  // eigh, eigvalsh, cholesky read the lower triangle only.
  void hermitian() {
    add("matrix", {definite(dtype_, {4, 4}, false)});
    add("stack", {definite(dtype_, {2, 3, 3}, false)});
    add_values_only("empty", {array({0, 0})});
  }

  // Without repeated eigenvalues, whose eigenvectors are badly conditioned.
  void eig() {
    add("matrix", {definite(dtype_, {4, 4})});
    if (is_floating(dtype_)) add("general", {array({3, 3})});
    add("stack", {definite(dtype_, {2, 3, 3})});
  }

  // Any matrix with a nonzero diagonal is what some lu or ldl gave without an exchange.
  void factor_solve() {
    const auto factors = [&](const Shape &shape) { return definite(dtype_, shape); };
    const Json swaps = array_arg(parse_array("int64", {3}, {0, 1, 2}));
    for (const int mode : {SPC_MODE_NONE, SPC_MODE_TRANSPOSE, SPC_MODE_CONJ_TRANS}) {
      const std::string name = "mode-" + std::to_string(mode);
      add(name + "-vector", {factors({3, 3}), swaps, array({3})}, {{"mode", mode}});
      add(name + "-stack", {factors({3, 3}), swaps, array({2, 3, 2})}, {{"mode", mode}});
    }
  }

  void triangular() {
    for (const int mode : {SPC_MODE_NONE, SPC_MODE_TRANSPOSE, SPC_MODE_CONJ_TRANS})
      for (const bool lower : {true, false}) {
        const std::string name = "mode-" + std::to_string(mode) + (lower ? "-lower" : "-upper");
        add(name, {definite(dtype_, {3, 3}), array({3, 2})},
            {{"mode", mode}, {"lower", lower}, {"unit", false}});
        add(name + "-unit", {definite(dtype_, {3, 3}), array({3})},
            {{"mode", mode}, {"lower", lower}, {"unit", true}});
      }
  }

  void svd() {
    for (const bool full : {true, false}) {
      const std::string name = full ? "full" : "reduced";
      add(name + "-tall", {array({4, 3})}, {{"full_matrices", full}});
      add(name + "-wide-stack", {array({2, 2, 3})}, {{"full_matrices", full}});
    }
  }

  void assparse() {
    for (const char *format : {"csr", "csc", "coo"}) {
      add(format + std::string("-of-dense"), {array({3, 4})}, {{"format", format}});
      for (const char *from : {"csr", "csc", "coo"}) {
        add(format + std::string("-of-") + from, {sparse(from, dtype_, 3, 4)},
            {{"format", format}});
      }
    }
    with_other_dtypes([&](const std::string &label, std::int32_t other) {
      if (is_complex(other) && !is_complex(dtype_)) return;
      if (dtype_ == SPC_UINT8 && is_floating(other)) return;
      Json attrs = dtype_attr();
      attrs["format"] = "csr";
      add_values_only(label, {sparse("csr", other, 3, 4)}, attrs);
    });
  }

  void axpby() {
    const Json two = weak("int", 2), one = weak_of(dtype_);
    if (dtype_ == SPC_BOOL) {
      add("weak", {one, array({3, 4}), one, array({3, 4})});
    } else {
      add("weak", {two, array({3, 4}), one, array({3, 4})});
    }
    add("none", {none(), array({3, 4}), none(), array({3, 4})});
    add("scalars", {array({}), array({3, 4}), array({}), array({4})});
    add_values_only("long", {one, array({3, 67}), one, array({3, 67})});
    add_values_only("sparse", {one, sparse("csr", dtype_, 3, 4), one, sparse("csc", dtype_, 3, 4)});
  }

  // Rows of instructions: code, out, x, y, w, a, b.
  void program() {
    if (!is_floating(dtype_)) return;
    const auto vectors = [this](const Shape &shape) {
      return Json{array(shape), array(shape), array(shape), weak_of(dtype_), weak("float", -0.5)};
    };
    const Json step = {{SPC_PROGRAM_AXPY, 0, 1, 0, 0, 0, 0},
                       {SPC_PROGRAM_AXPBY, 2, 0, 2, 0, 1, 0},
                       {SPC_PROGRAM_SUM_OF_SQUARES, 0, 2, 0, 0, 0, 0},
                       {SPC_PROGRAM_DOT, 0, 0, 2, 0, 0, 0}};
    add("step", vectors({3, 4}), {{"n_vectors", 3}, {"instructions", step}});
    add_values_only("long", vectors({3, 1367}), {{"n_vectors", 3}, {"instructions", step}});
    add_values_only("empty", vectors({0, 3}), {{"n_vectors", 3}, {"instructions", step}});
    Json stored = vectors({9});
    stored[3] = array({});
    add("stored", stored, {{"n_vectors", 3}, {"instructions", step}});
    add("updates", vectors({7}),
        {{"n_vectors", 3},
         {"instructions",
          {{SPC_PROGRAM_MULTIPLY, 0, 1, 2, 0, 0, 0}, {SPC_PROGRAM_SCALE, 1, 0, 0, 0, 0, 0}}}});
    add("sums", vectors({5}),
        {{"n_vectors", 3},
         {"instructions",
          {{SPC_PROGRAM_WEIGHTED_DOT, 0, 0, 1, 2, 0, 0},
           {SPC_PROGRAM_WEIGHTED_SQUARES, 0, 1, 0, 2, 0, 0}}}});
  }

  const OpRow &op_;
  std::int32_t dtype_;
  std::uint64_t seed_;
  std::vector<Case> cases_;
};

bool set_layout_of(Json &arg, const std::string &layout) {
  if (arg.at("kind") == "list") {
    bool any = false;
    for (auto &item : arg["items"]) any |= set_layout_of(item, layout);
    return any;
  }
  if (arg.at("kind") != "array") return false;
  const auto &shape = arg.at("shape");
  if (shape.empty() || (layout == "F" && shape.size() < 2)) return false;
  if (layout == "bcast") {
    const auto n = shape.at(0).get<std::int64_t>();
    if (n < 2 || !arg.contains("data")) return false;
    // Every slice becomes the first, so the values change too.
    auto &data = arg["data"];
    const std::size_t slice = data.size() / n;
    for (std::size_t i = slice; i < data.size(); ++i) data[i] = data[i % slice];
  }
  arg["layout"] = layout;
  return true;
}

}  // namespace

std::vector<Case> cases_of(const OpRow &op, std::int32_t dtype) {
  if (!op.callable()) return {};
  Maker maker(op, dtype);
  maker.make();
  return maker.take();
}

bool set_layout(Json &spec, const std::string &layout) {
  bool any = false;
  for (auto &input : spec["inputs"]) any |= set_layout_of(input, layout);
  return any;
}

bool is_decomposition(const OpRow &op) {
  return op.signature == "EIGH" || op.signature == "EIG" || op.signature == "SVD";
}

double tolerance_of(const OpRow &op, std::int32_t dtype) {
  if (dtype < SPC_FLOAT32) return 0;
  constexpr std::array kExact = {"CONSTANT",
                                 "CREATE",
                                 "FULL",
                                 "FULL_LIKE",
                                 "EYE",
                                 "ASARRAY",
                                 "CAST",
                                 "SHAPE",
                                 "AXES",
                                 "AXIS_PAIR",
                                 "MOVEAXIS",
                                 "STACK",
                                 "CONCATENATE",
                                 "ARRAYS",
                                 "GETITEM",
                                 "TAKE",
                                 "TUPLE_OF_ARRAYS",
                                 "WHERE",
                                 "CLIP",
                                 "AXIS",
                                 "ASSPARSE"};
  constexpr std::array kExactNames = {
      "copy",     "negative", "conj", "real",    "imag",    "ravel", "adjoint", "diag",
      "diagonal", "tril",     "triu", "maximum", "minimum", "min",   "max",     "index_set"};
  if (among(op.signature, kExact) || among(op.name, kExactNames)) return 0;
  const bool single = dtype == SPC_FLOAT32 || dtype == SPC_COMPLEX64;
  if (op.profile == "L" || op.name == "logsumexp") return single ? 1e-4 : 1e-9;
  return single ? 1e-5 : 1e-12;
}

}  // namespace cmd::conform
