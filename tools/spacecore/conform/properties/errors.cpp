// SPDX-License-Identifier: Apache-2.0
// Calls that must fail, and leave everything as it was.
#include <fmt/format.h>

#include "tools/spacecore/conform/bench.hpp"

namespace cmd::conform {
namespace {

// A call as a test vector: label, op, inputs, attrs, error. Single quotes stand for double ones.
struct Wrong {
  const char *label, *op, *inputs, *attrs;
  spc_status error;
  /// Shape of the output of the _into form; NULL if there is none.
  const char *into = nullptr;
};

#define F64(SHAPE, DATA)  "{'kind':'array','dtype':'float64','shape':" SHAPE ",'data':" DATA "}"
#define I64(SHAPE, DATA)  "{'kind':'array','dtype':'int64','shape':" SHAPE ",'data':" DATA "}"
#define C128(SHAPE, DATA) "{'kind':'array','dtype':'complex128','shape':" SHAPE ",'data':" DATA "}"
#define VEC2              F64("[2]", "[1.5,-2.5]")
#define VEC3              F64("[3]", "[1.5,-2.5,3.5]")
#define SINGULAR          F64("[2,2]", "[1,2,2,4]")
#define WIDE              F64("[2,3]", "[1,2,3,4,5,6]")
#define AT(INDEX)         "{'index':[{'int':" INDEX "}],'copy':false}"

const Wrong kWrong[] = {
    {"shapes", "add", VEC2 "," VEC3, "{}", SPC_E_VALUE, "[3]"},
    {"shapes", "where", VEC2 "," VEC3 "," VEC3, "{}", SPC_E_VALUE, "[3]"},
    {"weak-range", "add",
     "{'kind':'array','dtype':'int8','shape':[1],'data':[1]},"
     "{'kind':'weak','type':'int','value':300}",
     "{}", SPC_E_OVERFLOW},
    {"bool", "subtract",
     "{'kind':'array','dtype':'bool','shape':[1],'data':[true]},"
     "{'kind':'array','dtype':'bool','shape':[1],'data':[true]}",
     "{}", SPC_E_TYPE},
    {"bool", "negative", "{'kind':'array','dtype':'bool','shape':[1],'data':[true]}", "{}",
     SPC_E_TYPE},
    {"negative-exponent", "power", I64("[2]", "[2,3]") "," I64("[2]", "[1,-1]"), "{}", SPC_E_VALUE,
     "[2]"},
    {"axis", "sum", VEC2, "{'axis':1}", SPC_E_AXIS, "[]"},
    {"repeated-axis", "sum", VEC2, "{'axis':[0,-1]}", SPC_E_VALUE, "[]"},
    {"complex-to-real", "sum", C128("[1]", "[[1,0]]"), "{'dtype':'float64'}", SPC_E_TYPE},
    {"nothing", "min", F64("[0]", "[]"), "{}", SPC_E_VALUE, "[]"},
    {"nothing", "argmax", F64("[0]", "[]"), "{}", SPC_E_VALUE},
    {"scalar", "sort", F64("[]", "[1]"), "{}", SPC_E_AXIS, "[]"},
    {"size", "reshape", VEC3, "{'shape':[2,2]}", SPC_E_VALUE},
    {"two-unknown", "reshape", VEC3, "{'shape':[-1,-1]}", SPC_E_VALUE},
    {"permutation", "transpose", WIDE, "{'axes':[0,0]}", SPC_E_VALUE},
    {"length", "squeeze", WIDE, "{'axis':0}", SPC_E_VALUE},
    {"repeated", "expand_dims", VEC2, "{'axis':[0,0]}", SPC_E_VALUE},
    {"shape", "broadcast_to", VEC3, "{'shape':[2]}", SPC_E_VALUE},
    {"shapes", "stack", "{'kind':'list','items':[" VEC2 "," VEC3 "]}", "{}", SPC_E_VALUE},
    {"nothing", "concatenate", "{'kind':'list','items':[]}", "{}", SPC_E_VALUE},
    {"range", "getitem", VEC3, "{'index':[{'int':3}]}", SPC_E_INDEX},
    {"array-range", "getitem", VEC3, "{'index':[{'array':" I64("[2]", "[0,-4]") "}]}", SPC_E_INDEX},
    {"range", "take", VEC3 "," I64("[2]", "[0,3]"), "{}", SPC_E_INDEX},
    {"float-indices", "take", VEC3 "," VEC2, "{}", SPC_E_TYPE},
    {"range", "index_set", VEC3 "," VEC3, AT("3"), SPC_E_INDEX},
    {"array-range", "index_set", VEC3 "," VEC3,
     "{'index':[{'array':" I64("[3]", "[0,1,3]") "}],'copy':false}", SPC_E_INDEX},
    {"array-range", "index_add", VEC3 "," VEC3,
     "{'index':[{'array':" I64("[3]", "[0,1,3]") "}],'copy':false}", SPC_E_INDEX},
    {"values", "index_set", VEC3 "," VEC2, "{'index':[{'slice':[null,null,null]}],'copy':false}",
     SPC_E_VALUE},
    {"complex-to-real", "index_add", VEC3 "," C128("[]", "[[1,0]]"), AT("0"), SPC_E_TYPE},
    {"complex-to-real", "astype", C128("[1]", "[[1,0]]"), "{'dtype':'float64'}", SPC_E_TYPE},
    {"inner", "matmul", WIDE "," WIDE, "{}", SPC_E_VALUE, "[2,3]"},
    {"scalar", "matmul", F64("[]", "[1]") "," WIDE, "{}", SPC_E_VALUE},
    {"option", "matmul", WIDE "," VEC3, "{'backend_kwargs':{'frobnicate':true}}", SPC_E_TYPE,
     "[2]"},
    {"lengths", "tensordot", WIDE "," WIDE, "{'axes':1}", SPC_E_VALUE},
    {"operands", "einsum", "{'kind':'list','items':[" VEC2 "]}", "{'subscripts':'i,i'}",
     SPC_E_VALUE},
    {"sizes", "vdot", VEC2 "," VEC3, "{}", SPC_E_VALUE, "[]"},
    {"singular", "solve", SINGULAR "," VEC2, "{}", SPC_E_LINALG, "[2]"},
    {"not-square", "solve", WIDE "," VEC2, "{}", SPC_E_LINALG, "[3]"},
    {"singular", "inv", SINGULAR, "{}", SPC_E_LINALG, "[2,2]"},
    {"indefinite", "cholesky", F64("[2,2]", "[1,0,2,1]"), "{}", SPC_E_LINALG, "[2,2]"},
    {"not-square", "cholesky", WIDE, "{}", SPC_E_LINALG, "[2,3]"},
    {"not-square", "eigh", WIDE, "{}", SPC_E_LINALG},
    {"option", "eigvalsh", SINGULAR, "{'backend_kwargs':{'frobnicate':true}}", SPC_E_TYPE, "[2]"},
    {"order", "norm", WIDE, "{'ord':'frobnicate'}", SPC_E_VALUE, "[]"},
    {"rank", "diag", F64("[]", "[1]"), "{}", SPC_E_VALUE},
    {"rank", "trace", VEC2, "{}", SPC_E_VALUE},
    {"rank", "nonzero", F64("[]", "[1]"), "{}", SPC_E_VALUE},
    {"negative", "bincount", I64("[2]", "[1,-1]"), "{}", SPC_E_VALUE},
    {"floats", "bincount", VEC2, "{}", SPC_E_TYPE},
    {"rank", "assparse", VEC2, "{'format':'csr'}", SPC_E_VALUE},
    {"format", "assparse", WIDE, "{'format':'bsr'}", SPC_E_VALUE},
    {"dense", "sparse_matmul", WIDE "," VEC3, "{}", SPC_E_TYPE},
    {"dense", "allclose_sparse", WIDE "," WIDE, "{}", SPC_E_TYPE},
};

Json parse(std::string text) {
  for (auto &c : text) {
    if (c == '\'') c = '"';
  }
  return Json::parse(text);
}

Json spec_of(const Wrong &wrong) {
  return {{"op", wrong.op},
          {"inputs", parse(fmt::format("[{}]", wrong.inputs))},
          {"attrs", parse(wrong.attrs)}};
}

// An asynchronous family may report the error when the results are read: the call itself succeeds.
spc_status code_of(Prepared &prepared, bool *deferred = nullptr) {
  try {
    prepared.run();
    if (deferred) *deferred = true;
    for (const auto &outputs : prepared.call.forms) read_all(outputs);
    if (prepared.call.target) check(spc_sync());
  } catch (const Failure &failure) {
    if (is_a(failure.code(), SPC_E_NOTIMPL)) throw;
    return failure.code();
  }
  return SPC_OK;
}

void require_code(spc_status code, spc_status expected) {
  if (code == SPC_OK) throw Mismatch("no error, " + status_name(expected) + " expected");
  if (!is_a(code, expected)) {
    throw Mismatch(status_name(code) + ", expected " + status_name(expected));
  }
}

void errors_change_nothing(Bench &bench) {
  for (const auto &wrong : kWrong) {
    const Json spec = spec_of(wrong);
    bench.test(
        wrong.op, wrong.label,
        [&] {
          Prepared prepared(spec, bench.context());
          require_code(code_of(prepared), wrong.error);
          prepared.arguments.require_unchanged();
        },
        &spec);
  }
}

void errors_leave_outputs(Bench &bench) {
  for (const auto &wrong : kWrong) {
    if (!wrong.into) continue;
    const Json spec = spec_of(wrong);
    bench.test(
        wrong.op, wrong.label,
        [&] {
          const bool integers = spec["inputs"][0]["dtype"] == "int64";
          Prepared prepared(spec, bench.context());
          const Array out = prepared.arguments.build({{"kind", "array"},
                                                      {"dtype", integers ? "int64" : "float64"},
                                                      {"shape", parse(wrong.into)},
                                                      {"seed", 3}});
          prepared.call.target = out.get();
          bool deferred = false;
          require_code(code_of(prepared, &deferred), wrong.error);
          if (deferred) prepared.arguments.allow_change(out.get());
          prepared.arguments.require_unchanged();
        },
        &spec);
  }
}

// The specification prescribes a few texts without the name of the op; the record has it.
void errors_name_the_op(Bench &bench) {
  for (const auto &wrong : kWrong) {
    const Json spec = spec_of(wrong);
    bench.test(
        wrong.op, wrong.label,
        [&] {
          Prepared prepared(spec, bench.context());
          require_code(code_of(prepared), wrong.error);
          spc_error_info info{};
          info.struct_size = sizeof info;
          check(spc_last_error(&info));
          const std::string text = info.message, kind = info.kind;
          // An error that comes with the result is that of the part of the op that found it.
          const bool deferred = info.op == std::string("array_to_host");
          if (!deferred && wrong.op != std::string(info.op) &&
              text.find(wrong.op) == std::string::npos) {
            throw Mismatch(
                fmt::format("neither the text nor the op '{}' names the op: {}", info.op, text));
          }
          if (kind != status_name(info.code)) {
            throw Mismatch("kind " + kind + " of status " + status_name(info.code));
          }
        },
        &spec);
  }
}

}  // namespace

std::vector<Property> error_properties() {
  return {{"error",
           "A call that cannot be done fails with the kind of error that the specification names, "
           "and changes no operand.",
           errors_change_nothing},
          {"error-into",
           "The same of the _into forms: a failed call leaves its output as it was, even if only a "
           "value was wrong. An error of a queued kernel that comes later leaves the operands.",
           errors_leave_outputs},
          {"error-text", "The record of an error names the op, and its kind is that of the status.",
           errors_name_the_op}};
}

}  // namespace cmd::conform
