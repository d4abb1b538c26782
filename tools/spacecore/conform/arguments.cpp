// SPDX-License-Identifier: Apache-2.0
#include "tools/spacecore/conform/arguments.hpp"

#include <algorithm>
#include <numeric>

#include "tools/spacecore/conform/compare.hpp"

namespace cmd::conform {
namespace {

using Shape = std::vector<std::int64_t>;

constexpr spc_index slice(std::int64_t start, std::int64_t stop, std::int64_t step) {
  return {SPC_INDEX_SLICE, 0, start, stop, step, nullptr};
}
constexpr spc_index kEverySecond = slice(SPC_NONE_I64, SPC_NONE_I64, 2);
constexpr spc_index kBackwards = slice(SPC_NONE_I64, SPC_NONE_I64, -1);
constexpr spc_index kAfterFirst = slice(1, SPC_NONE_I64, SPC_NONE_I64);
constexpr spc_index kBeforeLast = slice(SPC_NONE_I64, -1, SPC_NONE_I64);

Shape reversed(Shape shape) {
  std::reverse(shape.begin(), shape.end());
  return shape;
}

Array retained(const Array &array) {
  check(spc_array_retain(array.get()));
  Array other;
  *other.out() = array.get();
  return other;
}

void reverse_items(std::vector<std::uint8_t> &bytes, std::int64_t item) {
  std::reverse(bytes.begin(), bytes.end());
  for (auto at = bytes.begin(); at != bytes.end(); at += item) std::reverse(at, at + item);
}

std::int64_t or_none(const Json &value) {
  return value.is_null() ? SPC_NONE_I64 : value.get<std::int64_t>();
}

}  // namespace

Array Arguments::upload(const HostArray &host) {
  const auto ndim = static_cast<std::int32_t>(host.shape.size());
  auto array = make(spc_array_from_host, context_, host.dtype, ndim, host.shape.data(),
                    static_cast<const void *>(host.bytes.data()));
  kept_.push_back({retained(array), host});
  return array;
}

Array Arguments::build_dense(const Json &arg) {
  const auto shape = arg.at("shape").get<Shape>();
  const auto ndim = static_cast<std::int32_t>(shape.size());
  HostArray values = arg.contains("seed")
                         ? random_array(dtype_of(arg.at("dtype")), shape, arg.at("seed"))
                         : parse_array(arg.at("dtype"), shape, arg.at("data"));
  if (arg.contains("diagonal")) set_diagonal(values, arg.at("diagonal"));
  const std::string layout = arg.value("layout", "C");
  if (layout == "C") return upload(values);

  if (layout == "F") {
    HostArray base{values.dtype, reversed(shape), {}};
    base.bytes.resize(values.bytes.size());
    copy_strided(values, row_major(shape), base, reversed(row_major(base.shape)), shape);
    return make(spc_transpose, upload(base).get(), std::int32_t{SPC_ALL_AXES},
                static_cast<const std::int64_t *>(nullptr));
  }
  if (layout == "step2") {
    Shape doubled = shape;
    for (auto &n : doubled) n *= 2;
    HostArray base = garbage(values.dtype, doubled);
    Shape step = row_major(doubled);
    for (auto &n : step) n *= 2;
    copy_strided(values, row_major(shape), base, step, shape);
    const std::vector<spc_index> index(shape.size(), kEverySecond);
    return make(spc_getitem, upload(base).get(), ndim, index.data());
  }
  if (layout == "bcast") {
    HostArray base{values.dtype, Shape(shape.begin() + 1, shape.end()), values.bytes};
    base.bytes.resize(values.bytes.size() / shape.at(0));
    return make(spc_broadcast_to, upload(base).get(), ndim, shape.data());
  }
  if (layout == "negative") {
    HostArray base = values;
    const auto item = get<std::int64_t>(spc_dtype_size, values.dtype);
    reverse_items(base.bytes, item);
    const std::vector<spc_index> index(shape.size(), kBackwards);
    return make(spc_getitem, upload(base).get(), ndim, index.data());
  }
  if (layout == "offset" || layout == "head") {
    // Of rank 0 there is no axis to extend.
    const bool every = layout == "offset";
    Shape longer = shape;
    for (std::size_t a = 0; a < (every ? shape.size() : 1); ++a) ++longer.at(a);
    HostArray base = garbage(values.dtype, longer);
    const Shape steps = row_major(longer);
    const auto skip = every ? std::accumulate(steps.begin(), steps.end(), std::int64_t{0}) : 0;
    copy_strided(values, row_major(shape), base, steps, shape, ndim ? skip : 0);
    const std::vector<spc_index> index(every ? shape.size() : 1, every ? kAfterFirst : kBeforeLast);
    return make(spc_getitem, upload(base).get(), static_cast<std::int32_t>(index.size()),
                index.data());
  }
  throw BadInput("unknown layout \"" + layout + '"');
}

Array Arguments::build_sparse(const Json &arg) {
  const auto [first, second] = sparse_indices(arg);
  const Json index_dtype = dtype_name(index_dtype_);
  const auto vector = [&](const Json &dtype, const Json &data) {
    return upload(parse_array(dtype, {static_cast<std::int64_t>(data.size())}, data));
  };
  const Array one = vector(index_dtype, first), two = vector(index_dtype, second);
  const Array data = vector(arg.at("dtype"), arg.at("data"));
  return make(spc_sparse_create, sparse_format(arg.at("format")),
              arg.at("shape").at(0).get<std::int64_t>(), arg.at("shape").at(1).get<std::int64_t>(),
              one.get(), two.get(), data.get());
}

Array Arguments::build_weak(const Json &arg) {
  const auto &type = arg.at("type").get_ref<const std::string &>();
  const auto &value = arg.at("value");
  if (type == "bool") return make(spc_weak_bool, std::int32_t{value.get<bool>()});
  if (type == "int") return make(spc_weak_i64, value.get<std::int64_t>());
  if (type == "float") return make(spc_weak_f64, parse_number(value));
  if (type == "complex") {
    return make(spc_weak_c128, parse_number(value.at(0)), parse_number(value.at(1)));
  }
  throw BadInput("unknown weak type \"" + type + '"');
}

Array Arguments::build_list(const Json &arg) {
  std::vector<Array> items;
  std::vector<spc_value> handles;
  for (const auto &item : arg.at("items")) handles.push_back(items.emplace_back(build(item)).get());
  return make(spc_value_list, static_cast<std::int64_t>(handles.size()),
              static_cast<const spc_value *>(handles.data()));
}

Array Arguments::build(const Json &arg) {
  const auto &kind = arg.at("kind").get_ref<const std::string &>();
  if (kind == "array") return build_dense(arg);
  if (kind == "sparse") return build_sparse(arg);
  if (kind == "weak") return build_weak(arg);
  if (kind == "list") return build_list(arg);
  if (kind == "none") return {};
  throw BadInput("unknown kind of argument \"" + kind + '"');
}

std::vector<spc_index> Arguments::build_index(const Json &items) {
  std::vector<spc_index> index;
  for (const auto &item : items) {
    const auto only = item.begin();
    const std::string &key = only.key();
    const Json &value = only.value();
    spc_index entry{};
    if (key == "int") {
      entry.kind = SPC_INDEX_INT;
      entry.start = value.get<std::int64_t>();
    } else if (key == "slice") {
      entry.kind = SPC_INDEX_SLICE;
      entry.start = or_none(value.at(0));
      entry.stop = or_none(value.at(1));
      entry.step = or_none(value.at(2));
    } else if (key == "newaxis") {
      entry.kind = SPC_INDEX_NEWAXIS;
    } else if (key == "ellipsis") {
      entry.kind = SPC_INDEX_ELLIPSIS;
    } else if (key == "array" || key == "mask") {
      entry.kind = SPC_INDEX_ARRAY;
      entry.array = index_arrays_.emplace_back(build(value)).get();
    } else {
      throw BadInput("unknown index item \"" + key + '"');
    }
    index.push_back(entry);
  }
  return index;
}

Array Arguments::tail_of(spc_array x) const {
  for (const auto &[array, host] : kept_) {
    if (!get<std::int32_t>(spc_array_is_view_of, array.get(), x)) continue;
    return make(spc_getitem, array.get(), std::int32_t{1}, &kAfterFirst);
  }
  throw BadInput("not an argument of this case");
}

void Arguments::overwrite() {
  for (auto &[array, host] : kept_) {
    if (!get<std::int32_t>(spc_array_is_writable, array.get())) continue;
    reverse_items(host.bytes, get<std::int64_t>(spc_dtype_size, host.dtype));
    const auto other = make(spc_array_from_host, context_, host.dtype,
                            static_cast<std::int32_t>(host.shape.size()), host.shape.data(),
                            static_cast<const void *>(host.bytes.data()));
    check(spc_array_set(array.get(), other.get()));
  }
}

void Arguments::allow_change(spc_array x) {
  const HostArray now = read(x);
  Shape strides(now.shape.size());
  // Handles without strided data are whole arrays.
  if (spc_array_strides(x, strides.data(), static_cast<std::int32_t>(strides.size())) != SPC_OK) {
    strides = row_major(now.shape);
  }
  for (auto &[array, host] : kept_) {
    if (!get<std::int32_t>(spc_array_is_view_of, array.get(), x)) continue;
    copy_strided(now, row_major(now.shape), host, strides, now.shape);
  }
}

void Arguments::require_unchanged() const {
  for (const auto &[array, host] : kept_) {
    if (read(array.get()).bytes != host.bytes) throw Mismatch("the call changed an input");
  }
}

bool holds_sparse(const Json &arg) {
  if (arg.at("kind") == "sparse") return true;
  if (arg.at("kind") != "list") return false;
  const auto &items = arg.at("items");
  return std::any_of(items.begin(), items.end(), holds_sparse);
}

std::int32_t sparse_format(const Json &name) {
  if (name == "csr") return SPC_CSR;
  if (name == "csc") return SPC_CSC;
  if (name == "coo") return SPC_COO;
  throw BadInput("unknown sparse format " + name.dump());
}

std::pair<const Json &, const Json &> sparse_indices(const Json &arg) {
  if (arg.at("format") == "coo") return {arg.at("row"), arg.at("col")};
  return {arg.at("indptr"), arg.at("indices")};
}

}  // namespace cmd::conform
