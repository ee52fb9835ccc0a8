// pome plan: which kernel runs each op, and why not a faster one.
#include <algorithm>
#include <cstdio>

#include "base/text.h"
#include "command.h"
#include "pome/model.h"

namespace pome::cli {
namespace {

/// Filled up with blanks; a longer text stays.
std::string padded(std::string text, size_t width) {
  if (text.size() < width) text.resize(width, ' ');
  return text;
}

class Plan final : public Verb {
 public:
  explicit Plan(CLI::App& app) {
    app.add_option("model", path_, "A .mlmodel file or .mlpackage folder")->required();
    app.add_flag("--why", why_, "Also print why other kernels were refused");
    app.add_flag("--memory", memory_, "Also draw the arena over time, a line a step");
    app.add_option("--threads", configuration_.threads,
                   "Threads for one prediction; 0: one for each CPU")
        ->check(CLI::Range(0, 1024));
    app.add_option("--without", configuration_.without_kernels,
                   "Kernels and fused steps not to use, by name: a,b")
        ->delimiter(',')
        ->allow_extra_args(false);
    output_.add_to(app);
    app.footer(
        "Examples:\n  pome plan CatDog.mlmodel\n  pome plan CatDog.mlmodel --why\n"
        "  pome plan CatDog.mlmodel --without expand_depthwise_project");
  }

  int run() override {
    configuration_.note = [this](const std::string& sentence) { note(output_, sentence); };
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
                       {"runs", s.runs},
                       {"device", "CPU"},
                       {"costWeight", s.cost_weight},
                       {"flops", s.flops},
                       {"bytes", s.bytes},
                       {"refusals", refusals}});
    }
    Json arena = Json::array();
    for (const ArenaBlock& b : plan.arena)
      arena.push_back({{"offset", b.offset},
                       {"bytes", b.bytes},
                       {"firstStep", b.first_step},
                       {"lastStep", b.last_step}});
    return {{"isa", plan.isa},
            {"threads", plan.threads},
            {"arenaBytes", plan.arena_bytes},
            {"packedBytes", plan.packed_bytes},
            {"arena", arena},
            {"steps", steps}};
  }

  void print_text(const ComputePlan& plan) const {
    std::string head =
        std::to_string(plan.steps.size()) + (plan.steps.size() == 1 ? " step" : " steps");
    if (!plan.isa.empty()) head += " on " + plan.isa;
    head += ", " + std::to_string(plan.threads) + (plan.threads == 1 ? " thread" : " threads");
    if (plan.arena_bytes + plan.packed_bytes > 0) {
      head += "; intermediate tensors " + format_bytes(plan.arena_bytes) + ", packed weights " +
              format_bytes(plan.packed_bytes);
    }
    std::printf("%s\n", head.c_str());
    size_t width = 0;
    for (const ComputePlanStep& s : plan.steps) width = std::max(width, output_text(s).size());
    for (const ComputePlanStep& s : plan.steps) {
      std::string ops;
      for (size_t i = 0; i < s.ops.size(); ++i)
        ops += (i ? " + " : "") + s.ops[i] + " (" + s.kinds[i] + ")";
      std::printf("  %5.1f%%  %s %-10s %-*s  %s\n", 100 * s.cost_weight,
                  output_.bold(padded(s.kernel, 22)).c_str(), s.layout.c_str(),
                  static_cast<int>(width), output_text(s).c_str(), printable(ops).c_str());
      for (size_t i = 0; why_ && i < s.refusals.size(); ++i) {
        std::printf("      not %s: %s\n", s.refusals[i].kernel.c_str(),
                    s.refusals[i].reason.c_str());
      }
    }
    if (memory_) print_arena(plan);
  }

  /// A line a step: what is in use while it runs, and where: the arena from left to right, '#'
  /// where tensors lie.
  void print_arena(const ComputePlan& plan) const {
    constexpr size_t kWidth = 60;
    if (plan.arena_bytes == 0 || plan.steps.empty()) {
      std::printf("\nno arena: what runs here takes its memory while it runs\n");
      return;
    }
    std::printf("\narena of %s (peak); weights %s beside it\n",
                format_bytes(plan.arena_bytes).c_str(), format_bytes(plan.packed_bytes).c_str());
    for (size_t i = 0; i < plan.steps.size(); ++i) {
      std::string line(kWidth, '.');
      uint64_t in_use = 0;
      for (const ArenaBlock& b : plan.arena) {
        if (b.first_step > static_cast<int>(i) || b.last_step < static_cast<int>(i)) continue;
        in_use += b.bytes;
        const size_t from = b.offset * kWidth / plan.arena_bytes;
        const size_t to = (b.offset + b.bytes) * kWidth / plan.arena_bytes;
        for (size_t k = from; k < std::max(to, from + 1) && k < kWidth; ++k) line[k] = '#';
      }
      const ComputePlanStep& s = plan.steps[i];
      std::printf("  %s %9s  %s\n", line.c_str(), format_bytes(in_use).c_str(),
                  printable(s.ops.empty() ? s.kernel : s.ops.back()).c_str());
    }
  }

  std::string path_;
  bool why_ = false;
  bool memory_ = false;
  ModelConfiguration configuration_;
  Output output_;
};

}  // namespace

std::unique_ptr<Verb> add_plan(CLI::App& app) { return std::make_unique<Plan>(app); }

}  // namespace pome::cli
