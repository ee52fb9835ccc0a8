// pome plan: which kernel runs each op, and why not a faster one.
#include <cstdio>

#include "base/text.h"
#include "command.h"
#include "pome/model.h"

namespace pome::cli {
namespace {

class Plan final : public Verb {
 public:
  explicit Plan(CLI::App& app) {
    app.add_option("model", path_, "A .mlmodel file or .mlpackage folder")->required();
    app.add_flag("--why", why_, "Also print why other kernels were refused");
    app.add_option("--threads", configuration_.threads,
                   "Threads for one prediction; 0: one for each CPU")
        ->check(CLI::Range(0, 1024));
    output_.add_to(app);
    app.footer("Examples:\n  pome plan CatDog.mlmodel\n  pome plan CatDog.mlmodel --why");
  }

  int run() override {
    auto model = Model::load(path_, configuration_);
    if (!model.ok()) return fail(output_, model.error());
    const ComputePlan plan = model->compute_plan();
    if (output_.json) {
      print(to_json(plan));
    } else {
      print_text(plan);
    }
    return kDone;
  }

 private:
  static Json to_json(const ComputePlan& plan) {
    Json steps = Json::array();
    for (const ComputePlanStep& s : plan.steps) {
      Json refusals = Json::array();
      for (const KernelRefusal& r : s.refusals)
        refusals.push_back({{"kernel", r.kernel}, {"reason", r.reason}});
      steps.push_back({{"ops", s.ops},
                       {"kinds", s.kinds},
                       {"kernel", s.kernel},
                       {"layout", s.layout},
                       {"outputShape", s.output_shape},
                       {"refusals", refusals}});
    }
    return {{"isa", plan.isa},
            {"threads", plan.threads},
            {"arenaBytes", plan.arena_bytes},
            {"packedBytes", plan.packed_bytes},
            {"steps", steps}};
  }

  void print_text(const ComputePlan& plan) const {
    std::printf("%zu steps on %s, %d threads; intermediate tensors %s, packed weights %s\n",
                plan.steps.size(), plan.isa.c_str(), plan.threads,
                format_bytes(plan.arena_bytes).c_str(), format_bytes(plan.packed_bytes).c_str());
    for (const ComputePlanStep& s : plan.steps) {
      std::string ops;
      for (size_t i = 0; i < s.ops.size(); ++i)
        ops += (i ? " + " : "") + s.ops[i] + " (" + s.kinds[i] + ")";
      std::string shape;
      for (size_t i = 0; i < s.output_shape.size(); ++i)
        shape += (i ? "," : "") + std::to_string(s.output_shape[i]);
      std::printf("  %-22s %-10s [%s]  %s\n", output_.bold(s.kernel).c_str(), s.layout.c_str(),
                  shape.c_str(), printable(ops).c_str());
      for (size_t i = 0; why_ && i < s.refusals.size(); ++i) {
        std::printf("      not %s: %s\n", s.refusals[i].kernel.c_str(),
                    s.refusals[i].reason.c_str());
      }
    }
  }

  std::string path_;
  bool why_ = false;
  ModelConfiguration configuration_;
  Output output_;
};

}  // namespace

std::unique_ptr<Verb> add_plan(CLI::App& app) { return std::make_unique<Plan>(app); }

}  // namespace pome::cli
