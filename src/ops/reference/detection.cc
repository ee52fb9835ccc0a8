#include "ops/detection.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace pome::ops::reference {
namespace {

/// Where element k of box i lies: from + i * box + k * step.
struct Place {
  int64_t from = 0, box = 0, step = 0;
  int64_t operator()(int64_t i, int64_t k) const { return from + i * box + k * step; }
};

struct Rectangle {
  double left, right, top, bottom, area;
};

Rectangle rectangle(const TensorView& boxes, const Place& at, int64_t i) {
  const double x = boxes.real(at(i, 0)), y = boxes.real(at(i, 1));
  const double w = boxes.real(at(i, 2)), h = boxes.real(at(i, 3));
  return {x - w / 2, x + w / 2, y - h / 2, y + h / 2, w * h};
}

/// Intersection over union; 0 where neither has an area.
double overlap(const Rectangle& a, const Rectangle& b) {
  const double w = std::min(a.right, b.right) - std::max(a.left, b.left);
  const double h = std::min(a.bottom, b.bottom) - std::max(a.top, b.top);
  const double both = std::max(w, 0.0) * std::max(h, 0.0);
  const double all = a.area + b.area - both;
  return all > 0 ? both / all : 0;
}

struct Box {
  int64_t index = 0;
  double score = 0;
  int64_t best_class = 0;
};

/// The boxes by falling score; those of equal score by index. A NaN is the smallest.
std::vector<Box> ranked(const TensorView& scores, const Place& at, int64_t count, int64_t classes) {
  std::vector<Box> boxes(static_cast<size_t>(count));
  for (int64_t i = 0; i < count; ++i) {
    Box& box = boxes[static_cast<size_t>(i)];
    box = {i, -INFINITY, 0};
    for (int64_t k = 0; k < classes; ++k) {
      const double score = scores.real(at(i, k));
      if (score > box.score) {
        box.score = score;
        box.best_class = k;
      }
    }
  }
  std::stable_sort(boxes.begin(), boxes.end(),
                   [](const Box& a, const Box& b) { return a.score > b.score; });
  return boxes;
}

struct Rules {
  double iou_threshold = 0;
  double score_threshold = -INFINITY;
  bool per_class = false;
  int64_t most = 0;
};

std::vector<int64_t> keep(const TensorView& boxes, const Place& at, const std::vector<Box>& ranking,
                          const Rules& rules) {
  std::vector<int64_t> kept;
  std::vector<Rectangle> taken;
  std::vector<int64_t> class_of;
  for (const Box& box : ranking) {
    if (static_cast<int64_t>(kept.size()) >= rules.most || box.score < rules.score_threshold) break;
    const Rectangle r = rectangle(boxes, at, box.index);
    bool free = true;
    for (size_t k = 0; k < taken.size() && free; ++k)
      free = (rules.per_class && class_of[k] != box.best_class) ||
             !(overlap(r, taken[k]) > rules.iou_threshold);
    if (!free) continue;
    kept.push_back(box.index);
    taken.push_back(r);
    class_of.push_back(box.best_class);
  }
  if (kept.empty() && !ranking.empty() && rules.most > 0) kept.push_back(ranking[0].index);
  return kept;
}

/// Copies box i of `from` to place k of `to`, for `width` numbers.
void copy(const TensorView& from, const Place& source, int64_t i, const TensorView& to,
          const Place& target, int64_t k, int64_t width) {
  for (int64_t e = 0; e < width; ++e) to.set_real(target(k, e), from.real(source(i, e)));
}

/// The places of batch n in a tensor of `count` boxes of `width` numbers.
Place place(bool boxes_last, int64_t n, int64_t count, int64_t width) {
  return boxes_last ? Place{n * count * width, 1, count} : Place{n * count * width, width, 1};
}

void suppress(const Args& args, Outputs outputs, const Rules& rules, bool boxes_last) {
  const TensorView boxes = args.tensor(NmsParam::kBoxes);
  const TensorView scores = args.tensor(NmsParam::kScores);
  const int64_t count = boxes.shape[boxes_last ? 2 : 1];
  const int64_t classes = scores.shape[boxes_last ? 1 : 2];
  for (const TensorView& y : {outputs[0], outputs[1]})
    for (int64_t i = 0; i < y.elements(); ++i) y.set_real(i, 0);
  for (int64_t i = 0; i < outputs[2].elements(); ++i) outputs[2].set_integer(i, -1);
  for (int64_t n = 0; n < boxes.shape[0]; ++n) {
    const Place box_at = place(boxes_last, n, count, 4);
    const Place score_at = place(boxes_last, n, count, classes);
    const auto kept = keep(boxes, box_at, ranked(scores, score_at, count, classes), rules);
    for (size_t k = 0; k < kept.size(); ++k) {
      const auto to = static_cast<int64_t>(k);
      copy(boxes, box_at, kept[k], outputs[0], place(boxes_last, n, rules.most, 4), to, 4);
      copy(scores, score_at, kept[k], outputs[1], place(boxes_last, n, rules.most, classes), to,
           classes);
      outputs[2].set_integer(n * rules.most + to, kept[k]);
    }
    if (outputs.size() > 3) outputs[3].set_integer(n, static_cast<int64_t>(kept.size()));
  }
}

}  // namespace

Status non_maximum_suppression(const Args& args, Outputs outputs) {
  using P = NmsParam;
  const Rules rules{.iou_threshold = args.real(P::kIouThreshold),
                    .score_threshold = args.real(P::kScoreThreshold),
                    .per_class = args.flag(P::kPerClass),
                    .most = args.integer(P::kMaxBoxes)};
  suppress(args, outputs, rules, false);
  return {};
}

Status non_maximum_suppression_ios17(const Args& args, Outputs outputs) {
  using P = NmsParam;
  const Rules rules{.iou_threshold = args.real(P::kIouThreshold),
                    .per_class = args.flag(P::kPerClass),
                    .most = args.integer(P::kMaxBoxes)};
  suppress(args, outputs, rules, true);
  return {};
}

}  // namespace pome::ops::reference
