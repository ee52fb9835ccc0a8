#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <string>

#include "model.h"
#include "pome/compute_plan.h"
#include "text.h"

namespace pome::python {

namespace nb = nanobind;

void bind_plan(nb::module_& m) {
  nb::class_<KernelRefusal>(m, "KernelRefusal", "Why a kernel did not take an op.")
      .def_ro("kernel", &KernelRefusal::kernel, "Its name.")
      .def_ro("reason", &KernelRefusal::reason, "One sentence.");
  nb::class_<ComputePlanStep>(m, "ComputePlanStep", "One kernel's call; it may cover several ops.")
      .def_ro("ops", &ComputePlanStep::ops, "Names of the ops it covers, in order.")
      .def_ro("kinds", &ComputePlanStep::kinds, "Their kinds: \"conv\", \"relu\".")
      .def_ro("kernel", &ComputePlanStep::kernel,
              "\"reference\" is the naive one that every op has.")
      .def_ro("layout", &ComputePlanStep::layout,
              "How its output lies in memory: \"row-major\", or blocked channels.")
      .def_ro("output_shape", &ComputePlanStep::output_shape,
              "Of its first output, outermost extent first.")
      .def_ro("runs", &ComputePlanStep::runs,
              "How often it runs in one prediction: 1, or the number of pictures of an input that "
              "are run one by one. output_shape is of one run; flops, bytes and milliseconds are "
              "of all of them.")
      .def_ro("flops", &ComputePlanStep::flops,
              "Multiply-adds times two where the kernel states them, else 0.")
      .def_ro("bytes", &ComputePlanStep::bytes,
              "Of the tensors that it reads and writes, its packed weights included.")
      .def_ro("cost_weight", &ComputePlanStep::cost_weight,
              "Estimated share of a prediction's time; the steps of a plan sum to 1.")
      .def_ro("milliseconds", &ComputePlanStep::milliseconds,
              "Median of a profile; 0 where nothing was timed.")
      .def_ro("refusals", &ComputePlanStep::refusals,
              "Why faster kernels were not taken: a list of KernelRefusal.")
      .def("__repr__", [](const ComputePlanStep& step) {
        std::string text = step.kernel + ":";
        for (const std::string& op : step.ops) text += " " + op;
        return to_str(text);
      });
  nb::class_<ComputePlan>(m, "ComputePlan", "The steps in execution order.")
      .def_ro("steps", &ComputePlan::steps, "A list of ComputePlanStep.")
      .def_ro("isa", &ComputePlan::isa, "Instruction set in use.")
      .def_ro("threads", &ComputePlan::threads, "Threads that share one prediction.")
      .def_ro("arena_bytes", &ComputePlan::arena_bytes,
              "Bytes of intermediate tensors of one prediction.")
      .def_ro("packed_bytes", &ComputePlan::packed_bytes,
              "Bytes of weights in the kernels' own layout.");
}

}  // namespace pome::python
