// Encoders, vectorizers, scalers and the like.
#include "format/proto/model.pb.h"
#include "import/facts_of_types.h"

namespace pome::import {
namespace {

namespace spec = CoreML::Specification;

void add_encoder(const spec::OneHotEncoder& model, ModelFacts& facts) {
  add(facts, "categories",
      model.has_stringcategories() ? model.stringcategories().vector_size()
                                   : model.int64categories().vector_size());
  add(facts, "output", model.outputsparse() ? "sparse" : "dense");
  add(facts, "unknown values",
      model.handleunknown() == spec::OneHotEncoder::IgnoreUnknown ? "ignored" : "an error");
}

void add_mapping(const spec::CategoricalMapping& model, ModelFacts& facts) {
  add(facts, "entries",
      static_cast<int64_t>(model.has_stringtoint64map() ? model.stringtoint64map().map().size()
                                                        : model.int64tostringmap().map().size()));
}

void add_suppression(const spec::NonMaximumSuppression& model, ModelFacts& facts) {
  add(facts, "overlap from", std::to_string(model.iouthreshold()));
  add(facts, "confidence from", std::to_string(model.confidencethreshold()));
  add(facts, "suppression", model.picktop().perclass() ? "within a class" : "across classes");
}

void add_columns(const spec::FeatureVectorizer& model, ModelFacts& facts) {
  uint64_t numbers = 0;
  for (const auto& column : model.inputlist()) numbers += column.inputdimensions();
  add(facts, "columns", model.inputlist_size());
  add(facts, "numbers", std::to_string(numbers));
}

}  // namespace

void add_engineering_facts(const spec::Model& model, ModelFacts& facts) {
  static constexpr const char* kNorms[] = {"maximum", "L1", "L2"};
  switch (model.Type_case()) {
    case spec::Model::kOneHotEncoder:
      return add_encoder(model.onehotencoder(), facts);
    case spec::Model::kCategoricalMapping:
      return add_mapping(model.categoricalmapping(), facts);
    case spec::Model::kFeatureVectorizer:
      return add_columns(model.featurevectorizer(), facts);
    case spec::Model::kDictVectorizer:
      return add(facts, "keys",
                 model.dictvectorizer().has_stringtoindex()
                     ? model.dictvectorizer().stringtoindex().vector_size()
                     : model.dictvectorizer().int64toindex().vector_size());
    case spec::Model::kArrayFeatureExtractor:
      return add(facts, "elements", model.arrayfeatureextractor().extractindex_size());
    case spec::Model::kScaler:
      add(facts, "shifts", model.scaler().shiftvalue_size());
      return add(facts, "scales", model.scaler().scalevalue_size());
    case spec::Model::kNormalizer:
      if (const int norm = model.normalizer().normtype(); norm >= 0 && norm < 3)
        add(facts, "norm", kNorms[norm]);
      return;
    case spec::Model::kNonMaximumSuppression:
      return add_suppression(model.nonmaximumsuppression(), facts);
    case spec::Model::kClassConfidenceThresholding:
      return add(facts, "curves", model.classconfidencethresholding().precisionrecallcurves_size());
    case spec::Model::kSoundAnalysisPreprocessing:
      return add(facts, "kind",
                 model.soundanalysispreprocessing().has_vggish() ? "VGGish" : "none");
    default:
      return;
  }
}

}  // namespace pome::import
