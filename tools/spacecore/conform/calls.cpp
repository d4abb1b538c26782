// SPDX-License-Identifier: Apache-2.0
// The op table names every op; its signature says how the inputs and attributes of a case become
// arguments. A new op of a known signature needs no line here.
#include "tools/spacecore/conform/calls.hpp"

#include <limits>
#include <unordered_map>

#include "tools/spacecore/conform/compare.hpp"

namespace cmd::conform {
namespace {

using Axes = std::vector<std::int64_t>;

template <class T>
std::int32_t count(const std::vector<T> &list) {
  return static_cast<std::int32_t>(list.size());
}

void give(Call &call, Output output) {
  auto &form = call.forms.emplace_back();
  form.push_back(std::move(output));
}

template <class... Outputs>
void give_all(Call &call, Outputs... outputs) {
  auto &form = call.forms.emplace_back();
  (form.push_back(std::move(outputs)), ...);
}

// The plain form, and the same into an array that holds what no result may depend on.
template <auto Fn, auto Into, class... Args>
void both_forms(Call &call, Args... args) {
  if (call.target) return check(Into(args..., call.target));
  Array out = make(Fn, args...);
  // A sparse result has no other form.
  if (get<std::int32_t>(spc_value_kind, out.get()) == SPC_VALUE_SPARSE) {
    return give(call, std::move(out));
  }
  const auto shape = shape_of(out.get());
  // Of the result's family: that of the default context where the operands are weak scalars.
  const auto context =
      make<Context>(spc_context_create, get<const char *>(spc_array_family, out.get()),
                    get<std::int32_t>(spc_array_dtype, out.get()), std::int32_t{SPC_CHECK_NONE});
  const HostArray before = garbage(get<std::int32_t>(spc_array_dtype, out.get()), shape);
  Array again = make(spc_array_from_host, context.get(), before.dtype, count(shape), shape.data(),
                     static_cast<const void *>(before.bytes.data()));
  check(Into(args..., again.get()));
  give(call, std::move(out));
  give(call, std::move(again));
}

// The members of a list argument.
struct Members {
  explicit Members(spc_value list) {
    const auto n = get<std::int64_t>(spc_value_count, list);
    for (std::int64_t i = 0; i < n; ++i) {
      handles.push_back(items.emplace_back(make(spc_value_item, list, i)).get());
    }
  }
  std::int64_t n() const { return static_cast<std::int64_t>(handles.size()); }
  const spc_array *data() const { return handles.data(); }

  std::vector<Array> items;
  std::vector<spc_array> handles;
};

// A tuple result is one output for each member.
void give_members(Call &call, const Array &tuple) {
  auto &form = call.forms.emplace_back();
  for (auto &item : Members(tuple.get()).items) form.emplace_back(std::move(item));
}

// The attribute backend_kwargs as a map; only its keys count.
struct Options {
  explicit Options(const Call &call) {
    const Json &given = call.attr("backend_kwargs");
    if (given.is_null()) return;
    std::vector<const char *> keys;
    std::vector<spc_value> values;
    const Array any = make(spc_weak_bool, std::int32_t{1});
    for (const auto &[key, value] : given.items()) {
      keys.push_back(key.c_str());
      values.push_back(any.get());
    }
    map = make(spc_value_map, static_cast<std::int64_t>(keys.size()),
               static_cast<const char *const *>(keys.data()),
               static_cast<const spc_value *>(values.data()));
  }
  spc_value get() const { return map.get(); }

