#include "classic/feature_row.h"

#include <algorithm>
#include <cstring>
#include <numeric>
#include <utility>

#include "base/checked.h"
#include "base/text.h"
#include "base/try.h"
#include "feature/find_input.h"

namespace pome::classic {
namespace {

template <typename T>
void convert(std::span<const std::byte> bytes, std::span<double> numbers) {
  for (size_t i = 0; i < numbers.size(); ++i) {
    T v;
    std::memcpy(&v, bytes.data() + i * sizeof(T), sizeof(T));
    numbers[i] = static_cast<double>(v);
  }
}

/// The first numbers.size() elements.
void read_elements(const MultiArray& array, std::span<double> numbers) {
  switch (array.type()) {
    case MultiArrayDataType::kFloat64:
      return convert<double>(array.bytes(), numbers);
    case MultiArrayDataType::kFloat32:
      return convert<float>(array.bytes(), numbers);
    case MultiArrayDataType::kInt32:
      return convert<int32_t>(array.bytes(), numbers);
    default:
      for (size_t i = 0; i < numbers.size(); ++i) numbers[i] = array.at(static_cast<int64_t>(i));
  }
}

/// The first numbers.size() of the `count` numbers that a value must hold.
Status read_first(const FeatureValue& value, int64_t count, std::span<double> numbers) {
  int64_t got = 1;
  if (const auto* array = value.get_if<MultiArray>()) {
    got = array->size();
    if (got == count) {
      read_elements(*array, numbers);
      return {};
    }
  } else if (const auto* d = value.get_if<double>()) {
    if (count == 1 && !numbers.empty()) numbers[0] = *d;
  } else if (const auto* i = value.get_if<int64_t>()) {
    if (count == 1 && !numbers.empty()) numbers[0] = static_cast<double>(*i);
  } else {
    return Error(ErrorCode::kTypeMismatch, "the value is of type " +
                                               std::string(to_string(value.type())) +
                                               ", numbers or a MultiArray are wanted");
  }
  if (got == count) return {};
  return Error(ErrorCode::kShapeMismatch, "the value holds " + std::to_string(got) +
                                              (got == 1 ? " number, " : " numbers, ") +
                                              std::to_string(count) + " are wanted");
}

Error no_numbers(const FeatureDescription& input) {
  return Error(ErrorCode::kInvalidModel,
               "models of this type read Int64, Double, MultiArray or, alone, a Dictionary with "
               "Int64 keys; this input is " +
                   input.type_text());
}

/// The product of the shape, or `otherwise` where the description leaves the shape open.
Result<int64_t> count_of(const FeatureDescription& input, int64_t otherwise) {
  const MultiArrayConstraint& array = input.multi_array;
  if (array.shape.empty() || !array.enumerated.empty() || !array.ranges.empty()) return otherwise;
  int64_t count = 1;
  for (const int64_t n : array.shape) {
    const auto product = checked_mul(count, n);
    if (!product)
      return Error(ErrorCode::kInvalidModel, "the shape multiplies past 64 bits or is negative");
    count = *product;
  }
  return count;
}

}  // namespace

Status read_numbers(const FeatureValue& value, std::span<double> numbers) {
  return read_first(value, static_cast<int64_t>(numbers.size()), numbers);
}

Result<FeatureRow> FeatureRow::create(const std::vector<FeatureDescription>& inputs,
                                      const RowWish& wish) {
  if (wish.features > kMaxFeatures) {
    return Error(ErrorCode::kLimitExceeded, "the model reads " + std::to_string(wish.features) +
                                                " features, at most " +
                                                std::to_string(kMaxFeatures) + " are allowed");
  }
  FeatureRow row;
  row.width_ = static_cast<size_t>(std::max<int64_t>(wish.features, 0));
  row.missing_ = wish.missing;
  row.absent_ = wish.absent;
  int64_t total = 0;
  for (const FeatureDescription& input : inputs) {
    Part part{input.name, 1, false};
    if (input.type == FeatureType::kMultiArray) {
      const int64_t open = inputs.size() == 1 ? wish.features : 1;
      Result<int64_t> count = count_of(input, open);
      if (!count.ok()) return std::move(count).error().at("input " + quoted(input.name));
      part.count = *count;
    } else if (input.type == FeatureType::kDictionary && input.int64_keys && inputs.size() == 1) {
      part.count = wish.features;
      part.is_sparse = true;
    } else if (input.type != FeatureType::kInt64 && input.type != FeatureType::kDouble) {
      return no_numbers(input).at("input " + quoted(input.name));
    }
    const auto sum = checked_add(total, part.count);
    if (!sum) return Error(ErrorCode::kInvalidModel, "the inputs' shapes add up past 64 bits");
    total = *sum;
    row.parts_.push_back(std::move(part));
  }
  if (row.parts_.empty()) return Error(ErrorCode::kInvalidModel, "the model describes no inputs");
  if (total < wish.features || (wish.exactly && total != wish.features)) {
    return Error(ErrorCode::kInvalidModel, "the inputs bring " + std::to_string(total) +
                                               " numbers, the model reads " +
                                               std::to_string(wish.features) + " features");
  }
  return row;
}

Status FeatureRow::read_part(const Part& part, const FeatureValue* value, std::span<double> row,
                             size_t at) const {
  const size_t begin = std::min(at, width_);
  const auto here = row.subspan(begin, std::min(width_ - begin, static_cast<size_t>(part.count)));
  if (value == nullptr) {
    if (!missing_) return Error(ErrorCode::kMissingInput, "the input is missing");
    std::fill(here.begin(), here.end(), *missing_);
    return {};
  }
  if (!part.is_sparse) return read_first(*value, part.count, here);
  const auto* entries = value->get_if<Int64Dictionary>();
  if (entries == nullptr) {
    return Error(ErrorCode::kTypeMismatch,
                 "the dictionary's keys are text, the input takes Int64 keys: the numbers of "
                 "features, from 0");
  }
  std::fill(here.begin(), here.end(), absent_);
  for (const auto& [key, number] : *entries) {
    if (key < 0) {
      return Error(
          ErrorCode::kInvalidArgument,
          "the dictionary has the key " + std::to_string(key) + "; features are counted from 0");
    }
    if (static_cast<uint64_t>(key) < here.size()) here[static_cast<size_t>(key)] = number;
  }
  return {};
}

Status FeatureRow::read(const FeatureProvider& inputs, std::span<double> row) const {
  FindInput find(inputs);
  size_t at = 0;
  for (const Part& part : parts_) {
    Status status = read_part(part, find(part.name), row, at);
    if (!status.ok()) return std::move(status).error().at("input " + quoted(part.name));
    at += static_cast<size_t>(part.count);
  }
  return {};
}

}  // namespace pome::classic
