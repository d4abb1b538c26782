// SPDX-License-Identifier: Apache-2.0
#include "tools/spacecore/conform/arguments.hpp"

#include <algorithm>

#include "tools/spacecore/conform/compare.hpp"

namespace cmd::conform {
namespace {

using Shape = std::vector<std::int64_t>;

constexpr spc_index kEverySecond = {SPC_INDEX_SLICE, 0, SPC_NONE_I64, SPC_NONE_I64, 2, nullptr};

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
  const HostArray values = parse_array(arg.at("dtype"), shape, arg.at("data"));
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

void Arguments::allow_change(spc_array x) {
  const HostArray now = read(x);
  Shape strides(now.shape.size());
  check(spc_array_strides(x, strides.data(), static_cast<std::int32_t>(strides.size())));
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