  Array map;
};

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
  const Options options(call);
  both_forms<Fn, Into>(call, call.input(0), call.input(1), options.get());
}

// Attribute mode: SPC_MODE_NONE where absent.
std::int32_t mode_of(const Call &call) {
  const Json &mode = call.attr("mode");
  return mode.is_null() ? std::int32_t{SPC_MODE_NONE} : mode.get<std::int32_t>();
}

template <auto Fn, auto Into>
void run_factor_solve(Call &call) {
  both_forms<Fn, Into>(call, call.input(0), call.input(1), call.input(2), mode_of(call));
}

template <auto Fn, auto Into>
void run_triangular(Call &call) {
  both_forms<Fn, Into>(call, call.input(0), call.input(1), mode_of(call),
                       std::int32_t{call.flag("lower")}, std::int32_t{call.flag("unit")});
}

template <auto Fn, auto Into>
void run_axpby(Call &call) {
  both_forms<Fn, Into>(call, call.input(0), call.input(1), call.input(2), call.input(3));
}

template <auto Fn>
void run_assparse(Call &call) {
  const Json &format = call.attr("format");
  give(call, make(Fn, call.context(), call.input(0),
                  format.is_null() ? "csr" : format.get_ref<const std::string &>().c_str(),
                  call.dtype_attr()));
}

template <auto Fn>
void run_constant(Call &call) {
  give(call, make(Fn, call.context()));
}

template <auto Fn>
void run_full_like(Call &call) {
  give(call, make(Fn, call.input(0), call.input(1), call.dtype_attr()));
}

template <auto Fn>
void run_linspace(Call &call) {
  constexpr std::int64_t num = 50;
  give(call, make(Fn, call.context(), call.input(0), call.input(1), call.integer_or("num", num)));
}

template <auto Fn>
void run_stack(Call &call) {
  const Members arrays(call.input(0));
  give(call, make(Fn, arrays.n(), arrays.data(), call.integer_or("axis", 0)));
}

template <auto Fn>
void run_concatenate(Call &call) {
  const Members arrays(call.input(0));
  give(call, make(Fn, arrays.n(), arrays.data(), call.integer_or("axis", 0), call.dtype_attr()));
}

template <auto Fn>
void run_arrays(Call &call) {
  const Members arrays(call.input(0));
  give(call, make(Fn, arrays.n(), arrays.data()));
}

template <auto Fn>
void run_tuple_of_arrays(Call &call) {
  const Members arrays(call.input(0));
  give_members(call, make(Fn, arrays.n(), arrays.data()));
}

template <auto Fn>
void run_take(Call &call) {
  give(call, make(Fn, call.input(0), call.input(1), call.integer("axis")));
}

template <auto Fn>
void run_index_update(Call &call) {
  const spc_array x = call.input(0);
  const auto index = call.arguments().build_index(call.attr("index"));
  const bool copy = call.attr("copy").is_null() || call.flag("copy");
  Array out = make(Fn, x, static_cast<std::int32_t>(index.size()), index.data(), call.input(1),
                   std::int32_t{copy});
  if (get<std::int32_t>(spc_array_is_view_of, out.get(), x) == std::int32_t{copy}) {
    throw Mismatch(copy ? "the result shares the memory of x" : "the result is not x itself");
  }
  if (!copy) call.arguments().allow_change(x);
  give(call, std::move(out));
}

// The vectors that the program writes are copied first, as results are arrays of the call's own.
template <auto Fn>
void run_program(Call &call) {
  std::vector<spc_instruction> instructions;
  for (const Json &row : call.attr("instructions")) {
    const auto f = row.get<std::vector<std::int32_t>>();
    instructions.push_back({f.at(0), f.at(1), f.at(2), f.at(3), f.at(4), f.at(5), f.at(6), 0});
  }
  const auto n_vectors = static_cast<std::size_t>(call.integer("n_vectors"));
  std::vector<Array> written(n_vectors);
  std::int64_t sums = 0;
  for (const spc_instruction &i : instructions) {
    const bool reduces = i.code >= SPC_PROGRAM_DOT;
    sums += reduces ? 1 : 0;
    const auto out = static_cast<std::size_t>(i.out);
    if (!reduces && !written.at(out)) written[out] = make(spc_copy, call.input(out));
  }
  std::vector<spc_array> vectors, scalars;
  for (std::size_t i = 0; i < call.input_count(); ++i) {
    if (i >= n_vectors) {
      scalars.push_back(call.input(i));
    } else {
      vectors.push_back(written[i] ? written[i].get() : call.input(i));
    }
  }
  // The sums of opaque vectors lie on the host.
  const auto dtype = get<std::int32_t>(spc_array_dtype, vectors.at(0));
  const char *family = get<const char *>(spc_array_family, vectors.at(0));
  const Array probe = make(spc_vdot, vectors.at(0), vectors.at(0));
  if (sums > 0) family = get<const char *>(spc_array_family, probe.get());
  const auto context =
      make<Context>(spc_context_create, family, dtype, std::int32_t{SPC_CHECK_NONE});
  const HostArray zeros = garbage(dtype, {sums});
  Array results;
  if (sums > 0)
    results = make(spc_array_from_host, context.get(), dtype, std::int32_t{1},
                   static_cast<const std::int64_t *>(&sums),
                   static_cast<const void *>(zeros.bytes.data()));
  check(Fn(count(instructions), instructions.data(), count(vectors), vectors.data(), count(scalars),
           scalars.data(), results.get()));
  auto &form = call.forms.emplace_back();
  for (Array &v : written)
    if (v) form.emplace_back(std::move(v));
  if (results) form.emplace_back(std::move(results));
}

Json weak(const char *type, const Json &value) {
  return {{"kind", "weak"}, {"type", type}, {"value", value}};
}

Json verdict(std::int32_t yes) {
  return weak("bool", yes != 0);
}

struct Tolerance {
  explicit Tolerance(const Call &call) {
    if (const Json &given = call.attr("rtol"); !given.is_null()) rtol = parse_number(given);
    if (const Json &given = call.attr("atol"); !given.is_null()) atol = parse_number(given);
  }
  double rtol = 1e-5, atol = 1e-8;
};

template <auto Fn, auto Into>
void run_isclose(Call &call) {
  const Tolerance tolerance(call);
  both_forms<Fn, Into>(call, call.input(0), call.input(1), tolerance.rtol, tolerance.atol);
}

template <auto Fn>
void run_allclose(Call &call) {
  const Tolerance tolerance(call);
  give(call, verdict(get<std::int32_t>(Fn, call.input(0), call.input(1), tolerance.rtol,
                                       tolerance.atol, std::int32_t{call.flag("equal_nan")})));
}

template <auto Fn>
void run_allclose_sparse(Call &call) {
  const Tolerance tolerance(call);
  give(call, verdict(get<std::int32_t>(Fn, call.input(0), call.input(1), tolerance.rtol,
                                       tolerance.atol)));
}

template <auto Fn, auto Into>
void run_ternary(Call &call) {
  both_forms<Fn, Into>(call, call.input(0), call.input(1), call.input(2));
}

template <auto Fn>
void run_logsumexp(Call &call) {
  const AxisList axes(call, "axis");
  Array out, sign;
  const bool with_sign = call.flag("return_sign");
  check(Fn(call.input(0), call.input(1), axes.n(), axes.data(), std::int32_t{call.flag("keepdims")},
           out.out(), with_sign ? sign.out() : nullptr));
  if (with_sign) {
    give_all(call, std::move(out), std::move(sign));
  } else {
    give(call, std::move(out));
  }
}

template <auto Fn, auto Into>
void run_arg(Call &call) {
  if (call.attr("axis").is_array()) {
    // The parameter is one integer: C refuses a list before the call.
    throw Failure(SPC_E_TYPE, "axis is a list, expected an integer");
  }
  both_forms<Fn, Into>(call, call.input(0), call.integer("axis"),
                       std::int32_t{call.flag("keepdims")});
}

template <auto Fn, auto Into>
void run_axis(Call &call) {
  both_forms<Fn, Into>(call, call.input(0), call.integer_or("axis", -1));
}

template <auto Fn>
void run_nonzero(Call &call) {
  give_members(call, make(Fn, call.input(0)));
}

template <auto Fn>
void run_bincount(Call &call) {
  give(call, make(Fn, call.input(0), call.integer_or("minlength", 0)));
}

template <auto Fn>
void run_tensordot(Call &call) {
  const Json &axes = call.attr("axes");
  if (axes.is_array()) {
    const Axes a = axes.at(0).get<Axes>(), b = axes.at(1).get<Axes>();
    give(call, make(Fn, call.input(0), call.input(1), count(a), a.data(), count(b), b.data()));
    return;
  }
  const auto n = static_cast<std::int32_t>(call.integer_or("axes", 2));
  const std::int64_t *none = nullptr;
  give(call, make(Fn, call.input(0), call.input(1), n, none, n, none));
}

template <auto Fn>
void run_einsum(Call &call) {
  const Members operands(call.input(0));
  give(call, make(Fn, call.attr("subscripts").get_ref<const std::string &>().c_str(), operands.n(),
                  operands.data()));
}

template <auto Fn, auto Into>
void run_options(Call &call) {
  const Options options(call);
  both_forms<Fn, Into>(call, call.input(0), options.get());
}

template <auto Fn>
void run_eigh(Call &call) {
  const Options options(call);
  Array w, v;
  check(Fn(call.input(0), options.get(), w.out(), v.out()));
  give_all(call, std::move(w), std::move(v));
}

template <auto Fn>
void run_eig(Call &call) {
  Array w, v;
  check(Fn(call.input(0), w.out(), v.out()));
  give_all(call, std::move(w), std::move(v));
}

template <auto Fn>
void run_svd(Call &call) {
  const Options options(call);
  const bool full = call.attr("full_matrices").is_null() || call.flag("full_matrices");
  Array u, s, vh;
  check(Fn(call.input(0), std::int32_t{full}, options.get(), u.out(), s.out(), vh.out()));
  give_all(call, std::move(u), std::move(s), std::move(vh));
}

// ---- what the op table does not list: questions about arrays and dtypes -------------------------

Json dtype_result(std::int32_t dtype) {
  return {{"kind", "dtype"}, {"name", dtype_name(dtype)}};
}

void run_array(Call &call) {
  give(call, make(spc_array_from_value, call.context(), call.input(0), call.dtype_attr()));
}

void run_get_dtype(Call &call) {
  give(call, dtype_result(get<std::int32_t>(spc_get_dtype, call.context(), call.input(0))));
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

template <auto Fn>
void run_is(Call &call) {
  give(call, verdict(get<std::int32_t>(Fn, call.context(), call.input(0))));
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

std::int32_t dtype_input(const Call &call) {
  const Json &spec = call.input_spec(0);
  return spec.at("kind") == "none" ? std::int32_t{SPC_DTYPE_NONE} : dtype_of(spec.at("name"));
}

void run_sanitize_dtype(Call &call) {
  give(call,
       dtype_result(get<std::int32_t>(spc_sanitize_dtype, call.context(), dtype_input(call))));
}

void run_real_dtype(Call &call) {
  give(call, dtype_result(get<std::int32_t>(spc_real_dtype, dtype_input(call))));
}

void run_is_complex_dtype(Call &call) {
  give(call, verdict(get<std::int32_t>(spc_is_complex_dtype, dtype_input(call))));
}

void run_eps(Call &call) {
  give(call, weak("float", get<double>(spc_eps, dtype_input(call))));
}

// ---- the table ----------------------------------------------------------------------------------

#define PLAIN(NAME, RUN)                    {#NAME, RUN<spc_##NAME>},
#define WITH_INTO(NAME, RUN)                {#NAME, RUN<spc_##NAME, spc_##NAME##_into>},
#define RUN_CREATE(NAME)                    PLAIN(NAME, run_create)
#define RUN_FULL(NAME)                      PLAIN(NAME, run_full)
#define RUN_EYE(NAME)                       PLAIN(NAME, run_eye)
#define RUN_ARANGE(NAME)                    PLAIN(NAME, run_arange)
#define RUN_ASARRAY(NAME)                   PLAIN(NAME, run_asarray)
#define RUN_CAST(NAME)                      PLAIN(NAME, run_cast)
#define RUN_UNARY(NAME)                     WITH_INTO(NAME, run_unary)
#define RUN_VIEW(NAME)                      PLAIN(NAME, run_view)
#define RUN_SHAPE(NAME)                     PLAIN(NAME, run_shape)
#define RUN_AXES(NAME)                      PLAIN(NAME, run_axes)
#define RUN_AXIS_PAIR(NAME)                 PLAIN(NAME, run_axis_pair)
#define RUN_MOVEAXIS(NAME)                  PLAIN(NAME, run_moveaxis)
#define RUN_GETITEM(NAME)                   PLAIN(NAME, run_getitem)
#define RUN_BINARY(NAME)                    WITH_INTO(NAME, run_binary)
#define RUN_REDUCE(NAME)                    WITH_INTO(NAME, run_reduce)
#define RUN_REDUCE_AS(NAME)                 WITH_INTO(NAME, run_reduce_as)
#define RUN_NORM(NAME)                      WITH_INTO(NAME, run_norm)
#define RUN_MATMUL(NAME)                    WITH_INTO(NAME, run_matmul)
#define RUN_ASSPARSE(NAME)                  PLAIN(NAME, run_assparse)
#define RUN_AXPBY(NAME)                     WITH_INTO(NAME, run_axpby)
#define RUN_PROGRAM(NAME)                   PLAIN(NAME, run_program)
#define RUN_KERNEL(NAME)                    // no C function
#define RUN_CONSTANT(NAME)                  PLAIN(NAME, run_constant)
#define RUN_FULL_LIKE(NAME)                 PLAIN(NAME, run_full_like)
#define RUN_LINSPACE(NAME)                  PLAIN(NAME, run_linspace)
#define RUN_STACK(NAME)                     PLAIN(NAME, run_stack)
#define RUN_CONCATENATE(NAME)               PLAIN(NAME, run_concatenate)
#define RUN_ARRAYS(NAME)                    PLAIN(NAME, run_arrays)
#define RUN_TUPLE_OF_ARRAYS(NAME)           PLAIN(NAME, run_tuple_of_arrays)
#define RUN_TAKE(NAME)                      PLAIN(NAME, run_take)
#define RUN_INDEX_UPDATE(NAME)              PLAIN(NAME, run_index_update)
#define RUN_ISCLOSE(NAME)                   WITH_INTO(NAME, run_isclose)
#define RUN_ALLCLOSE(NAME)                  PLAIN(NAME, run_allclose)
#define RUN_ALLCLOSE_SPARSE(NAME)           PLAIN(NAME, run_allclose_sparse)
#define RUN_WHERE(NAME)                     WITH_INTO(NAME, run_ternary)
#define RUN_CLIP(NAME)                      WITH_INTO(NAME, run_ternary)
#define RUN_LOGSUMEXP(NAME)                 PLAIN(NAME, run_logsumexp)
#define RUN_ARG(NAME)                       WITH_INTO(NAME, run_arg)
#define RUN_AXIS(NAME)                      WITH_INTO(NAME, run_axis)
#define RUN_NONZERO(NAME)                   PLAIN(NAME, run_nonzero)
#define RUN_BINCOUNT(NAME)                  PLAIN(NAME, run_bincount)
#define RUN_TENSORDOT(NAME)                 PLAIN(NAME, run_tensordot)
#define RUN_EINSUM(NAME)                    PLAIN(NAME, run_einsum)
#define RUN_OPTIONS(NAME)                   WITH_INTO(NAME, run_options)
#define RUN_EIGH(NAME)                      PLAIN(NAME, run_eigh)
#define RUN_EIG(NAME)                       PLAIN(NAME, run_eig)
#define RUN_SVD(NAME)                       PLAIN(NAME, run_svd)
#define RUN_LU(NAME)                        PLAIN(NAME, run_eig)
#define RUN_FACTOR_SOLVE(NAME)              WITH_INTO(NAME, run_factor_solve)
#define RUN_TRIANGULAR(NAME)                WITH_INTO(NAME, run_triangular)
#define SPC_OP(NAME, CODE, SINCE, SIG, ...) RUN_##SIG(NAME)

const std::unordered_map<std::string, Runner> &runners() {
  static const std::unordered_map<std::string, Runner> table = {
#include "spacecore/ops.def"
      {"array", run_array},
      {"get_dtype", run_get_dtype},
      {"shape", run_array_shape},
      {"ndim", run_ndim},
      {"size", run_size},
      {"is_dense", run_is<spc_is_dense>},
      {"is_sparse", run_is<spc_is_sparse>},
      {"is_array", run_is<spc_is_array>},
      {"to_numpy", run_to_host},
      {"result_type", run_result_type},
      {"sanitize_dtype", run_sanitize_dtype},
      {"real_dtype", run_real_dtype},
      {"is_complex_dtype", run_is_complex_dtype},
      {"eps", run_eps},
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

std::vector<Array> Call::arrays() const {
  std::vector<Array> found;
  const std::function<void(spc_value)> visit = [&](spc_value value) {
    const auto kind = get<std::int32_t>(spc_value_kind, value);
    if (kind == SPC_VALUE_LIST) {
      for (const spc_value item : Members(value).handles) visit(item);
    } else if (kind == SPC_VALUE_ARRAY) {
      check(spc_array_retain(value));
      *found.emplace_back().out() = value;
    } else if (kind == SPC_VALUE_SPARSE) {
      check(spc_sparse_parts(value, nullptr, nullptr, found.emplace_back().out()));
    }
  };
  for (const auto &input : inputs_) {
    if (input) visit(input.get());
  }
  return found;
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

std::int64_t Call::integer_or(const char *name, std::int64_t absent) const {
  return attrs_.contains(name) ? integer(name) : absent;
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
