#include "ir/parser.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "base/file.h"
#include "ir/printer.h"
#include "tests/support/program_equal.h"
#include "tests/support/test_data.h"

namespace pome::ir {
namespace {

/// Blobs of zeros, and the references that were asked for.
struct Zeros {
  std::vector<BlobReference> asked;

  ParseOptions options() {
    ParseOptions options;
    options.resolve_blob = [this](const BlobReference& blob, const Type& type) {
      asked.push_back(blob);
      const int64_t size = storage_bytes(type.dtype(), type.shape().elements());
      auto bytes = std::make_shared<std::vector<std::byte>>(static_cast<size_t>(size));
      return Result<LiteralPtr>(Literal::view(type, *bytes, bytes, blob));
    };
    return options;
  }
};

constexpr std::string_view kNewer = R"(program(1.3)
[buildInfo = dict<string, string>({{"coremlc-version", "0"}, {"writer", "mine"}})]
{
    func main<ios18>(tensor<fp16, [1, 4]> p, tensor<fp16, [1, 4]> q) {
            int32 ax = const()[name = string("ax"), val = int32(-1)];
            bool il = const()[name = string("il"), val = bool(false)];
            tensor<fp16, [1, 8]> c = concat(axis = ax, interleave = il, values = (p, q))[name = string("c")];
            tensor<fp32, [1, 8]> d = cast(dtype = string("fp32"), x = c)[name = string("d")];
            tensor<fp32, [1, 8]> y = "pome.dialect"(x = d)[name = string("y")];
        } -> (y);
})";

constexpr std::string_view kOlder = R"(program(1.0)
[buildInfo = dict<tensor<string, []>, tensor<string, []>>({{"writer", "mine"}})]
{
    func main<ios16>(tensor<fp32, [1, ?]> x) [FlexibleShapeInformation = tuple<tuple<tensor<string, []>, dict<tensor<string, []>, tensor<int32, [?]>>>, tuple<tensor<string, []>, dict<tensor<string, []>, list<tensor<int32, [2]>, ?>>>>((("DefaultShapes", {{"x", [1, 4]}}), ("RangeDims", {{"x", [[1, 9], [4, 4]]}})))] {
            tensor<fp32, [2, 3]> w = const()[name = tensor<string, []>("w"), val = tensor<fp32, [2, 3]>([[0x1p+0, -0x1.4p-4, 0x0p+0], [inf, -inf, 0x1p-149]])];
            tensor<fp16, [64]> b = const()[name = tensor<string, []>("b"), val = tensor<fp16, [64]>(BLOBFILE(path = tensor<string, []>("@model_path/weights/weight.bin"), offset = tensor<uint64, []>(64)))];
            tensor<fp16, [4, 4]> l = constexpr_lut_to_dense()[indices = tensor<uint8, [2]>([1, 255]), lut = tensor<fp16, [2]>([0x1p+0, 0x1p-24]), name = tensor<string, []>("l"), shape = tensor<uint32, [2]>([4, 4])];
            tensor<fp32, [1, ?]> a, tensor<fp32, [1, ?]> d = split(num_splits = w, x = x)[name = tensor<string, []>("split_0")];
        } -> (a, d);
})";

constexpr std::string_view kNested = R"(program(1.3)
{
    func main<ios17>(tensor<int32, [1]> n, bool "odd name", state<tensor<fp16, [1, 8]>> s) {
            write_state(data = n, input = s)[name = string("u")];
            tensor<int32, [1]> r = cond(pred = "odd name") () {
                    tensor<int32, [1]> one = add(x = n, y = int32(1));
                } -> (one), () {
                    tensor<int32, [1]> m = while_loop(loop_vars = n) (tensor<int32, [1]> i) {
                            bool go = less(x = i, y = int32(9));
                        } -> (go), (tensor<int32, [1]> i) {
                            tensor<int32, [1]> j = add(x = i, y = int32(1));
                        } -> (j);
                } -> (m);
        } -> (r);
})";

TEST(Parser, OpsOfPomeHaveADotInTheirNames) {
  const std::string text =
      "program(1.3)\n{\n  func main<ios17>(tensor<uint8, [1, 1, 2, 2]> x) {\n"
      "    tensor<fp32, [1, 1, 2, 2]> y = pome.pixels(bias = tensor<fp32, [1]>([0]), scale = "
      "tensor<fp32, [1]>([1]), x = x);\n  } -> (y);\n}\n";
  const auto program = parse(text);
  ASSERT_TRUE(program.ok()) << program.error().to_string();
  EXPECT_EQ((*program)->function("main")->body.ops().back()->kind(), "pome.pixels");
  const std::string printed = print(**program);
  const auto again = parse(printed);
  ASSERT_TRUE(again.ok()) << again.error().to_string() << printed;
  EXPECT_EQ(print(**again), printed);
}

