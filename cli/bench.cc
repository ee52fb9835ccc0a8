// pome bench: time a model, per op where asked.
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>

#include "base/text.h"
#include "cache_options.h"
#include "command.h"
#include "pome/model.h"
#include "trace.h"

extern char** environ;

namespace pome::cli {
namespace {

using Clock = std::chrono::steady_clock;

double milliseconds_since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

struct Statistics {
  double min = 0, median = 0, p95 = 0, max = 0;
};

Statistics statistics(std::vector<double> samples) {
  std::sort(samples.begin(), samples.end());
  const auto at = [&](double share) {
    return samples[static_cast<size_t>(share * static_cast<double>(samples.size() - 1) + 0.5)];
  };
  return {samples.front(), at(0.5), at(0.95), samples.back()};
}

/// "conv+relu features_3", cut where it is long.
std::string step_name(const ComputePlanStep& step) {
  constexpr size_t kMost = 50;
  const std::string kinds = joined(step.kinds, "+");
  const std::string last = step.ops.empty() ? "" : step.ops.back();
  return printable((last.ends_with(kinds) ? last : kinds + " " + last).substr(0, kMost));
}

class Bench final : public Verb {
 public:
  explicit Bench(CLI::App& app) {
    app.add_option("model", path_, "A .mlmodel file or .mlpackage folder")->required();
    app.add_option("--runs", runs_, "Predictions to time")
        ->check(CLI::Range(1, 1000000))
        ->capture_default_str();
    app.add_option("--warmup", warmup_, "Predictions before that")
        ->check(CLI::Range(0, 1000000))
        ->capture_default_str();
    cache_.add_to(app);
    app.add_option("--threads", configuration_.threads,
                   "Threads for one prediction; 0: one for each CPU")
        ->check(CLI::Range(0, 1024))
        ->capture_default_str();
    app.add_option("--batch", batch_, "Inputs of one timed call")
        ->check(CLI::Range(1, 65536))
        ->capture_default_str();
    app.add_option("--without", configuration_.without_kernels,
                   "Kernels and fused steps not to use, by name: a,b")
        ->delimiter(',')
        ->allow_extra_args(false);
    app.add_flag("--per-op", per_op_, "A table of the steps with their share and GFLOP/s");
    app.add_option("--cold", cold_,
                   "Also time this many fresh processes from start to first answer")
        ->check(CLI::Range(0, 1000));
    app.add_option("--trace", trace_,
                   "Write a timeline of a few predictions there, as JSON for Perfetto");
    output_.add_to(app);
    app.footer(
        "Examples:\n  pome bench CatDog.mlmodel --per-op\n  pome bench CatDog.mlmodel --threads 1 "
        "--runs 200\n  pome bench CatDog.mlmodel --trace trace.json");
  }

  int run() override {
    const auto start = Clock::now();
    cache_.apply(configuration_, output_);
    auto model = Model::load(path_, configuration_);
    if (!model.ok()) return fail(output_, model.error());
    load_ms_ = milliseconds_since(start);
    auto inputs = model->example_inputs();
    if (!inputs.ok()) return fail(output_, inputs.error());
    Status timed = time(*model, *inputs);
    if (!timed.ok()) return fail(output_, timed.error());
    for (int i = 0; i < cold_; ++i) {
      const double ms = fresh_process();
      if (ms < 0) return fail(output_, Error(ErrorCode::kIo, "a fresh process could not be run"));
      cold_ms_.push_back(ms);
    }
    plan_ = model->compute_plan();
    if (per_op_) {
      auto profiled = model->profile(*inputs, std::min(runs_, 50));
      if (!profiled.ok()) return fail(output_, profiled.error());
      plan_ = *std::move(profiled);
    }
    if (!trace_.empty()) {
      Status written = write_timeline(*model, *inputs);
      if (!written.ok()) return fail(output_, written.error());
    }
    if (output_.json) {
      print(to_json());
    } else {
      print_text();
    }
    return kDone;
  }

 private:
  Status time(const Model& model, const FeatureProvider& inputs) {
    const std::vector<FeatureProvider> batch(static_cast<size_t>(batch_), inputs);
    auto state = model.make_state();
    if (!state.ok()) return std::move(state).error();
    for (int i = 0; i < warmup_ + runs_ + 1; ++i) {
      const auto start = Clock::now();
      Status done = predict(model, batch, *state);
      const double ms = milliseconds_since(start);
      if (!done.ok()) return done;
      if (i == 0) first_ms_ = ms;
      if (i > 0 && i <= warmup_) warmup_ms_ += ms;
      if (i > warmup_) samples_.push_back(ms);
    }
    return {};
  }

