// SPDX-License-Identifier: Apache-2.0
// The op table names every op; its signature says how the inputs and attributes of a case become
// arguments. A new op of a known signature needs no line here.
#include "tools/spacecore/conform/calls.hpp"

#include <limits>
#include <unordered_map>

namespace cmd::conform {
namespace {

using Axes = std::vector<std::int64_t>;

std::int32_t count(const Axes &axes) {
  return static_cast<std::int32_t>(axes.size());
}

void give(Call &call, Output output) {
  auto &form = call.forms.emplace_back();
  form.push_back(std::move(output));
}

// The plain form, and the same into an array that exists.
template <auto Fn, auto Into, class... Args>
void both_forms(Call &call, Args... args) {
  Array out = make(Fn, args...);
  const auto shape = shape_of(out.get());
  // Of the result's family: that of the default context where the operands are weak scalars.
  const auto context =
      make<Context>(spc_context_create, get<const char *>(spc_array_family, out.get()),
                    get<std::int32_t>(spc_array_dtype, out.get()), std::int32_t{SPC_CHECK_NONE});
  Array again =
      make(spc_empty, context.get(), count(shape), shape.data(), std::int32_t{SPC_DTYPE_NONE});
  check(Into(args..., again.get()));
  give(call, std::move(out));
  give(call, std::move(again));
}

// axis = None is "all axes"; so is an axis list that the case leaves out.
struct AxisList {
  AxisList(const Call &call, const char *name) : all(call.attr(name).is_null()) {
    if (!all) axes = call.integers(name);
  }
  std::int32_t n() const { return all ? std::int32_t{SPC_ALL_AXES} : count(axes); }
  const std::int64_t *data() const { return axes.data(); }