TEST(Parser, PrintedTextComesBack) {
  for (std::string_view text : {kNewer, kOlder, kNested}) {
    Zeros zeros;
    const auto program = parse(text, zeros.options());
    ASSERT_TRUE(program.ok()) << program.error().to_string();
    EXPECT_EQ(print(**program), text);
    const auto again = parse(print(**program), zeros.options());
    ASSERT_TRUE(again.ok()) << again.error().to_string();
    EXPECT_EQ(testing::difference(**program, **again), "");
  }
}

TEST(Parser, AppleFileByteForByte) {
  const auto file = testing::test_data("models/mlmodelc/coremltools_add_model.mlmodelc/model.mil");
  if (!std::filesystem::exists(file)) GTEST_SKIP() << file << " is not there";
  const auto bytes = read_file(file, 1 << 20).value();
  const std::string text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const auto program = parse(text);
  ASSERT_TRUE(program.ok()) << program.error().to_string();
  EXPECT_EQ(print(**program) + "\n", text) << "this one file ends in a newline";
}

TEST(Parser, ProgramHoldsWhatTheTextSays) {
  Zeros zeros;
  const auto program = parse(kOlder, zeros.options()).value();
  EXPECT_EQ(program->version, "1.0");
  const Function* main = program->function("main");
  ASSERT_NE(main, nullptr);
  EXPECT_EQ(main->opset, Opset::kIos16);
  const auto& flexible = *main->attributes.at("FlexibleShapeInformation");
  const Literal& defaults = *flexible.members()[0]->members()[1];
  EXPECT_EQ(defaults.members()[0]->text(), "x");
  EXPECT_EQ(defaults.members()[1]->to_ints(), (std::vector<int64_t>{1, 4}));
  auto op = main->body.ops().begin();
  EXPECT_EQ((*op)->output()->literal()->to_floats(),
            (std::vector<float>{1, -0.078125f, 0, INFINITY, -INFINITY, 0x1p-149f}));
  ASSERT_EQ(zeros.asked.size(), 1u);
  EXPECT_EQ(zeros.asked[0].path, "@model_path/weights/weight.bin");
  EXPECT_EQ(zeros.asked[0].offset, 64u);
  const Value* x = main->body.inputs()[0].get();
  ASSERT_EQ(x->users().size(), 1u);
  EXPECT_EQ(x->users()[0]->outputs().size(), 2u);
}

TEST(Parser, SpellingsOfOtherTools) {
  const auto program = parse(
      "program(1){func f<CoreML8>(fp32 x){ // a comment\n"
      "tensor<fp32,[2]>w=const()[val=tensor<fp32,[2]>([1,0.5e-1])];"
      "tensor<fp32, [2]> c = "
      "concat<ios17>(values=(w),axis=int32(+0))[name=tensor<string,[]>(\"c\")];"
      "fp32 y = add(x = x, y = fp32(0X1P-1)); }->(c,y);}\n");
  ASSERT_TRUE(program.ok()) << program.error().to_string();
  const Function* f = (*program)->function("f");
  ASSERT_NE(f, nullptr);
  EXPECT_EQ(f->opset, Opset::kIos18);
  auto op = f->body.ops().begin();
  EXPECT_EQ((*op)->output()->literal()->to_floats(), (std::vector<float>{1, 0.05f}));
  EXPECT_EQ((*++op)->argument("values")->operands.size(), 1u);
  EXPECT_EQ((*++op)->constant("y")->real(), 0.5);
}

