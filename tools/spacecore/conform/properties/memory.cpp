// SPDX-License-Identifier: Apache-2.0
// Who shares memory with whom.
#include "tools/spacecore/conform/bench.hpp"

namespace cmd::conform {
namespace {

bool shares(const Call &call) {
  for (const auto &output : call.forms.at(0)) {
    const auto *result = std::get_if<Array>(&output);
    if (!result) continue;
    Array data;
    const bool sparse = get<std::int32_t>(spc_value_kind, result->get()) == SPC_VALUE_SPARSE;
    if (sparse) check(spc_sparse_parts(result->get(), nullptr, nullptr, data.out()));
    for (const auto &array : call.arrays()) {
      if (get<std::int32_t>(spc_array_is_view_of, sparse ? data.get() : result->get(),
                            array.get())) {
        return true;
      }
    }
  }
  return false;
}

// astype is a copy, but without a dtype it gives the operand itself.
bool may_give_view(const OpRow &op, const Json &spec) {
  return op.effects == "VIEW_OF_0" || (op.name == "astype" && !spec.at("attrs").contains("dtype"));
}

void views_and_copies(Bench &bench) {
  bench.each_case([&](const OpRow &op, const Case &one, const std::string &label) {
    // Contents of new arrays without operands depend on nothing.
    if (!one.every_property || one.spec.at("inputs").empty()) return;
    bench.test(
        std::string(op.name), label,
        [&] {
          Prepared prepared(one.spec, bench.context());
          prepared.run();
          const auto before = prepared.results();
          const bool view = shares(prepared.call);
          if (view && !may_give_view(op, one.spec)) {
            throw Mismatch("the result shares memory with an operand");
          }
          prepared.arguments.overwrite();
          const auto after = prepared.results();
          if (!view) return require_same(after, before, op, true);
          prepared.call.forms.clear();
          prepared.run();
          try {
            require_same(after, prepared.results(), op, true);
          } catch (const Mismatch &difference) {
            throw Mismatch(std::string("after a write to the operand the view is not what the op "
                                       "gives now: ") +
                           difference.what());
          }
        },
        &one.spec);
  });
}

void operands_stay(Bench &bench) {
  bench.each_case([&](const OpRow &op, const Case &one, const std::string &label) {
    if (one.spec.at("inputs").empty()) return;
    bench.test(
        std::string(op.name), label,
        [&] {
          Prepared prepared(one.spec, bench.context());
          prepared.run();
          read_all(prepared.call.forms.at(0));
          prepared.arguments.require_unchanged();
        },
        &one.spec);
  });
}

// Writes through a view that can be written reach the array; a view that cannot refuses them.
void writes_through_views(Bench &bench) {
  bench.each_case([&](const OpRow &op, const Case &one, const std::string &label) {
    if (!one.every_property || op.effects != "VIEW_OF_0") return;
    bench.test(
        std::string(op.name), label,
        [&] {
          Prepared prepared(one.spec, bench.context());
          prepared.run();
          const auto *result = std::get_if<Array>(&prepared.call.forms.at(0).at(0));
          if (!result || !shares(prepared.call)) return;
          if (get<std::int32_t>(spc_value_kind, result->get()) != SPC_VALUE_ARRAY) return;
          const spc_array view = result->get();
          const HostArray now = read(view);
          const HostArray other = random_array(now.dtype, now.shape, 99);
          const auto values =
              make(spc_array_from_host, bench.context(), other.dtype,
                   static_cast<std::int32_t>(other.shape.size()), other.shape.data(),
                   static_cast<const void *>(other.bytes.data()));
          const bool writable = get<std::int32_t>(spc_array_is_writable, view) != 0;
          const spc_status status = spc_array_set(view, values.get());
          if (!writable) {
            if (status == SPC_OK) throw Mismatch("a read-only view was written");
            require_same(read(view), now, {});
            return prepared.arguments.require_unchanged();
          }
          check(status);
          prepared.call.forms.clear();
          prepared.run();
          require_same(prepared.results().at(0), other, {});
        },
        &one.spec);
  });
}

}  // namespace

std::vector<Property> memory_properties() {
  return {{"operands-unchanged", "A call changes no byte of its operands.", operands_stay},
          {"views-and-copies",
           "A result shares memory with an operand only if the op may give a view, and then shows "
           "every write to it; other results never change.",
           views_and_copies},
          {"write-through-views",
           "A write through a view reaches the array; a read-only view refuses it.",
           writes_through_views}};
}

}  // namespace cmd::conform
