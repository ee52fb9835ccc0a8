// Recommendations from item similarities: of the items that were not given, those that are most
// like the given ones.
//
// score(k) = sum over given items i of similarity(k, i) * (score(i) - adjustment(k)), where
// similarity and adjustment are those that the model keeps with k. Items without a similar one
// score 0 and may be recommended when nothing better is left. Where the format is silent: of items
// with equal scores the one that the model counts first stands first; without a wanted number 5
// items come out.
#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/invalid.h"
#include "base/text.h"
#include "base/try.h"
#include "classic/learned_types.h"
#include "classic/recommender/item_ids.h"
#include "format/proto/model.pb.h"

namespace pome::classic {
namespace {

constexpr int64_t kUsualNumber = 5;

/// What a given item adds to another one.
struct Link {
  uint32_t item = 0;
  double similarity = 0;
  double adjustment = 0;
};

/// By given item the items that are like it.
struct Similarities {
  std::vector<std::vector<Link>> links;
  static Result<Similarities> read(const spec::ItemSimilarityRecommender& message);
};

/// One more than the largest item that similarities speak of. Errors: items of their own list, a
/// number that is not finite.
Status check(const spec::ItemSimilarityRecommender& message, size_t items) {
  std::vector<bool> seen(items, false);
  for (const auto& entry : message.itemitemsimilarities()) {
    const std::string place = "item " + std::to_string(entry.itemid());
    if (entry.itemid() >= items) {
      return invalid("there are " + std::to_string(items) + " items, counted from 0").at(place);
    }
    if (seen[entry.itemid()]) return invalid("its similarities stand twice").at(place);
    seen[entry.itemid()] = true;
    if (!std::isfinite(entry.itemscoreadjustment()))
      return invalid("its adjustment is not a finite number").at(place);
    for (const auto& other : entry.similaritemlist()) {
      if (other.itemid() >= items) {
        return invalid("it is like item " + std::to_string(other.itemid()) + "; there are " +
                       std::to_string(items) + " items, counted from 0")
            .at(place);
      }
      if (!std::isfinite(other.similarityscore()))
        return invalid("a similarity is not a finite number").at(place);
    }
  }
  return {};
}

Result<Similarities> Similarities::read(const spec::ItemSimilarityRecommender& message) {
  size_t items = ItemIds::given(message);
  if (items == 0) items = static_cast<size_t>(message.itemitemsimilarities_size());
  if (items == 0) return invalid("the recommender knows no items");
  POME_TRY(check(message, items));
  Similarities result;
  result.links.resize(items);
  for (const auto& entry : message.itemitemsimilarities()) {
    for (const auto& other : entry.similaritemlist()) {
      result.links[other.itemid()].push_back({static_cast<uint32_t>(entry.itemid()),
                                              other.similarityscore(),
                                              entry.itemscoreadjustment()});
    }
  }
  return result;
}

/// Names of inputs and outputs; empty ones are not there.
struct Names {
  std::string items, number, restriction, exclusion;
  std::string list, scores;

  static Result<Names> read(const spec::ItemSimilarityRecommender& message,
                            const ModelDescription& description) {
    Names n{message.iteminputfeaturename(),
            message.numrecommendationsinputfeaturename(),
            message.itemrestrictioninputfeaturename(),
            message.itemexclusioninputfeaturename(),
            message.recommendeditemlistoutputfeaturename(),
            message.recommendeditemscoreoutputfeaturename()};
    if (n.items.empty()) return invalid("the recommender names no input for the given items");
    if (n.list.empty() && n.scores.empty()) return invalid("the recommender names no output");
    for (const std::string* name : {&n.items, &n.number, &n.restriction, &n.exclusion}) {
      if (!name->empty() && description.input(*name) == nullptr)
        return invalid("the recommender reads the input " + quoted(*name) +
                       ", which the model does not describe");
    }
    return n;
  }

  /// Every output that is described is one of ours, of a type that holds it.
  Status check_outputs(const ModelDescription& description, bool texts) const {
    for (const FeatureDescription& output : description.outputs) {
      const bool is_list = output.name == list;
      const FeatureType type = is_list ? FeatureType::kSequence : FeatureType::kDictionary;
      const bool known = is_list || output.name == scores;
      if (known && output.type == type && output.int64_keys != texts) continue;
      const std::string kind = texts ? "String" : "Int64";
      return invalid(known ? "the items are called by " + kind + ": a " +
                                 std::string(to_string(type)) + " of " + kind +
                                 " comes out, the output is " + output.type_text()
                           : std::string("the recommender writes nothing to it"))
          .at("output " + quoted(output.name));
    }
    return {};
  }
};

class Recommender final : public Evaluator {
 public:
  Recommender(Similarities similarities, ItemIds ids, Names names, std::vector<std::string> outputs)
      : similarities_(std::move(similarities)),
        ids_(std::move(ids)),
        names_(std::move(names)),
        outputs_(std::move(outputs)) {}

