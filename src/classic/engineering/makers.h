// What makes the evaluators of feature engineering; the rows are in engineering.cc. Internal.
#pragma once

#include "classic/evaluator.h"

namespace pome::classic {

using EvaluatorResult = Result<std::unique_ptr<Evaluator>>;

EvaluatorResult make_one_hot_encoder(const Source& source);
EvaluatorResult make_categorical_mapping(const Source& source);
EvaluatorResult make_imputer(const Source& source);
EvaluatorResult make_feature_vectorizer(const Source& source);
EvaluatorResult make_dict_vectorizer(const Source& source);
EvaluatorResult make_array_feature_extractor(const Source& source);
EvaluatorResult make_scaler(const Source& source);
EvaluatorResult make_normalizer(const Source& source);
EvaluatorResult make_non_maximum_suppression(const Source& source);
EvaluatorResult make_class_confidence_thresholding(const Source& source);
EvaluatorResult make_identity(const Source& source);
EvaluatorResult make_custom_model(const Source& source);
EvaluatorResult make_sound_analysis_preprocessing(const Source& source);

}  // namespace pome::classic
