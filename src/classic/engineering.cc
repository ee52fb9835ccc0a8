#include <array>

#include "classic/engineering/makers.h"
#include "classic/families.h"

namespace pome::classic {

std::span<const ModelTypeRow> engineering_types() {
  static constexpr std::array<ModelTypeRow, 13> kRows = {{
      {"oneHotEncoder", make_one_hot_encoder},
      {"categoricalMapping", make_categorical_mapping},
      {"imputer", make_imputer},
      {"featureVectorizer", make_feature_vectorizer},
      {"dictVectorizer", make_dict_vectorizer},
      {"arrayFeatureExtractor", make_array_feature_extractor},
      {"scaler", make_scaler},
      {"normalizer", make_normalizer},
      {"nonMaximumSuppression", make_non_maximum_suppression},
      {"classConfidenceThresholding", make_class_confidence_thresholding},
      {"identity", make_identity},
      {"customModel", make_custom_model},
      {"soundAnalysisPreprocessing", make_sound_analysis_preprocessing},
  }};
  return kRows;
}

}  // namespace pome::classic