  /// Load, the first prediction and the warm-up as they were; then predictions step by step.
  Status write_timeline(const Model& model, const FeatureProvider& inputs) const {
    constexpr int kRuns = 5;
    std::vector<ComputePlan> runs;
    for (int i = 0; i < kRuns; ++i) {
      auto profiled = model.profile(inputs, 1);
      if (!profiled.ok()) return std::move(profiled).error();
      runs.push_back(*std::move(profiled));
    }
    const double warm = load_ms_ + first_ms_;
    return write_trace(trace_,
                       {{"load and compile", 0, load_ms_},
                        {"first prediction", load_ms_, first_ms_},
                        {"warm-up", warm, warmup_ms_}},
                       warm + warmup_ms_, runs);
  }

  /// The batch, or its elements in turn where the model keeps a state.
  static Status predict(const Model& model, const std::vector<FeatureProvider>& batch,
                        State& state) {
    if (model.description().states.empty()) {
      auto result = model.predict(batch);
      return result.ok() ? Status() : Status(std::move(result).error());
    }
    for (const FeatureProvider& inputs : batch) {
      auto result = model.predict(inputs, state);
      if (!result.ok()) return std::move(result).error();
    }
    return {};
  }

  /// This program again, for one prediction; wall milliseconds, negative on failure.
  double fresh_process() const {
    const std::string threads = std::to_string(configuration_.threads);
    std::vector<std::string> words = {"/proc/self/exe", "bench", path_,       "--runs", "1",
                                      "--warmup",       "0",     "--threads", threads,  "--json"};
    const auto cache = cache_.words();
    words.insert(words.end(), cache.begin(), cache.end());
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", 1 /* O_WRONLY */, 0);
    const auto start = Clock::now();
    pid_t child = 0;
    int status = 1;
    const bool ran =
        posix_spawn(&child, "/proc/self/exe", &actions, nullptr, arguments.data(), environ) == 0 &&
        waitpid(child, &status, 0) == child && status == 0;
    posix_spawn_file_actions_destroy(&actions);
    return ran ? milliseconds_since(start) : -1;
  }

  Json to_json() const {
    const auto stats = [](const Statistics& s) {
      return Json{{"min", s.min}, {"median", s.median}, {"p95", s.p95}, {"max", s.max}};
    };
    Json j = {{"model", path_},
              {"isa", plan_.isa},
              {"threads", plan_.threads},
              {"batch", batch_},
              {"runs", runs_},
              {"loadMilliseconds", load_ms_},
              {"firstMilliseconds", first_ms_},
              {"warmUpMilliseconds", warmup_ms_},
              {"milliseconds", stats(statistics(samples_))},
              {"peakMemoryBytes", peak_memory()},
              {"arenaBytes", plan_.arena_bytes},
              {"packedBytes", plan_.packed_bytes}};
    if (!cold_ms_.empty()) j["coldMilliseconds"] = stats(statistics(cold_ms_));
    if (!per_op_) return j;
    j["steps"] = Json::array();
    for (const ComputePlanStep& s : plan_.steps) {
      j["steps"].push_back({{"ops", s.ops},
                            {"kinds", s.kinds},
                            {"kernel", s.kernel},
                            {"layout", s.layout},
                            {"outputShape", s.output_shape},
                            {"runs", s.runs},
                            {"milliseconds", s.milliseconds},
                            {"flops", s.flops},
                            {"bytes", s.bytes}});
    }
    return j;
  }