  Status evaluate(const FeatureProvider& inputs, FeatureProvider& outputs) const override {
    POME_ASSIGN(const auto given, find(inputs, names_.items));
    POME_ASSIGN(const size_t number, wanted(inputs));
    std::vector<double> scores(ids_.size(), 0.0);
    for (const auto& [item, score] : given)
      for (const Link& link : similarities_.links[item])
        scores[link.item] += link.similarity * (score - link.adjustment);
    POME_ASSIGN(std::vector<uint32_t> items, candidates(inputs, given));
    const auto better = [&](uint32_t a, uint32_t b) {
      return scores[a] != scores[b] ? scores[a] > scores[b] : a < b;
    };
    const size_t n = std::min(number, items.size());
    std::partial_sort(items.begin(), items.begin() + static_cast<std::ptrdiff_t>(n), items.end(),
                      better);
    items.resize(n);
    std::vector<double> best;
    for (const uint32_t item : items) best.push_back(scores[item]);
    for (const std::string& name : outputs_)
      outputs.set(name, name == names_.list ? ids_.sequence(items) : ids_.dictionary(items, best));
    return {};
  }

 private:
  using Given = std::vector<std::pair<uint32_t, double>>;

  Result<Given> find(const FeatureProvider& inputs, const std::string& name) const {
    const FeatureValue* value = inputs.find(name);
    if (value == nullptr) return Given();
    Result<Given> found = ids_.find(*value);
    if (!found.ok()) return std::move(found).error().at("input " + quoted(name));
    for (const auto& [item, score] : *found) {
      if (std::isfinite(score)) continue;
      return Error(ErrorCode::kInvalidArgument, "the score of an item is not a finite number")
          .at("input " + quoted(name));
    }
    return found;
  }

  Result<size_t> wanted(const FeatureProvider& inputs) const {
    const FeatureValue* value = names_.number.empty() ? nullptr : inputs.find(names_.number);
    double number = kUsualNumber;
    if (value != nullptr && value->type() == FeatureType::kInt64)
      number = static_cast<double>(value->int64());
    if (value != nullptr && value->type() == FeatureType::kDouble) number = value->number();
    if (!(number >= 0)) {
      return Error(ErrorCode::kInvalidArgument,
                   "a number of recommendations is wanted, 0 or more; this is negative")
          .at("input " + quoted(names_.number));
    }
    return static_cast<size_t>(std::min(number, static_cast<double>(ids_.size())));
  }

  /// The items to choose from: the restriction or all, less the exclusion or the given ones.
  Result<std::vector<uint32_t>> candidates(const FeatureProvider& inputs,
                                           const Given& given) const {
    const bool restricted =
        !names_.restriction.empty() && inputs.find(names_.restriction) != nullptr;
    const bool excluding = !names_.exclusion.empty() && inputs.find(names_.exclusion) != nullptr;
    std::vector<bool> allowed(ids_.size(), !restricted);
    if (restricted) {
      POME_ASSIGN(const Given items, find(inputs, names_.restriction));
      for (const auto& [item, score] : items) allowed[item] = true;
    }
    Given excluded = given;
    if (excluding) {
      POME_ASSIGN(excluded, find(inputs, names_.exclusion));
    }
    for (const auto& [item, score] : excluded) allowed[item] = false;
    std::vector<uint32_t> items;
    for (uint32_t item = 0; item < allowed.size(); ++item)
      if (allowed[item]) items.push_back(item);
    return items;
  }

  Similarities similarities_;
  ItemIds ids_;
  Names names_;
  std::vector<std::string> outputs_;
};

}  // namespace

Result<std::unique_ptr<Evaluator>> make_recommender(const Source& source) {
  const auto& message = source.model->itemsimilarityrecommender();
  POME_ASSIGN(Names names, Names::read(message, source.description));
  POME_ASSIGN(Similarities similarities, Similarities::read(message));
  POME_ASSIGN(ItemIds ids, ItemIds::read(message, similarities.links.size()));
  POME_TRY(names.check_outputs(source.description, ids.are_texts()));
  std::vector<std::string> outputs;
  for (const FeatureDescription& output : source.description.outputs)
    outputs.push_back(output.name);
  return std::unique_ptr<Evaluator>(std::make_unique<Recommender>(
      std::move(similarities), std::move(ids), std::move(names), std::move(outputs)));
}

}  // namespace pome::classic
