// The inputs of a network: declared shapes, the two worlds, and what happens to pictures first.
#include <algorithm>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "base/text.h"
#include "base/try.h"
#include "feature/input_shapes.h"
#include "import/neuralnetwork/network.h"
#include "ops/image_preprocessing.h"

namespace pome::import {
namespace {

/// `a`, unknown where `b` differs.
int64_t merge(int64_t a, int64_t b) { return a == b ? a : Shape::kUnknown; }

Result<Shape> declared_shape(const MultiArrayConstraint& c) {
  std::vector<int64_t> dims = c.shape;
  if (!c.ranges.empty()) {
    dims.clear();
    for (const SizeRange& r : c.ranges) dims.push_back(merge(r.lower, r.upper));
  }
  for (const auto& shape : c.enumerated) {
    if (dims.empty()) dims = shape;
    if (shape.size() != dims.size())
      return Error(ErrorCode::kUnsupported, "the input may have " + std::to_string(dims.size()) +
                                                " or " + std::to_string(shape.size()) +
                                                " axes; one rank is supported");
    for (size_t i = 0; i < dims.size(); ++i) dims[i] = merge(dims[i], shape[i]);
  }
  if (dims.empty()) return Error(ErrorCode::kInvalidModel, "the input declares no shape");
  if (!Shape::fits_rank(dims.size()))
    return Error(ErrorCode::kUnsupported, "the input has " + std::to_string(dims.size()) +
                                              " axes, at most " + std::to_string(Shape::kMaxRank) +
                                              " are supported");
  const bool ranged = !c.ranges.empty() || !c.enumerated.empty();
  for (const int64_t d : dims)
    if (d < (ranged ? -1 : 1))
      return Error(ErrorCode::kInvalidModel, "the input declares the extent " + std::to_string(d) +
                                                 ", at least 1 is expected");
  return Shape(std::span<const int64_t>(dims));
}

Result<Shape> declared_shape(const ImageConstraint& c) {
  int64_t width = c.width;
  int64_t height = c.height;
  for (const auto& [w, h] : c.enumerated) {
    width = merge(width, w);
    height = merge(height, h);
  }
  if (c.width_range) width = merge(c.width_range->lower, c.width_range->upper);
  if (c.height_range) height = merge(c.height_range->lower, c.height_range->upper);
  const bool flexible = !c.enumerated.empty() || c.width_range || c.height_range;
  for (const int64_t d : {width, height})
    if (d < 1 && !(flexible && d == Shape::kUnknown))
      return Error(ErrorCode::kInvalidModel, "the image input declares a size of " +
                                                 std::to_string(c.width) + " x " +
                                                 std::to_string(c.height));
  return image_shape(c, width, height);
}

/// How many axes the description gives the array.
int declared_rank(const MultiArrayConstraint& c) {
  const size_t rank = !c.shape.empty()        ? c.shape.size()
                      : !c.ranges.empty()     ? c.ranges.size()
                      : !c.enumerated.empty() ? c.enumerated.front().size()
                                              : 0;
  return static_cast<int>(rank);
}

/// The blob of an array: as given, or [Seq,Batch,C,H,W] (folded to [N,C,H,W] in the rank-5 world).
/// Where [C] is declared, [C], [Batch,C] and [Seq,Batch,C] may be given; where [C,H,W] is, that,
/// [Batch,C,H,W] and [Seq,Batch,C,H,W].
ir::Value* array_blob(Lowering& l, const Network& network, const FeatureDescription& feature,
                      ir::Value* x) {
  if (network.exact_arrays) return x;
  ops::Builder& b = l.builder();
  const int rank = x->shape().rank();
  const int declared = declared_rank(feature.multi_array);
  const int missing = (declared == 1 ? 3 : 5) - rank;  // of Seq and Batch
  if ((declared != 1 && declared != 3) || missing < 0 || missing > 2) {
    b.fail(Error(ErrorCode::kUnsupported,
                 "the array has shape " + x->shape().to_string() + " and is declared with " +
                     std::to_string(declared) +
                     " axes; a network without exact shapes declares [C] or [C,H,W]"));
    return nullptr;
  }
  const bool four = !l.exact() && missing > 0;  // Seq is 1, and N is Batch
  const int64_t batch = missing == 1 ? x->shape()[0] : 1;
  std::vector<int64_t> axes;
  for (int i = 0; i < missing - (four ? 1 : 0); ++i) axes.push_back(i);
  if (declared == 1) axes.insert(axes.end(), {four ? 2 : 3, four ? 3 : 4});
  if (!axes.empty())
    x = b.add("expand_dims", feature.name + "_blob", {{"x", x}, {"axes", ops::Arg::ints(axes)}});
  if (x == nullptr || l.exact()) return x;
  if (!four) return l.from_sequence(x);
  if (batch > 1) l.set_batch(x, batch);
  return x;
}

ops::ImagePreprocessing scaler_of(const spec::NeuralNetworkImageScaler& s,
                                  const FeatureDescription& feature) {
  ops::ImagePreprocessing p;
  p.feature = feature.name;
  // A scale of 0 would make every picture the same: the field is not set.
  p.channel_scale = s.channelscale() == 0 ? 1 : s.channelscale();
  p.red_bias = s.redbias();
  p.green_bias = s.greenbias();
  p.blue_bias = s.bluebias();
  p.gray_bias = s.graybias();
  p.bgr = feature.image.color == ColorLayout::kBgr;
  return p;
}

ir::Value* subtract_mean(Lowering& l, const spec::NeuralNetworkMeanImage& mean,
                         const FeatureDescription& feature, ir::Value* x) {
  const Shape& s = x->shape();
  const Shape shape = {1, s[1], s[2], s[3]};
  if (!s.known() || shape.checked_elements() != mean.meanimage_size()) {
    l.fail(ErrorCode::kInvalidModel, "the mean image has " + std::to_string(mean.meanimage_size()) +
                                         " values, a picture of shape " + s.to_string() +
                                         " does not match");
    return nullptr;
  }
  const auto literal = ir::Literal::copy(
      ir::Type::tensor(ir::DType::kFp32, shape),
      std::span<const float>(mean.meanimage().data(), static_cast<size_t>(mean.meanimage_size())));
  ir::Value* constant = l.builder().constant(literal, feature.name + "_mean");
  return l.builder().add("sub", feature.name + "_centered", {{"x", x}, {"y", constant}});
}

/// What to do to which input, in order.
using Preprocessing =
    std::unordered_map<std::string, std::vector<const spec::NeuralNetworkPreprocessing*>>;

/// An entry without a name is for the only image input.
Result<Preprocessing> group(const Network& network, const ModelDescription& description) {
  std::unordered_set<std::string_view> images;
  for (const FeatureDescription& f : description.inputs)
    if (f.type == FeatureType::kImage) images.insert(f.name);
  Preprocessing groups;
  for (const spec::NeuralNetworkPreprocessing& p : *network.preprocessing) {
    const bool unnamed = p.featurename().empty() && images.size() == 1;
    if (!unnamed && images.count(p.featurename()) == 0)
      return Error(ErrorCode::kUnsupported,
                   "preprocessing of " + quoted(p.featurename()) +
                       " has no image input to apply to; this is not supported");
    groups[unnamed ? std::string(*images.begin()) : p.featurename()].push_back(&p);
  }
  return groups;
}

ir::Value* preprocess(Lowering& l, const Preprocessing& preprocessing,
                      const FeatureDescription& feature, ir::Value* x) {
  const auto steps = preprocessing.find(feature.name);
  if (steps == preprocessing.end()) return x;
  for (const spec::NeuralNetworkPreprocessing* p : steps->second) {
    if (x != nullptr && p->has_scaler())
      x = ops::apply(l.builder(), scaler_of(p->scaler(), feature), x);
    if (x != nullptr && p->has_meanimage()) x = subtract_mean(l, p->meanimage(), feature, x);
  }
  return x;
}

Status add_input(Lowering& l, const Network& network, const Preprocessing& preprocessing,
                 const FeatureDescription& feature, const InputShapes& shapes) {
  ir::Block& body = l.builder().block();
  const bool is_image = feature.type == FeatureType::kImage;
  if (!is_image && feature.type != FeatureType::kMultiArray)
    return Error(ErrorCode::kInvalidModel, "the input is a " +
                                               std::string(to_string(feature.type)) +
                                               ", a neural network takes MultiArray and Image");
  Shape shape;
  if (const auto bound = shapes.find(feature.name); bound != shapes.end()) {
    shape = bound->second;
  } else {
    POME_ASSIGN(shape,
                is_image ? declared_shape(feature.image) : declared_shape(feature.multi_array));
  }
  l.builder().unique_name(feature.name);  // no op takes it
  ir::Value* x = body.add_input(feature.name, ir::Type::tensor(ir::DType::kFp32, shape));
  if (is_image) {
    x = preprocess(l, preprocessing, feature, x);
    if (x != nullptr && l.exact() && !network.rank4_images)
      x = l.builder().add("expand_dims", feature.name + "_blob",
                          {{"x", x}, {"axes", ops::Arg::ints({0})}});
  } else {
    x = array_blob(l, network, feature, x);
  }
  l.set_blob(feature.name, x);
  return l.builder().status();
}

}  // namespace

Status add_inputs(Lowering& l, const Network& network, const ModelDescription& description,
                  const InputShapes& shapes) {
  POME_ASSIGN(const Preprocessing preprocessing, group(network, description));
  for (const FeatureDescription& feature : description.inputs) {
    if (l.blob(feature.name) != nullptr)
      return Error(ErrorCode::kInvalidModel, "two inputs are named " + quoted(feature.name));
    Status status = add_input(l, network, preprocessing, feature, shapes);
    if (!status.ok()) return std::move(status).error().at("input " + quoted(feature.name));
  }
  return {};
}

}  // namespace pome::import