TEST(Parser, NumbersOfEveryElementType) {
  for (const char* value : {"int4(-8)",
                            "int8(-128)",
                            "int16(32767)",
                            "int64(-9223372036854775808)",
                            "uint1(1)",
                            "uint2(3)",
                            "uint3(7)",
                            "uint4(15)",
                            "uint6(63)",
                            "uint8(255)",
                            "uint16(65535)",
                            "uint32(4294967295)",
                            "uint64(18446744073709551615)",
                            "fp64(0x1.8p-1073)",
                            "fp16(0x1.ffcp+15)",
                            "bf16(0x1.fep+127)",
                            "fp8e4m3fn(0x1.cp+8)",
                            "fp8e5m2(-inf)",
                            "tensor<fp16, [2]>([-inf, nan])",
                            "tensor<uint3, [5]>([1, 2, 3, 4, 5])",
                            "tensor<string, [2]>([\"a\", \"\\\\\"])",
                            "tensor<bool, [0, 3]>([])"}) {
    const std::string type(value, std::string(value).find('('));
    const std::string text = "program(1.3)\n{\n    func f<ios18>() {\n            " + type +
                             " c = const()[val = " + value + "];\n        } -> (c);\n}";
    const auto program = parse(text);
    ASSERT_TRUE(program.ok()) << value << ": " << program.error().to_string();
    EXPECT_EQ(print(**program), text);
  }
}

/// What is said of one op in a function with the input `x`.
std::string complaint(const std::string& op) {
  const auto program = parse("program(1.3){func main<ios18>(fp32 x){\n" + op + "\n}->(x);}");
  return program.ok() ? "" : program.error().to_string();
}

TEST(Parser, ErrorsSayWhereAndWhat) {
  EXPECT_EQ(complaint("fp32 y = relu(x = z);"),
            "2:19: found \"z\", expected the name of a value that is defined before");
  EXPECT_EQ(complaint("fp32 y = relu(x = y);"),
            "2:19: found \"y\", expected the name of a value that is defined before");
  EXPECT_EQ(complaint("fp32 y relu(x = x);"), "2:8: found \"relu\", expected \"=\"");
  EXPECT_EQ(complaint("fp32 x = relu(x = x);"), "2:6: the value \"x\" is defined twice");
  EXPECT_EQ(complaint("fp32 y = add(x = x, x = x);"), "2:21: the parameter \"x\" is given twice");
  EXPECT_EQ(complaint("fp32 y = add(x = ((x)));"),
            "2:19: found \"(\", expected a value: tuples inside tuples are not supported");
  EXPECT_EQ(complaint("int8 y = const()[val = int8(128)];"),
            "2:29: found \"128\", expected a number that fits int8");
  EXPECT_EQ(complaint("uint8 y = const()[val = uint8(-1)];"),
            "2:31: found \"-1\", expected a number that fits uint8");
  EXPECT_EQ(complaint("int32 y = const()[val = int32(1.5)];"),
            "2:31: found \"1.5\", expected a number that fits int32");
  EXPECT_EQ(complaint("fp32 y = const()[val = fp32(1e99)];"),
            "2:29: found \"1e99\", expected a number that fits fp32");
  EXPECT_EQ(complaint("fp32 y = const()[val = fp32(\"1\")];"),
            "2:29: found the text \"1\", expected a number");
  EXPECT_EQ(complaint("bool y = const()[val = bool(1)];"),
            "2:29: found \"1\", expected \"true\" or \"false\"");
  EXPECT_EQ(complaint("tensor<fp32, [2, 2]> y = const()[val = tensor<fp32, [2, 2]>([1, 2, 3])];"),
            "2:62: found \"1\", expected \"[\"");
  EXPECT_EQ(complaint("tensor<fp32, [3]> y = const()[val = tensor<fp32, [3]>([1, 2])];"),
            "2:55: found 2 elements, expected 3 on axis 0 of tensor<fp32, [3]>");
  EXPECT_EQ(complaint("fp32 y = const();"),
            "2:1: found a const with 1 outputs and 0 arguments, expected one output, no argument "
            "and the attribute \"val\"");
  EXPECT_EQ(complaint("fp32 y = const()[val = int32(1)];"),
            "2:1: the const is declared as fp32, its value is of type int32");
  EXPECT_EQ(complaint("fp32 y = relu(x = x)"), "3:1: found \"}\", expected \";\"");
  EXPECT_EQ(
      complaint("fp32 y = cond(pred = x) { } -> ();"),
      "2:25: found \"{\", expected \";\" (other spellings of control flow are not supported)");
  EXPECT_EQ(complaint("fp32 y = relu(x = x)[name = string(\"a];"),
            "2:36: found a text without an end, expected '\"' on the same line");
  EXPECT_EQ(complaint("fp32 y = relu(x = x)[name = string(\"\\q\")];"),
            "2:37: found the escape \"\\\\q\", expected one of \\\" \\\\ \\n \\r \\t");
  EXPECT_EQ(complaint("fp32 y = relu(x = x)[name = int32(1)];"),
            "2:1: the attribute \"name\" is of type int32, expected a string");
  EXPECT_EQ(complaint("#"), "2:1: found the character \"#\", expected MIL text");
}

