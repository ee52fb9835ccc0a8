#include "trace.h"

#include "arrays.h"
#include "command.h"

namespace pome::cli {
namespace {

/// A complete event; the format counts in microseconds.
Json event(const std::string& name, const char* category, double start, double milliseconds) {
  return {{"name", name},       {"cat", category},           {"ph", "X"}, {"pid", 1}, {"tid", 1},
          {"ts", start * 1000}, {"dur", milliseconds * 1000}};
}

Json step_event(const ComputePlanStep& step, double start) {
  Json e = event(joined(step.kinds, "+"), "op", start, step.milliseconds);
  e["args"] = {{"ops", step.ops},
               {"kernel", step.kernel},
               {"layout", step.layout},
               {"outputShape", step.output_shape},
               {"bytes", step.bytes}};
  if (step.flops > 0 && step.milliseconds > 0)
    e["args"]["gflops"] = step.flops / step.milliseconds / 1e6;
  return e;
}

}  // namespace

Status write_trace(const std::string& path, const std::vector<TraceSpan>& spans, double start,
                   const std::vector<ComputePlan>& runs) {
  Json events = Json::array();
  events.push_back(
      {{"name", "process_name"}, {"ph", "M"}, {"pid", 1}, {"args", {{"name", "pome"}}}});
  for (const TraceSpan& span : spans)
    events.push_back(event(span.name, "phase", span.start, span.milliseconds));
  for (size_t i = 0; i < runs.size(); ++i) {
    const double begin = start;
    for (const ComputePlanStep& step : runs[i].steps) {
      events.push_back(step_event(step, start));
      start += step.milliseconds;
    }
    events.push_back(event("prediction " + std::to_string(i), "prediction", begin, start - begin));
  }
  const Json trace = {{"displayTimeUnit", "ms"}, {"traceEvents", std::move(events)}};
  return write_file(path, trace.dump() + "\n");
}

}  // namespace pome::cli
