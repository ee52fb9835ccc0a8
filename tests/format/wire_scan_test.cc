#include "format/wire_scan.h"

#include <gtest/gtest.h>

#include <string>

#include "format/proto/model.pb.h"
#include "tests/support/wire.h"

namespace pome::format {
namespace {

namespace proto = CoreML::Specification;
using testing::as_bytes;
using testing::wire_bytes;
using testing::wire_number;
using testing::wire_varint;

// Field numbers of Model and below.
constexpr uint32_t kVersion = 1;
constexpr uint32_t kDescription = 2;
constexpr uint32_t kPipeline = 202;
constexpr uint32_t kNeuralNetwork = 500;

Result<ScanReport> scan(const std::string& bytes, const Limits& limits = {}) {
  return scan_model(as_bytes(bytes), limits);
}

proto::Model small_model() {
  proto::Model model;
  model.set_specificationversion(4);
  model.mutable_description()->mutable_metadata()->set_author("Zoe");
  (*model.mutable_description()->mutable_metadata()->mutable_userdefined())["a"] = "b";
  auto* layer = model.mutable_neuralnetwork()->add_layers();
  layer->set_name("conv");
  layer->mutable_convolution()->add_kernelsize(300);
  layer->mutable_convolution()->add_kernelsize(3);
  for (int i = 0; i < 100; ++i)
    layer->mutable_convolution()->mutable_weights()->add_floatvalue(static_cast<float>(i));
  return model;
}

TEST(WireScan, AcceptsWhatProtobufWrites) {
  const auto report = scan(small_model().SerializeAsString());
  ASSERT_TRUE(report) << report.error().to_string();
  EXPECT_EQ(report->unknown_fields, 0u);
  EXPECT_EQ(report->depth, 4);  // neuralNetwork, layers, convolution, weights
}

TEST(WireScan, EveryTruncationIsRefusedWhenProtobufRefusesIt) {
  const std::string bytes = small_model().SerializeAsString();
  for (size_t n = 0; n < bytes.size(); ++n) {
    proto::Model model;
    const std::string cut = bytes.substr(0, n);
    EXPECT_EQ(scan(cut).ok(), model.ParseFromString(cut)) << n;
  }
}

TEST(WireScan, LengthsBeyondTheMessageAreNamedWithOffsetAndPath) {
  // A layer that says it has 2^32 - 1 bytes, inside of a network of 6.
  const std::string layer = wire_varint(1 << 3 | 2) + wire_varint(4294967295);
  const auto report = scan(wire_number(kVersion, 4) + wire_bytes(kNeuralNetwork, layer));
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code(), ErrorCode::kCorrupt);
  EXPECT_EQ(report.error().to_string(),
            "neuralNetwork.layers (500.1) / byte 11: the field says that it has "
            "4294967295 bytes, 0 are left in its message; the file is cut short or "
            "damaged");
}

TEST(WireScan, AMessageMustNotReachBeyondItsParent) {
  // The inner length fits the file, but not the message around it.
  const std::string inner = wire_varint(1 << 3 | 2) + wire_varint(4);
  EXPECT_FALSE(scan(wire_bytes(kNeuralNetwork, inner) + wire_number(kVersion, 4) + "    "));
}

TEST(WireScan, UnendingNumbersAndFieldZeroAreRefused) {
  EXPECT_FALSE(scan("\x08" + std::string(10, '\xff') + "\x01"));
  EXPECT_FALSE(scan("\x08\xff"));
  EXPECT_FALSE(scan(std::string("\x00\x01", 2)));
  EXPECT_FALSE(scan(std::string("\0", 1)));
  EXPECT_FALSE(scan("\x0b\x0c"));  // a group
}

TEST(WireScan, NestingIsBoundedWithoutRecursion) {
  const auto nested = [](int pipelines) {
    std::string bytes = wire_number(kVersion, 1);
    for (int i = 0; i < pipelines; ++i) bytes = wire_bytes(kPipeline, wire_bytes(1, bytes));
    return bytes;
  };
  EXPECT_TRUE(scan(nested(128)));  // 2 messages each
  const auto report = scan(nested(129));
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code(), ErrorCode::kLimitExceeded);
  EXPECT_FALSE(scan(nested(20'000)));
}

TEST(WireScan, TinyFieldsThatTakeMuchMemoryAreCharged) {
  // 100,000 empty layers: 2 bytes each in the file.
  std::string layers;
  for (int i = 0; i < 100'000; ++i) layers += wire_bytes(1, "");
  const std::string bytes = wire_bytes(kNeuralNetwork, layers);
  const auto report = scan(bytes);
  ASSERT_TRUE(report);
  EXPECT_GT(report->memory_bytes, 100'000u * sizeof(proto::NeuralNetworkLayer));
  Limits limits;
  limits.max_memory_bytes = 1 << 20;
  const auto limited = scan(bytes, limits);
  ASSERT_FALSE(limited);
  EXPECT_EQ(limited.error().code(), ErrorCode::kLimitExceeded);
}

TEST(WireScan, PackedNumbersAreChargedByTheirCount) {
  const std::string ones(1'000'000, '\x01');  // kernelSize: 8 bytes each in memory
  const std::string bytes =
      wire_bytes(kNeuralNetwork, wire_bytes(1, wire_bytes(100, wire_bytes(20, ones))));
  const auto report = scan(bytes);
  ASSERT_TRUE(report);
  EXPECT_GE(report->memory_bytes, 8'000'000u);
}

TEST(WireScan, TextThatIsNotUtf8IsRefusedBeforeProtobufLogsIt) {
  const auto author = [](const std::string& text) {
    return wire_bytes(kDescription, wire_bytes(100, wire_bytes(3, text)));
  };
  EXPECT_TRUE(scan(author("Zoë")));
  EXPECT_TRUE(scan(author(std::string("a\0b", 3))));
  const auto report = scan(author("\xc3\x28"));
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code(), ErrorCode::kInvalidModel);
  EXPECT_NE(report.error().to_string().find("description.metadata.author (2.100.3)"),
            std::string::npos)
      << report.error().to_string();
}

TEST(WireScan, UnknownFieldsAndForeignWireTypesAreCounted) {
  const auto report = scan(wire_number(77, 1) + wire_bytes(78, "abc") + wire_bytes(kVersion, "x") +
                           std::string("\x4d") + "1234" + std::string("\x49") + "12345678");
  ASSERT_TRUE(report) << report.error().to_string();
  EXPECT_EQ(report->unknown_fields, 5u);
}

TEST(WireScan, FilesOverTheLimitAreRefused) {
  Limits limits;
  limits.max_file_bytes = 10;
  EXPECT_EQ(scan(std::string(11, '\x08'), limits).error().code(), ErrorCode::kLimitExceeded);
}

TEST(Schema, FindsFieldsAndMessages) {
  const MessageRow& model = schema_messages().front();
  EXPECT_EQ(model.name, "Model");
  ASSERT_NE(schema_field(model, 502), nullptr);
  EXPECT_EQ(schema_field(model, 502)->name, "mlProgram");
  EXPECT_EQ(schema_messages()[schema_field(model, 502)->message].name, "Program");
  EXPECT_EQ(schema_field(model, 3), nullptr);
  EXPECT_EQ(schema_field(model, 70'000), nullptr);
  ASSERT_NE(schema_message("WeightParams"), nullptr);
  EXPECT_EQ(schema_message("WeightParam"), nullptr);
}

}  // namespace
}  // namespace pome::format