TEST(Parser, ErrorsOfTheFrame) {
  EXPECT_EQ(parse("").error().to_string(), "1:1: found the end of the text, expected \"program\"");
  EXPECT_EQ(parse("program(1.3)\n[").error().to_string(),
            "2:2: found the end of the text, expected an attribute's name");
  EXPECT_EQ(parse("program(1.3){func f<ios99>(){}->();}").error().to_string(),
            "1:21: found \"ios99\", expected an op set that is known, \"ios15\" to \"ios18\" or "
            "\"ios26\"");
  EXPECT_EQ(
      parse("program(1.3){func f<ios18>(){}->(); func f<ios18>(){}->();}").error().to_string(),
      "1:42: the function \"f\" is defined twice");
  EXPECT_EQ(parse("program(1.3){} x").error().to_string(),
            "1:16: found \"x\", expected the end of the text");
  EXPECT_FALSE(parse("program(1.3){}\xff").ok());
}

TEST(Parser, BlobsStayBelowTheModel) {
  Zeros zeros;
  const auto blob = [&](const std::string& type, const std::string& path) {
    const auto program =
        parse("program(1.3){func f<ios18>(){" + type + " c=const()[val=" + type +
                  "(BLOBFILE(path=string(\"" + path + "\"),offset=uint64(64)))];}->();}",
              zeros.options());
    return program.ok() ? "" : program.error().message();
  };
  EXPECT_EQ(blob("tensor<fp32, [4]>", "@model_path/weights/weight.bin"), "");
  for (const char* path : {"/etc/passwd", "@model_path/../x", "@model_path/a/../../x",
                           "@model_path//etc/passwd", "@model_path/", "weights/weight.bin"}) {
    EXPECT_NE(blob("tensor<fp32, [4]>", path).find("expected a path below @model_path"),
              std::string::npos)
        << path;
  }
  for (const char* type : {"tensor<fp32, [?]>", "string", "list<fp32, 2>"}) {
    EXPECT_NE(blob(type, "@model_path/w.bin").find("numbers of a known size"), std::string::npos)
        << type;
  }
  for (const char* type :
       {"tensor<fp32, [9223372036854775807, 2]>", "tensor<fp64, [2305843009213693952]>"}) {
    EXPECT_NE(blob(type, "@model_path/w.bin").find("larger than any memory"), std::string::npos)
        << type;
  }
  EXPECT_EQ(zeros.asked.size(), 1u);
  EXPECT_FALSE(parse(kOlder).ok()) << "without weight files a BLOBFILE is an error";
}

std::string repeated(std::string_view text, int n) {
  std::string out;
  for (int i = 0; i < n; ++i) out += text;
  return out;
}

TEST(Parser, NestingIsCapped) {
  EXPECT_NE(complaint(repeated("list<", 100000)).find("nested deeper than 16"), std::string::npos);
  EXPECT_NE(complaint("fp32 y = relu(x = " + repeated("(", 100000)).find("tuples inside tuples"),
            std::string::npos);
  EXPECT_NE(complaint(repeated("cond() () {", 100000)).find("nested deeper than 64"),
            std::string::npos);
  EXPECT_NE(complaint("fp32 y = const()[val = fp32(" + repeated("[", 100000)).find("a number"),
            std::string::npos);
  const std::string inner = "uint64(BLOBFILE(path=string(\"@model_path/w\"),offset=";
  EXPECT_FALSE(complaint("uint64 y = const()[val = " + repeated(inner, 100000)).empty());
  EXPECT_NE(complaint("tensor<fp32, [" + repeated("1, ", 9)).find("more than 8 dimensions"),
            std::string::npos);
}

TEST(Parser, NodesAreCounted) {
  ParseOptions options;
  options.max_nodes = 1000;
  const std::string text =
      "program(1.3){func f<ios18>(fp32 x){" + repeated("relu(x = x);", 1000) + "}->();}";
  EXPECT_EQ(parse(text, options).error().code(), ErrorCode::kLimitExceeded);
  EXPECT_TRUE(parse(text).ok());
}

TEST(Parser, ManyUsesOfOneValueTakeNoQuadraticTime) {
  const std::string text = "program(1.3){func f<ios18>(fp32 x){" +
                           repeated("relu(x = (x, x, x, x));\n", 100000) + "}->();}";
  EXPECT_TRUE(parse(text).ok());  // building and taking down: seconds if it were quadratic
}

}  // namespace
}  // namespace pome::ir
