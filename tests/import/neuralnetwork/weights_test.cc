#include "import/neuralnetwork/weights.h"

#include <gtest/gtest.h>

#include <cstring>

#include "format/proto/neural_network.pb.h"

namespace pome::import {
namespace {

TEST(DecodeWeights, HalvesAreWidenedAndStayAtHand) {
  const auto message = std::make_shared<CoreML::Specification::WeightParams>();
  const uint16_t halves[] = {0x3c00, 0xc100, 0x0001};  // 1, -2.5, 2^-24
  message->set_float16value(std::string(reinterpret_cast<const char*>(halves), sizeof(halves)));
  const auto literal = decode_weights(*message, {3}, "weight", message);
  ASSERT_TRUE(literal.ok()) << literal.error().to_string();
  EXPECT_EQ((*literal)->to_floats(), (std::vector<float>{1, -2.5f, 0x1p-24f}));
  const ir::LiteralPtr& stored = (*literal)->stored();
  ASSERT_NE(stored, nullptr);
  EXPECT_EQ(stored->type(), ir::Type::tensor(ir::DType::kFp16, {3}));
  ASSERT_EQ(stored->bytes().size(), sizeof(halves));
  EXPECT_EQ(0, std::memcmp(stored->bytes().data(), halves, sizeof(halves)));
  // Nobody keeps the message: nothing points into it.
  const auto alone = decode_weights(*message, {3}, "weight", nullptr);
  ASSERT_TRUE(alone.ok());
  EXPECT_EQ((*alone)->stored(), nullptr);
}

TEST(DecodeWeights, FloatsAreWhatIsStored) {
  const auto message = std::make_shared<CoreML::Specification::WeightParams>();
  message->add_floatvalue(1);
  const auto literal = decode_weights(*message, {1}, "weight", message);
  ASSERT_TRUE(literal.ok());
  EXPECT_EQ((*literal)->stored(), nullptr);
}

}  // namespace
}  // namespace pome::import
