// SPDX-License-Identifier: Apache-2.0
#include "tools/spacecore/conform/host_array.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "tools/spacecore/support.hpp"

namespace cmd::conform {
namespace {

template <class T>
T load(const HostArray &array, std::int64_t i) {
  T value;
  std::memcpy(&value, array.bytes.data() + i * static_cast<std::int64_t>(sizeof(T)), sizeof(T));
  return value;
}

template <class T>
void store(HostArray &array, std::int64_t i, T value) {
  std::memcpy(array.bytes.data() + i * static_cast<std::int64_t>(sizeof(T)), &value, sizeof(T));
}

void store_json(HostArray &array, std::int64_t i, const Json &value) {
  switch (array.dtype) {
    case SPC_BOOL:
      return store<std::uint8_t>(array, i, value.get<bool>());
    case SPC_INT8:
      return store(array, i, value.get<std::int8_t>());
    case SPC_UINT8:
      return store(array, i, value.get<std::uint8_t>());
    case SPC_INT32:
      return store(array, i, value.get<std::int32_t>());
    case SPC_INT64:
      return store(array, i, value.get<std::int64_t>());
    case SPC_FLOAT32:
      return store(array, i, static_cast<float>(parse_number(value)));
    case SPC_FLOAT64:
      return store(array, i, parse_number(value));
    case SPC_COMPLEX64:
      store(array, 2 * i, static_cast<float>(parse_number(value.at(0))));
      return store(array, 2 * i + 1, static_cast<float>(parse_number(value.at(1))));
    default:
      store(array, 2 * i, parse_number(value.at(0)));
      return store(array, 2 * i + 1, parse_number(value.at(1)));
  }
}

// Steele, Lea, Flood 2014: every seed gives a good stream.
struct SplitMix {
  std::uint64_t state;
  std::uint64_t next() {
    std::uint64_t z = state += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
};

HostArray blank(std::int32_t dtype, const std::vector<std::int64_t> &shape) {
  HostArray array{dtype, shape, {}};
  array.bytes.resize(product(shape) * get<std::int64_t>(spc_dtype_size, dtype));
  return array;
}

}  // namespace

std::int64_t product(const std::vector<std::int64_t> &shape) {
  std::int64_t size = 1;
  for (const auto n : shape) size *= n;
  return size;
}

std::int64_t HostArray::size() const {
  return product(shape);
}

std::int64_t HostArray::integer(std::int64_t i) const {
  switch (dtype) {
    case SPC_BOOL:
    case SPC_UINT8:
      return load<std::uint8_t>(*this, i);
    case SPC_INT8:
      return load<std::int8_t>(*this, i);
    case SPC_INT32:
      return load<std::int32_t>(*this, i);
    default:
      return load<std::int64_t>(*this, i);
  }
}

std::complex<double> HostArray::number(std::int64_t i) const {
  switch (dtype) {
    case SPC_FLOAT32:
      return load<float>(*this, i);
    case SPC_FLOAT64:
      return load<double>(*this, i);
    case SPC_COMPLEX64:
      return {load<float>(*this, 2 * i), load<float>(*this, 2 * i + 1)};
    case SPC_COMPLEX128:
      return {load<double>(*this, 2 * i), load<double>(*this, 2 * i + 1)};
    default:
      return static_cast<double>(integer(i));
  }
}

std::int32_t dtype_of(const Json &name) {
  return get<std::int32_t>(spc_dtype_from_name, name.get_ref<const std::string &>().c_str());
}

double parse_number(const Json &number) {
  if (!number.is_string()) return number.get<double>();
  const auto &word = number.get_ref<const std::string &>();
  if (word == "nan") return std::numeric_limits<double>::quiet_NaN();
  if (word == "inf") return std::numeric_limits<double>::infinity();
  if (word == "-inf") return -std::numeric_limits<double>::infinity();
  throw BadInput("not a number: \"" + word + '"');
}

HostArray parse_array(const Json &dtype, const std::vector<std::int64_t> &shape, const Json &data) {
  HostArray array = blank(dtype_of(dtype), shape);
  if (static_cast<std::int64_t>(data.size()) != array.size()) {
    throw BadInput(fmt::format("array of shape {} has {} numbers", shape_text(shape), data.size()));
  }
  std::int64_t i = 0;
  for (const auto &value : data) store_json(array, i++, value);
  return array;
}

HostArray garbage(std::int32_t dtype, const std::vector<std::int64_t> &shape) {
  HostArray array = blank(dtype, shape);
  const Json nan = "nan";
  const Json value = dtype == SPC_BOOL     ? Json(true)
                     : dtype < SPC_FLOAT32 ? Json(77)
                     : array.is_complex()  ? Json::array({nan, nan})
                                           : nan;
  for (std::int64_t i = 0; i < array.size(); ++i) store_json(array, i, value);
  return array;
}

void copy_strided(const HostArray &source, const std::vector<std::int64_t> &source_step,
                  HostArray &target, const std::vector<std::int64_t> &target_step,
                  const std::vector<std::int64_t> &shape, std::int64_t target_first) {
  const auto item = get<std::int64_t>(spc_dtype_size, source.dtype);
  const auto count = product(shape);
  std::vector<std::int64_t> index(shape.size(), 0);
  for (std::int64_t n = 0; n < count; ++n) {
    std::int64_t from = 0, to = target_first;
    for (std::size_t a = 0; a < shape.size(); ++a) {
      from += index[a] * source_step[a];
      to += index[a] * target_step[a];
    }
    std::memcpy(target.bytes.data() + to * item, source.bytes.data() + from * item, item);
    for (std::size_t a = shape.size(); a-- > 0;) {
      if (++index[a] < shape[a]) break;
      index[a] = 0;
    }
  }
}

HostArray random_array(std::int32_t dtype, const std::vector<std::int64_t> &shape,
                       std::uint64_t seed) {
  HostArray array = blank(dtype, shape);
  SplitMix random{seed};
  const std::int64_t parts = array.is_complex() ? 2 : 1;
  for (std::int64_t i = 0; i < parts * array.size(); ++i) {
    const std::uint64_t bits = random.next();
    const auto below = [bits](std::int64_t n) { return static_cast<std::int64_t>(bits >> 33) % n; };
    const double real = static_cast<double>(bits >> 11) * 0x1p-50 - 4;
    switch (dtype) {
      case SPC_BOOL:
        store<std::uint8_t>(array, i, below(2) != 0);
        break;
      case SPC_INT8:
        store<std::int8_t>(array, i, static_cast<std::int8_t>(below(19) - 9));
        break;
      case SPC_UINT8:
        store<std::uint8_t>(array, i, static_cast<std::uint8_t>(below(10)));
        break;
      case SPC_INT32:
        store<std::int32_t>(array, i, static_cast<std::int32_t>(below(19) - 9));
        break;
      case SPC_INT64:
        store<std::int64_t>(array, i, below(19) - 9);
        break;
      case SPC_FLOAT32:
      case SPC_COMPLEX64:
        store(array, i, static_cast<float>(real));
        break;
      default:
        store(array, i, real);
    }
  }
  return array;
}

void set_diagonal(HostArray &array, double value) {
  const std::int64_t cols = array.shape.back(), rows = array.shape.at(array.shape.size() - 2);
  const Json number = array.is_complex() ? Json::array({value, 0.0}) : Json(value);
  for (std::int64_t first = 0; first < array.size(); first += rows * cols) {
    for (std::int64_t i = 0; i < std::min(rows, cols); ++i) {
      store_json(array, first + i * (cols + 1), number);
    }
  }
}

Json data_of(const HostArray &array) {
  const auto number = [](double x) -> Json {
    if (std::isnan(x)) return "nan";
    if (std::isinf(x)) return x > 0 ? "inf" : "-inf";
    return x;
  };
  Json data = Json::array();
  for (std::int64_t i = 0; i < array.size(); ++i) {
    const std::complex<double> z = array.is_floating() ? array.number(i) : 0;
    data.push_back(array.dtype == SPC_BOOL ? Json(array.integer(i) != 0)
                   : !array.is_floating()  ? Json(array.integer(i))
                   : array.is_complex()    ? Json::array({number(z.real()), number(z.imag())})
                                           : number(z.real()));
  }
  return data;
}

std::vector<std::int64_t> row_major(const std::vector<std::int64_t> &shape) {
  std::vector<std::int64_t> step(shape.size(), 1);
  for (std::size_t a = shape.size(); a-- > 1;) step[a - 1] = step[a] * shape[a];
  return step;
}

HostArray read(spc_array array) {
  HostArray host = blank(get<std::int32_t>(spc_array_dtype, array), shape_of(array));
  check(spc_array_to_host(array, host.bytes.data(), static_cast<std::int64_t>(host.bytes.size())));
  return host;
}

std::string shape_text(const std::vector<std::int64_t> &shape) {
  return fmt::format("({}{})", fmt::join(shape, ", "), shape.size() == 1 ? "," : "");
}

}  // namespace cmd::conform