  void print_text() const {
    const Statistics s = statistics(samples_);
    std::printf("%s%s%s, %d thread%s%s\n", output_.bold(path_).c_str(),
                plan_.isa.empty() ? "" : " on ", plan_.isa.c_str(), plan_.threads,
                plan_.threads == 1 ? "" : "s",
                batch_ > 1 ? (", batch " + std::to_string(batch_)).c_str() : "");
    std::printf("  load and compile  %s\n", duration_text(load_ms_).c_str());
    std::printf("  first prediction  %s\n", duration_text(first_ms_).c_str());
    if (warmup_ > 0)
      std::printf("  warm-up           %s for %d\n", duration_text(warmup_ms_).c_str(), warmup_);
    std::printf("  then, %d runs     median %s, min %s, p95 %s, max %s\n", runs_,
                duration_text(s.median).c_str(), duration_text(s.min).c_str(),
                duration_text(s.p95).c_str(), duration_text(s.max).c_str());
    if (!cold_ms_.empty()) {
      const Statistics c = statistics(cold_ms_);
      std::printf("  fresh process     median %s, min %s, max %s (%zu)\n",
                  duration_text(c.median).c_str(), duration_text(c.min).c_str(),
                  duration_text(c.max).c_str(), cold_ms_.size());
    }
    std::string memory = "peak " + format_bytes(peak_memory());
    if (plan_.arena_bytes > 0)
      memory += ", intermediate tensors " + format_bytes(plan_.arena_bytes);
    if (plan_.packed_bytes > 0) memory += ", packed weights " + format_bytes(plan_.packed_bytes);
    std::printf("  memory            %s\n", memory.c_str());
    if (per_op_) print_steps();
  }

  void print_steps() const {
    double total = 0;
    for (const ComputePlanStep& s : plan_.steps) total += s.milliseconds;
    size_t width = 0;
    for (const ComputePlanStep& s : plan_.steps) width = std::max(width, step_name(s).size());
    std::printf("\n%10s %6s %9s %8s  %-18s %-*s %s\n", "time", "share", "GFLOP/s", "bytes",
                "kernel", static_cast<int>(width), "ops", "output");
    for (const ComputePlanStep& s : plan_.steps) {
      char rate[16] = "";
      if (s.flops > 0 && s.milliseconds > 0)
        std::snprintf(rate, sizeof(rate), "%.1f", s.flops / s.milliseconds / 1e6);
      std::printf("%10s %5.1f%% %9s %8s  %-18s %-*s %s%s\n", duration_text(s.milliseconds).c_str(),
                  total > 0 ? 100 * s.milliseconds / total : 0, rate,
                  s.bytes == 0 ? "" : format_bytes(s.bytes).c_str(), s.kernel.c_str(),
                  static_cast<int>(width), step_name(s).c_str(), s.layout.c_str(),
                  (s.output_shape.empty() ? "" : " " + output_text(s)).c_str());
    }
    print_kinds(total);
  }

  /// The same summed over what covers the same kinds of ops by the same kernel.
  void print_kinds(double total) const {
    struct Sum {
      std::string kinds, kernel;
      int steps = 0;
      double milliseconds = 0, flops = 0;
    };
    std::vector<Sum> sums;
    for (const ComputePlanStep& s : plan_.steps) {
      const std::string kinds = joined(s.kinds, "+");
      auto it = std::find_if(sums.begin(), sums.end(), [&](const Sum& sum) {
        return sum.kinds == kinds && sum.kernel == s.kernel;
      });
      if (it == sums.end()) it = sums.insert(sums.end(), {kinds, s.kernel});
      ++it->steps;
      it->milliseconds += s.milliseconds;
      it->flops += s.flops;
    }
    std::stable_sort(sums.begin(), sums.end(),
                     [](const Sum& a, const Sum& b) { return a.milliseconds > b.milliseconds; });
    std::printf("\n%10s %6s %9s %6s  %-18s %s\n", "time", "share", "GFLOP/s", "steps", "kernel",
                "kinds");
    for (const Sum& s : sums) {
      char rate[16] = "";
      if (s.flops > 0 && s.milliseconds > 0)
        std::snprintf(rate, sizeof(rate), "%.1f", s.flops / s.milliseconds / 1e6);
      std::printf("%10s %5.1f%% %9s %6d  %-18s %s\n", duration_text(s.milliseconds).c_str(),
                  total > 0 ? 100 * s.milliseconds / total : 0, rate, s.steps, s.kernel.c_str(),
                  printable(s.kinds).c_str());
    }
  }

  std::string path_;
  int runs_ = 50;
  int warmup_ = 5;
  int batch_ = 1;
  int cold_ = 0;
  bool per_op_ = false;
  double load_ms_ = 0;
  double first_ms_ = 0;
  double warmup_ms_ = 0;
  std::string trace_;
  std::vector<double> samples_;
  std::vector<double> cold_ms_;
  ComputePlan plan_;
  ModelConfiguration configuration_;
  CacheOptions cache_;
  Output output_;
};

}  // namespace

std::unique_ptr<Verb> add_bench(CLI::App& app) { return std::make_unique<Bench>(app); }

}  // namespace pome::cli
