// SPDX-License-Identifier: Apache-2.0
// The forms that write into an existing array.
#include <fmt/format.h>

#include "tools/spacecore/conform/bench.hpp"

namespace cmd::conform {
namespace {

using Shape = std::vector<std::int64_t>;

// The signatures whose ops have an _into form.
bool has_into(const OpRow &op) {
  for (const char *signature : {"UNARY", "BINARY", "REDUCE", "REDUCE_AS", "NORM", "MATMUL", "AXPBY",
                                "ISCLOSE", "WHERE", "CLIP", "ARG", "AXIS", "OPTIONS"}) {
    if (op.signature == signature) return true;
  }
  return false;
}

template <class Fn>
void each_into_case(const Bench &bench, Fn fn) {
  bench.each_case([&](const OpRow &op, const Case &one, const std::string &label) {
    if (one.every_property && has_into(op)) fn(op, one, label);
  });
}

Array upload(spc_context context, const HostArray &host) {
  return make(spc_array_from_host, context, host.dtype,
              static_cast<std::int32_t>(host.shape.size()), host.shape.data(),
              static_cast<const void *>(host.bytes.data()));
}

// The plain result of a case, on the host.
HostArray plain_result(const Json &spec, spc_context context) {
  return std::get<HostArray>(results_of(spec, context).at(0));
}

void equals_plain(Bench &bench) {
  each_into_case(bench, [&](const OpRow &op, const Case &one, const std::string &label) {
    bench.test(
        std::string(op.name), label,
        [&] {
          Prepared prepared(one.spec, bench.context());
          prepared.run();  // the output is full of NaN, 77 or true
          require_same(prepared.results(1), prepared.results(0), op, true);
          prepared.arguments.require_unchanged();
        },
        &one.spec);
  });
}

// A strided output; what lies between its elements is nobody's.
void strided_output(Bench &bench) {
  if (!bench.strided()) return;
  each_into_case(bench, [&](const OpRow &op, const Case &one, const std::string &label) {
    bench.test(
        std::string(op.name), label,
        [&] {
          const HostArray expected = plain_result(one.spec, bench.context());
          Json target = {{"kind", "array"},
                         {"dtype", dtype_name(expected.dtype)},
                         {"shape", expected.shape},
                         {"seed", 7}};
          if (!expected.shape.empty()) target["layout"] = "step2";
          Prepared prepared(one.spec, bench.context());
          const Array out = prepared.arguments.build(target);
          prepared.call.target = out.get();
          prepared.run();
          require_same({read(out.get())}, {expected}, op);
          prepared.arguments.allow_change(out.get());
          prepared.arguments.require_unchanged();
        },
        &one.spec);
  });
}

// Operand i is the output itself.
void onto_operand(Bench &bench) {
  each_into_case(bench, [&](const OpRow &op, const Case &one, const std::string &label) {
    const std::size_t count = one.spec.at("inputs").size();
    for (std::size_t i = 0; i < count; ++i) {
      if (one.spec["inputs"][i].at("kind") != "array") continue;
      bench.test(
          std::string(op.name), fmt::format("{}/operand-{}", label, i),
          [&] {
            const HostArray expected = plain_result(one.spec, bench.context());
            Prepared prepared(one.spec, bench.context());
            const spc_array out = prepared.call.input(i);
            // The output has to be exactly what the result would be.
            if (shape_of(out) != expected.shape) return;
            if (get<std::int32_t>(spc_array_dtype, out) != expected.dtype) return;
            prepared.call.target = out;
            prepared.run();
            require_same({read(out)}, {expected}, op);
            prepared.arguments.allow_change(out);
            prepared.arguments.require_unchanged();
          },
          &one.spec);
    }
  });
}

// Operand i and the output overlap: they are one row apart in one array.
void beside_operand(Bench &bench) {
  if (!bench.strided()) return;
  each_into_case(bench, [&](const OpRow &op, const Case &one, const std::string &label) {
    for (std::size_t i = 0; i < one.spec.at("inputs").size(); ++i) {
      const Json &input = one.spec["inputs"][i];
      if (input.at("kind") != "array" || input.at("shape").empty()) continue;
      bench.test(
          std::string(op.name), fmt::format("{}/operand-{}", label, i),
          [&] {
            const HostArray expected = plain_result(one.spec, bench.context());
            Json spec = one.spec;
            spec["inputs"][i]["layout"] = "head";
            Prepared prepared(spec, bench.context());
            const Array out = prepared.arguments.tail_of(prepared.call.input(i));
            if (shape_of(out.get()) != expected.shape) return;
            if (get<std::int32_t>(spc_array_dtype, out.get()) != expected.dtype) return;
            prepared.call.target = out.get();
            prepared.run();
            require_same({read(out.get())}, {expected}, op);
          },
          &one.spec);
    }
  });
}

// An output that must be refused: everything stays as it was.
template <class MakeTarget>
void refused(Bench &bench, MakeTarget make_target) {
  each_into_case(bench, [&](const OpRow &op, const Case &one, const std::string &label) {
    bench.test(
        std::string(op.name), label,
        [&] {
          const HostArray expected = plain_result(one.spec, bench.context());
          Prepared prepared(one.spec, bench.context());
          const Array out = make_target(prepared.arguments, expected);
          const HostArray before = read(out.get());
          prepared.call.target = out.get();
          std::int32_t code = SPC_OK;
          try {
            prepared.run();
          } catch (const Failure &failure) {
            code = failure.code();
          }
          if (code == SPC_OK) throw Mismatch("the output was accepted");
          if (!is_a(code, SPC_E_VALUE) && !is_a(code, SPC_E_TYPE)) {
            throw Mismatch("refused with " + status_name(code) + ", expected ValueErr or TypeErr");
          }
          if (read(out.get()).bytes != before.bytes) {
            throw Mismatch("the refused output was written");
          }
          prepared.arguments.require_unchanged();
        },
        &one.spec);
  });
}

void wrong_shape(Bench &bench) {
  refused(bench, [](const Arguments &arguments, const HostArray &expected) {
    Shape shape = expected.shape;
    shape.insert(shape.begin(), 1);
    return upload(arguments.context(), random_array(expected.dtype, shape, 5));
  });
}

void wrong_dtype(Bench &bench) {
  refused(bench, [](const Arguments &arguments, const HostArray &expected) {
    const std::int32_t other = expected.dtype == SPC_FLOAT32 ? SPC_FLOAT64 : SPC_FLOAT32;
    return upload(arguments.context(), random_array(other, expected.shape, 5));
  });
}

void read_only(Bench &bench) {
  if (!bench.strided()) return;
  refused(bench, [](const Arguments &arguments, const HostArray &expected) {
    const Array one = upload(arguments.context(), random_array(expected.dtype, {}, 5));
    return make(spc_broadcast_to, one.get(), static_cast<std::int32_t>(expected.shape.size()),
                expected.shape.data());
  });
}

}  // namespace

std::vector<Property> into_properties() {
  return {{"into-equals-plain",
           "The _into form overwrites every element of its output, whatever was there, with what "
           "the plain form gives.",
           equals_plain},
          {"into-strided",
           "An output with gaps between its elements gets the same result, and the gaps stay.",
           strided_output},
          {"into-operand", "The output may be one of the operands.", onto_operand},
          {"into-overlapping", "The output may partly overlap an operand.", beside_operand},
          {"into-wrong-shape",
           "An output of another shape is refused; it and the operands stay as they were.",
           wrong_shape},
          {"into-wrong-dtype",
           "An output of another dtype is refused; it and the operands stay as they were.",
           wrong_dtype},
          {"into-read-only",
           "A read-only output is refused; it and the operands stay as they were.", read_only}};
}

}  // namespace cmd::conform
