// vitrine_gen: writes everything that is made from the wire's field lists, or with --check says what is stale.
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "protocol/gen/outputs.h"

namespace vitrine::gen {
namespace {

Result<std::string> read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return Error{ErrorCode::kIo, "cannot read " + path.string()};
  return std::string(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
}

struct Output {
  const char* path;
  std::string text;
};

Result<std::vector<Output>> make_outputs(const std::filesystem::path& root) {
  HeaderComments comments;
  for (const char* header : {"protocol/messages.h", "protocol/limits.h", "protocol/touch_messages.h"}) {
    comments.read(TRY(read_file(root / header)));
  }
  TRY(check_constants_complete(comments));
  const Schema schema = collect_schema();
  constexpr const char* kSpec = "protocol/SPEC.md";
  std::vector<Output> outputs;
  outputs.push_back({"web-client/src/wire/messages.gen.ts", typescript_module(schema, comments)});
  const std::string old_spec = TRY(read_file(root / kSpec));
  outputs.push_back({kSpec, TRY(specification(old_spec, schema, comments))});
  outputs.push_back({"protocol/vectors/messages.json", message_vectors()});
  outputs.push_back({"protocol/vectors/malformed.json", malformed_vectors()});
  return outputs;
}

// Writes what differs; with `check_only` just reports it. Gives how many files differed.
Result<int> write_outputs(const std::filesystem::path& root, bool check_only) {
  int stale = 0;
  const std::vector<Output> outputs = TRY(make_outputs(root));
  for (const Output& output : outputs) {
    const std::filesystem::path path = root / output.path;
    const auto present = read_file(path);
    if (present.ok() && present.value() == output.text) continue;
    ++stale;
    if (check_only) {
      std::fprintf(stderr, "%s is stale: run ./dev gen and commit what it writes\n", output.path);
      continue;
    }
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file << output.text;
    file.close();
    if (!file) return Error{ErrorCode::kIo, "cannot write " + path.string()};
    std::printf("wrote %s\n", output.path);
  }
  return stale;
}

}  // namespace
}  // namespace vitrine::gen

int main(int argc, char** argv) {
  const bool check_only = argc == 3 && std::strcmp(argv[1], "--check") == 0;
  if (argc != (check_only ? 3 : 2) || argv[argc - 1][0] == '-') {
    std::fprintf(stderr, "usage: vitrine_gen [--check] ROOT_OF_THE_REPOSITORY\n");
    return 2;
  }
  const auto stale = vitrine::gen::write_outputs(argv[argc - 1], check_only);
  if (!stale.ok()) {
    std::fprintf(stderr, "vitrine_gen: %s\n", stale.error().message.c_str());
    return 1;
  }
  return check_only && stale.value() > 0 ? 1 : 0;
}