  bool all;
  Axes axes;
};

template <auto Fn>
void run_create(Call &call) {
  const Axes shape = call.integers("shape");
  give(call, make(Fn, call.context(), count(shape), shape.data(), call.dtype_attr()));
}

template <auto Fn>
void run_full(Call &call) {
  const Axes shape = call.integers("shape");
  give(call,
       make(Fn, call.context(), count(shape), shape.data(), call.input(0), call.dtype_attr()));
}

template <auto Fn>
void run_eye(Call &call) {
  give(call, make(Fn, call.context(), call.integer("n"), call.integer("m"), call.dtype_attr()));
}

template <auto Fn>
void run_arange(Call &call) {
  give(call,
       make(Fn, call.context(), call.input(0), call.input(1), call.input(2), call.dtype_attr()));
}

template <auto Fn>
void run_asarray(Call &call) {
  give(call, make(Fn, call.context(), call.input(0), call.dtype_attr()));
}

template <auto Fn>
void run_cast(Call &call) {
  give(call, make(Fn, call.input(0), call.dtype_attr()));
}

template <auto Fn>
void run_view(Call &call) {
  give(call, make(Fn, call.input(0)));
}

template <auto Fn>
void run_shape(Call &call) {
  const Axes shape = call.integers("shape");
  give(call, make(Fn, call.input(0), count(shape), shape.data()));
}

template <auto Fn>
void run_axes(Call &call) {
  const AxisList axes(call, call.attr("axes").is_null() ? "axis" : "axes");
  give(call, make(Fn, call.input(0), axes.n(), axes.data()));
}

template <auto Fn>
void run_axis_pair(Call &call) {
  give(call, make(Fn, call.input(0), call.integer("axis1"), call.integer("axis2")));
}

template <auto Fn>
void run_moveaxis(Call &call) {
  const Axes source = call.integers("source"), destination = call.integers("destination");
  give(call, make(Fn, call.input(0), count(source), source.data(), count(destination),
                  destination.data()));
}

template <auto Fn>
void run_getitem(Call &call) {
  const auto index = call.arguments().build_index(call.attr("index"));
  give(call, make(Fn, call.input(0), static_cast<std::int32_t>(index.size()), index.data()));
}

template <auto Fn, auto Into>
void run_unary(Call &call) {
  both_forms<Fn, Into>(call, call.input(0));
}

template <auto Fn, auto Into>
void run_binary(Call &call) {
  both_forms<Fn, Into>(call, call.input(0), call.input(1));
}

template <auto Fn, auto Into>
void run_reduce(Call &call) {
  const AxisList axes(call, "axis");
  both_forms<Fn, Into>(call, call.input(0), axes.n(), axes.data(),
                       std::int32_t{call.flag("keepdims")});
}

template <auto Fn, auto Into>
void run_reduce_as(Call &call) {
  const AxisList axes(call, "axis");
  both_forms<Fn, Into>(call, call.input(0), axes.n(), axes.data(),
                       std::int32_t{call.flag("keepdims")}, call.dtype_attr());
}

template <auto Fn, auto Into>
void run_norm(Call &call) {
  const Json &ord = call.attr("ord");
  std::int32_t kind = SPC_ORD_DEFAULT;
  double p = 0;
  if (ord == "fro") {
    kind = SPC_ORD_FRO;
  } else if (ord == "nuc") {
    kind = SPC_ORD_NUC;
  } else if (ord == "inf" || ord == "-inf" || ord.is_number()) {
    kind = SPC_ORD_P;
    p = parse_number(ord);
  } else if (!ord.is_null()) {
    kind = std::numeric_limits<std::int32_t>::max();  // a bad order is a bad code in C
  }
  const AxisList axes(call, "axis");
  both_forms<Fn, Into>(call, call.input(0), kind, p, axes.n(), axes.data(),
                       std::int32_t{call.flag("keepdims")});
}

template <auto Fn, auto Into>
void run_matmul(Call &call) {
  std::vector<const char *> keys;
  std::vector<Array> items;
  std::vector<spc_value> handles;
  Array options;
  if (const Json &given = call.attr("backend_kwargs"); !given.is_null()) {
    for (const auto &[key, value] : given.items()) {
      keys.push_back(key.c_str());
      // Only whether the key is known counts.
      handles.push_back(items.emplace_back(make(spc_weak_bool, std::int32_t{1})).get());
    }
    options = make(spc_value_map, static_cast<std::int64_t>(keys.size()),
                   static_cast<const char *const *>(keys.data()),
                   static_cast<const spc_value *>(handles.data()));
  }
  both_forms<Fn, Into>(call, call.input(0), call.input(1), options.get());
}

template <auto Fn>
void run_assparse(Call &call) {
  const Json &format = call.attr("format");
  give(call, make(Fn, call.context(), call.input(0),
                  format.is_null() ? "csr" : format.get_ref<const std::string &>().c_str(),
                  call.dtype_attr()));
}

// ---- what the op table does not list: questions about arrays and dtypes -------------------------

Json weak(const char *type, const Json &value) {
  return {{"kind", "weak"}, {"type", type}, {"value", value}};
}

Json dtype_result(std::int32_t dtype) {
  return {{"kind", "dtype"}, {"name", dtype_name(dtype)}};
}

void run_get_dtype(Call &call) {
  if (get<std::int32_t>(spc_value_kind, call.input(0)) == SPC_VALUE_SCALAR) {
    throw Unanswered("spc_array_dtype also answers for weak scalars");
  }
  give(call, dtype_result(get<std::int32_t>(spc_array_dtype, call.input(0))));
}

void run_array_shape(Call &call) {
  Json items = Json::array();
  for (const auto n : shape_of(call.input(0))) items.push_back(weak("int", n));
  give(call, Json{{"kind", "list"}, {"items", std::move(items)}});
}

void run_ndim(Call &call) {
  give(call, weak("int", get<std::int32_t>(spc_array_ndim, call.input(0))));
}

void run_size(Call &call) {
  give(call, weak("int", get<std::int64_t>(spc_array_size, call.input(0))));
}

template <bool Dense, bool Sparse>
void run_is(Call &call) {
  const auto kind = get<std::int32_t>(spc_value_kind, call.input(0));
  give(call,
       weak("bool", (Dense && kind == SPC_VALUE_ARRAY) || (Sparse && kind == SPC_VALUE_SPARSE)));
}

void run_to_host(Call &call) {
  check(spc_array_retain(call.input(0)));
  Array same;
  *same.out() = call.input(0);
  give(call, std::move(same));  // the comparison reads it
}

void run_result_type(Call &call) {
  std::vector<Array> arrays;
  std::vector<spc_value> values;
  std::vector<std::int32_t> dtypes;
  for (const auto &item : call.input_spec(0).at("items")) {
    if (item.at("kind") == "dtype") {
      dtypes.push_back(dtype_of(item.at("name")));
    } else {
      values.push_back(arrays.emplace_back(call.arguments().build(item)).get());
    }
  }
  give(call,
       dtype_result(get<std::int32_t>(spc_result_type, static_cast<std::int64_t>(values.size()),
                                      static_cast<const spc_value *>(values.data()),
                                      static_cast<std::int32_t>(dtypes.size()),
                                      static_cast<const std::int32_t *>(dtypes.data()))));
}

// A dtype becomes usable by making a context of it.
Context context_of(Call &call) {
  const Json &spec = call.input_spec(0);
  const std::int32_t dtype =
      spec.at("kind") == "none" ? std::int32_t{SPC_DTYPE_NONE} : dtype_of(spec.at("name"));
  const auto family = get<const char *>(spc_context_family, call.context());
  return make<Context>(spc_context_create, family, dtype, std::int32_t{SPC_CHECK_NONE});
}

void run_sanitize_dtype(Call &call) {
  const Context context = context_of(call);
  give(call, dtype_result(get<std::int32_t>(spc_context_dtype, context.get())));
}

void run_real_dtype(Call &call) {
  const Context context = context_of(call);
  const std::int64_t none = 0;
  const auto x =
      make(spc_empty, context.get(), std::int32_t{1}, &none, std::int32_t{SPC_DTYPE_NONE});
  const auto part = make(spc_real, x.get());
  give(call, dtype_result(get<std::int32_t>(spc_array_dtype, part.get())));
}

// ---- the table ----------------------------------------------------------------------------------

#define PLAIN(NAME, RUN)     {#NAME, RUN<spc_##NAME>},
#define WITH_INTO(NAME, RUN) {#NAME, RUN<spc_##NAME, spc_##NAME##_into>},
#define RUN_CREATE(NAME)     PLAIN(NAME, run_create)
#define RUN_FULL(NAME)       PLAIN(NAME, run_full)
#define RUN_EYE(NAME)        PLAIN(NAME, run_eye)
#define RUN_ARANGE(NAME)     PLAIN(NAME, run_arange)
#define RUN_ASARRAY(NAME)    PLAIN(NAME, run_asarray)
#define RUN_CAST(NAME)       PLAIN(NAME, run_cast)
#define RUN_UNARY(NAME)      WITH_INTO(NAME, run_unary)
#define RUN_VIEW(NAME)       PLAIN(NAME, run_view)
#define RUN_SHAPE(NAME)      PLAIN(NAME, run_shape)
#define RUN_AXES(NAME)       PLAIN(NAME, run_axes)
#define RUN_AXIS_PAIR(NAME)  PLAIN(NAME, run_axis_pair)
#define RUN_MOVEAXIS(NAME)   PLAIN(NAME, run_moveaxis)
#define RUN_GETITEM(NAME)    PLAIN(NAME, run_getitem)
#define RUN_BINARY(NAME)     WITH_INTO(NAME, run_binary)
#define RUN_REDUCE(NAME)     WITH_INTO(NAME, run_reduce)
#define RUN_REDUCE_AS(NAME)  WITH_INTO(NAME, run_reduce_as)
#define RUN_NORM(NAME)       WITH_INTO(NAME, run_norm)
#define RUN_MATMUL(NAME)     WITH_INTO(NAME, run_matmul)
#define RUN_ASSPARSE(NAME)   PLAIN(NAME, run_assparse)
#define RUN_AXPBY(NAME)      // the vectors have no such op
#define RUN_KERNEL(NAME)     // no C function
#define RUN_CONSTANT(NAME)
#define RUN_FULL_LIKE(NAME)
#define RUN_LINSPACE(NAME)
#define RUN_STACK(NAME)
#define RUN_CONCATENATE(NAME)
#define RUN_ARRAYS(NAME)
#define RUN_TUPLE_OF_ARRAYS(NAME)
#define RUN_TAKE(NAME)
#define RUN_INDEX_UPDATE(NAME)
#define RUN_ISCLOSE(NAME)
#define RUN_ALLCLOSE(NAME)
#define RUN_ALLCLOSE_SPARSE(NAME)
#define RUN_WHERE(NAME)
#define RUN_CLIP(NAME)
#define RUN_LOGSUMEXP(NAME)
#define RUN_ARG(NAME)
#define RUN_AXIS(NAME)
#define RUN_NONZERO(NAME)
#define RUN_BINCOUNT(NAME)
#define RUN_TENSORDOT(NAME)
#define RUN_EINSUM(NAME)
#define RUN_OPTIONS(NAME)
#define RUN_EIGH(NAME)
#define RUN_EIG(NAME)
#define RUN_SVD(NAME)
#define SPC_OP(NAME, CODE, SINCE, SIG, ...) RUN_##SIG(NAME)

const std::unordered_map<std::string, Runner> &runners() {
  static const std::unordered_map<std::string, Runner> table = {
#include "spacecore/ops.def"
      {"get_dtype", run_get_dtype},
      {"shape", run_array_shape},
      {"ndim", run_ndim},
      {"size", run_size},
      {"is_dense", run_is<true, false>},
      {"is_sparse", run_is<false, true>},
      {"is_array", run_is<true, true>},
      {"to_numpy", run_to_host},
      {"result_type", run_result_type},
      {"sanitize_dtype", run_sanitize_dtype},
      {"real_dtype", run_real_dtype},
  };
  return table;
}

const Json kNull;

}  // namespace

Call::Call(const Json &spec, Arguments &arguments)
    : spec_(spec.at("inputs")),
      attrs_(spec.contains("attrs") ? spec.at("attrs") : kNull),
      arguments_(arguments) {
  for (const auto &input : spec_) {
    // Dtypes, also inside of a list, are no values of the library: their runners read the case.
    const bool by_runner = input.at("kind") == "dtype" || spec.at("op") == "result_type";
    inputs_.push_back(by_runner ? Array() : arguments.build(input));
  }
}

const Json &Call::attr(const char *name) const {
  const auto found = attrs_.find(name);
  return found == attrs_.end() ? kNull : *found;
}

std::int32_t Call::dtype_attr() const {
  const Json &name = attr("dtype");
  return name.is_null() ? std::int32_t{SPC_DTYPE_NONE} : dtype_of(name);
}

bool Call::flag(const char *name) const {
  const Json &value = attr(name);
  return !value.is_null() && value.get<bool>();
}

std::int64_t Call::integer(const char *name) const {
  const Json &value = attr(name);
  return value.is_null() ? SPC_NONE_I64 : value.get<std::int64_t>();
}

std::vector<std::int64_t> Call::integers(const char *name) const {
  const Json &value = attr(name);
  if (value.is_number()) return {value.get<std::int64_t>()};
  return value.get<Axes>();
}

const Runner *find_runner(const std::string &op) {
  const auto found = runners().find(op);
  return found == runners().end() ? nullptr : &found->second;
}

}  // namespace cmd::conform
