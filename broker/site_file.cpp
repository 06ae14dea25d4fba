#include "broker/site_file.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <charconv>
#include <cstdlib>
#include <filesystem>

#include "broker/provision/files.h"

namespace vitrine::broker {

namespace {

constexpr int kDeepest = 20;  // sites nest four deep; a file may not make us recurse without end

std::string position(const YAML::Mark& mark) {
  return fmt::format("{}:{}", mark.line + 1, mark.column + 1);
}

// YAML 1.2's core schema: what stands without quotes may be a number or a truth.
Json scalar_of(const YAML::Node& node) {
  const std::string& text = node.Scalar();
  if (node.Tag() == "!") return text;
  if (text == "true" || text == "false") return text == "true";
  if (text.empty() || text == "~" || text == "null") return nullptr;
  int64_t number = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failed == std::errc() && end == text.data() + text.size()) return number;
  return text;
}

class Reader {
 public:
  Reader(std::string name, SiteFile& file) : name_(std::move(name)), file_(file) {}

  Result<Json> value(const YAML::Node& node, const std::string& place, int depth) {
    if (depth > kDeepest) return wrong(node.Mark(), "This is nested too deeply.");
    if (!file_.places.contains(place)) file_.places[place] = position(node.Mark());
    if (node.IsSequence()) {
      Json list = Json::array();
      for (size_t i = 0; i < node.size(); ++i) {
        list.push_back(TRY(value(node[i], fmt::format("{}[{}]", place, i), depth + 1)));
      }
      return list;
    }
    if (node.IsMap()) return map(node, place, depth);
    return node.IsScalar() ? scalar_of(node) : Json();
  }

 private:
  Error wrong(const YAML::Mark& mark, const std::string& why) const {
    return {ErrorCode::kMalformed, fmt::format("{}:{}: {}", name_, position(mark), why)};
  }

  Result<Json> map(const YAML::Node& node, const std::string& place, int depth) {
    Json object = Json::object();
    for (const auto& pair : node) {
      if (!pair.first.IsScalar()) return wrong(pair.first.Mark(), "A name is expected here.");
      const std::string& key = pair.first.Scalar();
      if (object.contains(key)) return wrong(pair.first.Mark(), fmt::format("\"{}\" is here a second time.", key));
      const std::string inside = place.empty() ? key : place + "." + key;
      file_.places[inside] = position(pair.first.Mark());
      object[key] = TRY(value(pair.second, inside, depth + 1));
    }
    return object;
  }

  std::string name_;
  SiteFile& file_;
};

void emit(YAML::Emitter& out, const Json& json) {
  if (json.is_object()) {
    out << YAML::BeginMap;
    for (const auto& [key, value] : json.items()) {
      out << YAML::Key << key << YAML::Value;
      emit(out, value);
    }
    out << YAML::EndMap;
  } else if (json.is_array()) {
    out << YAML::Flow << YAML::BeginSeq;
    for (const Json& item : json) emit(out, item);
    out << YAML::EndSeq;
  } else if (json.is_string()) {
    const std::string text = json.get<std::string>();
    // Quoted when it would read as something else.
    const YAML::Node plain(text);
    if (scalar_of(plain).is_string()) {
      out << text;
    } else {
      out << YAML::DoubleQuoted << text;
    }
  } else if (json.is_boolean()) {
    out << json.get<bool>();
  } else if (json.is_number_integer()) {
    out << json.get<int64_t>();
  } else {
    out << YAML::Null;
  }
}

std::string without_line_end(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  return text;
}

// What the reference {file: PATH} or {env: NAME} leads to; a relative path is one from the site file's folder.
Result<std::string> secret_at(const Json& reference, const std::filesystem::path& folder) {
  const std::string file = text_field(reference, "file");
  if (!file.empty()) {
    auto text = read_file((folder / file).string());
    if (!text.ok()) return Error{text.error().code, "file: " + text.error().message};
    return without_line_end(text.take());
  }
  const std::string name = text_field(reference, "env");
  const char* value = std::getenv(name.c_str());
  if (value == nullptr || *value == '\0') {
    return Error{ErrorCode::kNotFound, fmt::format("env: The variable {} is not set or empty.", name)};
  }
  return std::string(value);
}

}  // namespace

Result<SiteFile> parse_site(const std::string& text, const std::string& name) {
  SiteFile file;
  try {
    const YAML::Node root = YAML::Load(text);
    file.document = TRY(Reader(name, file).value(root, "", 0));
  } catch (const YAML::Exception& broken) {
    return Error{ErrorCode::kMalformed,
                 fmt::format("{}:{}: This is no YAML: {}.", name, position(broken.mark), broken.msg)};
  }
  if (file.document.is_null()) file.document = Json::object();
  if (!file.document.is_object()) {
    return Error{ErrorCode::kMalformed, fmt::format("{}:1:1: A site has sections like apps: and pools:.", name)};
  }
  return file;
}

Result<void> add_secrets(Json& document, const std::string& folder) {
  if (!document.contains("providers") || !document["providers"].is_object()) return {};
  for (auto& [id, provider] : document["providers"].items()) {
    if (!provider.is_object() || !provider.contains("secret") || !provider["secret"].is_object()) continue;
    Json& secret = provider["secret"];
    const std::string place = fmt::format("providers.{}.secret", id);
    const bool file = !text_field(secret, "file").empty();
    if (secret.size() != 1 || file == !text_field(secret, "env").empty()) {
      return Error{ErrorCode::kInvalidArgument,
                   place + ": It is {file: PATH} or {env: NAME} and nothing else, or kept for the one that is stored."};
    }
    auto value = secret_at(secret, folder);
    if (!value.ok()) return Error{value.error().code, place + "." + value.error().message};
    secret["value"] = value.take();
  }
  return {};
}

std::string with_place(const SiteFile& file, const std::string& name, const std::string& sentence) {
  std::string place = sentence.substr(0, sentence.find(": "));
  while (!place.empty()) {
    if (const auto found = file.places.find(place); found != file.places.end()) {
      return fmt::format("{}:{}: {}", name, found->second, sentence);
    }
    const size_t end = place.find_last_of(".[");
    place.resize(end == std::string::npos ? 0 : end);
  }
  return fmt::format("{}: {}", name, sentence);
}

std::string site_to_yaml(const Json& document) {
  YAML::Emitter out;
  emit(out, document);
  return std::string(out.c_str()) + "\n";
}

}  // namespace vitrine::broker
