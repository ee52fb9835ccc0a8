// Real classic models and pipelines of them through the public interface, against recorded outputs.
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>

#include "pome/model.h"
#include "tests/models/expect_recorded.h"
#include "tests/support/test_data.h"

namespace pome::testing {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

/// A recorded value as the feature wants it: a text may name a file of numbers or be a missing one.
FeatureValue to_value(const FeatureDescription& feature, const json& j, const fs::path& folder) {
  switch (feature.type) {
    case FeatureType::kDouble:
    case FeatureType::kInt64:
      return j.is_string() ? std::numeric_limits<double>::quiet_NaN() : j.get<double>();
    case FeatureType::kDictionary:
      return j.get<StringDictionary>();
    case FeatureType::kSequence:
      return j.get<std::vector<std::string>>();
    case FeatureType::kMultiArray: {
      const RecordedArray array = read_npy(folder / j.get<std::string>()).value();
      MultiArray made =
          MultiArray::create(MultiArrayDataType::kFloat64, {array.shape.begin(), array.shape.end()})
              .value();
      for (int64_t i = 0; i < made.size(); ++i) made.set(i, array.values[static_cast<size_t>(i)]);
      return made;
    }
    default:
      return j.get<std::string>();
  }
}

FeatureProvider to_inputs(const ModelDescription& description, const json& recorded,
                          const fs::path& folder) {
  FeatureProvider inputs;
  for (const auto& [name, value] : recorded.items()) {
    const FeatureDescription* feature = description.input(name);
    EXPECT_NE(feature, nullptr) << name;
    if (feature != nullptr) inputs.set(name, to_value(*feature, value, folder));
  }
  return inputs;
}

Probabilities to_probabilities(const FeatureValue& value) {
  Probabilities result;
  if (const auto* numbers = value.get_if<Int64Dictionary>()) {
    for (const auto& [label, p] : *numbers) result[std::to_string(label)] = p;
  } else {
    for (const auto& [label, p] : value.dictionary()) result[label] = p;
  }
  return result;
}

void expect_value(const FeatureValue& got, const json& want, const ReferenceCases& c) {
  if (want.is_object()) {
    expect_probabilities(to_probabilities(got), want.get<Probabilities>(), c);
  } else if (want.is_string()) {
    EXPECT_EQ(got.string(), want.get<std::string>());
  } else if (got.type() == FeatureType::kInt64) {
    EXPECT_EQ(got.int64(), want.get<int64_t>());
  } else {
    expect_near(got.number(), want.get<double>(), c, "value");
  }
}

/// Any order of items with equal scores is right: the scores must be the recorded ones, and each
/// item's own.
void expect_recommended(const FeatureProvider& got, const json& want, const json& candidates,
                        const ReferenceCases& c) {
  const auto& items = got["recommendations"].string_sequence();
  ASSERT_EQ(items.size(), want["recommendations"].size());
  for (size_t i = 0; i < items.size(); ++i) {
    const double score = got["scores"].dictionary().at(items[i]);
    const std::string name = want["recommendations"][i].get<std::string>();
    expect_near(score, want["scores"][name].get<double>(), c, "score of rank " + std::to_string(i));
    if (candidates.contains(items[i]))
      expect_near(score, candidates[items[i]].get<double>(), c, items[i]);
  }
}

class RealClassicModel : public ::testing::TestWithParam<const char*> {};

TEST_P(RealClassicModel, PredictsWhatWasRecorded) {
  const auto folder = test_data(std::string("reference/") + GetParam());
  if (!fs::exists(folder)) GTEST_SKIP() << folder << " is not there";
  const json root = json::parse(std::ifstream(folder / "case.json"), nullptr, false);
  ASSERT_TRUE(root.is_object());
  ReferenceCases c;
  c.abs = root["tolerance"].value("abs", 0.0);
  c.rel = root["tolerance"].value("rel", 0.0);
  const auto model = Model::load(folder / ".." / ".." / root["model"].get<std::string>());
  ASSERT_TRUE(model.ok()) << model.error().to_string();
  ASSERT_FALSE(root["inputs"].empty());
  for (size_t i = 0; i < root["inputs"].size(); ++i) {
    SCOPED_TRACE("case " + std::to_string(i));
    const auto outputs = model->predict(to_inputs(model->description(), root["inputs"][i], folder));
    ASSERT_TRUE(outputs.ok()) << outputs.error().to_string();
    const json& want = root["expected"][i];
    if (want.contains("recommendations")) {
      const json none = json::object();
      expect_recommended(*outputs, want, root.contains("candidates") ? root["candidates"][i] : none,
                         c);
      continue;
    }
    for (const auto& [name, value] : want.items()) {
      SCOPED_TRACE(name);
      ASSERT_NE(outputs->find(name), nullptr) << "there is no output of that name";
      expect_value((*outputs)[name], value, c);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Classic, RealClassicModel,
                         ::testing::Values("BART_tree_onehot_1", "MarsHabitatPricer",
                                           "PlotCVPredict_glmRegressor", "RecipeRecommender_start",
                                           "SMSSpam_glmClassifier", "SentimentPolarity",
                                           "UpdatableKNN_3d", "goyo_rf_10f", "goyo_rf_7f",
                                           "goyo_rf_multiarray", "xgboost_dummy_v6",
                                           "xgboost_songs"),
                         [](const auto& test) { return std::string(test.param); });

/// The letters and digits of a text as scikit-learn's vectorizers see them: the next code point,
/// lower case; 0 for what is neither.
char32_t next_letter(const std::string& text, size_t& at) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  char32_t c = byte(at++);
  if (c >= 0xc0) {
    const int more = c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : 1;
    c &= 0x3fu >> more;
    for (int i = 0; i < more && at < text.size(); ++i) c = c << 6 | (byte(at++) & 0x3fu);
  }
  if (c >= 'A' && c <= 'Z') return c + 32;
  if (c < 0x80) return std::isalnum(static_cast<int>(c)) || c == '_' ? c : 0;
  if (c >= 0xc0 && c <= 0xde && c != 0xd7) return c + 32;
  const bool sign = c < 0xc0 || c == 0xf7 || (c >= 0x2000 && c < 0x2c00) || c == 0x3000;
  return sign ? 0 : c;
}

std::string to_utf8(char32_t c) {
  if (c < 0x80) return {static_cast<char>(c)};
  const auto tail = [](char32_t bits) { return static_cast<char>(0x80 | (bits & 0x3f)); };
  if (c < 0x800) return {static_cast<char>(0xc0 | c >> 6), tail(c)};
  return {static_cast<char>(0xe0 | c >> 12), tail(c >> 6), tail(c)};
}

/// Words of at least two letters.
std::vector<std::string> words_of(const std::string& text) {
  std::vector<std::string> words;
  std::string word;
  int letters = 0;
  for (size_t at = 0; at < text.size();) {
    const char32_t c = next_letter(text, at);
    if (c != 0) {
      word += to_utf8(c);
      ++letters;
    }
    if (c == 0 || at >= text.size()) {
      if (letters >= 2) words.push_back(word);
      word.clear();
      letters = 0;
    }
  }
  return words;
}

/// How often each word of the vocabulary occurs, scaled to length 1.
FeatureProvider message_input(const std::map<std::string, int64_t>& vocabulary,
                              const std::string& text) {
  MultiArray x =
      MultiArray::create(MultiArrayDataType::kFloat64, {static_cast<int64_t>(vocabulary.size())})
          .value();
  std::map<int64_t, double> counts;
  for (const std::string& word : words_of(text))
    if (const auto it = vocabulary.find(word); it != vocabulary.end()) counts[it->second] += 1;
  double squares = 0;
  for (const auto& [at, n] : counts) squares += n * n;
  for (const auto& [at, n] : counts) x.set(at, n / std::sqrt(squares));
  return {{"message", x}};
}

/// 5,574 messages; scikit-learn's own decision on its own features is right for 99.7 % of them.
TEST(SmsSpam, Accuracy) {
  const auto folder = test_data("misc_data/smsspam");
  const auto path = test_data("models/mlmodel/SMSSpam_glmClassifier.mlmodel");
  if (!fs::exists(folder) || !fs::exists(path)) GTEST_SKIP() << folder << " is not there";
  const auto model = Model::load(path);
  ASSERT_TRUE(model.ok()) << model.error().to_string();
  std::map<std::string, int64_t> vocabulary;
  std::ifstream words(folder / "words_ordered.txt");
  for (std::string word; std::getline(words, word);)
    vocabulary.emplace(word, static_cast<int64_t>(vocabulary.size()));
  std::ifstream messages(folder / "SMSSpamCollection.txt");
  int count = 0;
  int right = 0;
  std::vector<FeatureProvider> batch;
  std::vector<std::string> labels;
  const auto flush = [&] {
    const auto outputs = model->predict(batch);
    ASSERT_TRUE(outputs.ok()) << outputs.error().to_string();
    for (size_t i = 0; i < batch.size(); ++i) right += (*outputs)[i]["label"].string() == labels[i];
    count += static_cast<int>(batch.size());
    batch.clear();
    labels.clear();
  };
  for (std::string line; std::getline(messages, line);) {
    const size_t tab = line.find('\t');
    ASSERT_NE(tab, std::string::npos) << line;
    labels.push_back(line.substr(0, tab));
    batch.push_back(message_input(vocabulary, line.substr(tab + 1)));
    if (batch.size() == 500) flush();  // 35 MB of features
  }
  flush();
  const double accuracy = 100.0 * right / count;
  std::cout << count << " messages, " << right << " right: " << accuracy << " %\n";
  EXPECT_EQ(count, 5574);
  EXPECT_GT(accuracy, 99.6);
}

}  // namespace
}  // namespace pome::testing
