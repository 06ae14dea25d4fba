#include <fmt/format.h>

#include "protocol/gen/outputs.h"

namespace vitrine::gen {
namespace {

std::string_view sides(Direction direction) {
  switch (direction) {
    case Direction::kViewerToGateway: return "viewer to gateway";
    case Direction::kAgentToGateway: return "agent to gateway";
    case Direction::kGatewayToPeer: return "gateway to viewer or agent";
    case Direction::kViewerToAgent: return "viewer to agent";
    case Direction::kAgentToViewer: return "agent to viewer";
    case Direction::kBoth: return "either way";
  }
  return "";
}

std::string form(const FieldSchema& field) {
  switch (field.kind) {
    case FieldKind::kUint32: return "uint32";
    case FieldKind::kUint64: return "uint64";
    case FieldKind::kInt32: return "int32";
    case FieldKind::kBool: return "bool";
    case FieldKind::kEnum: return field.enum_name;
    case FieldKind::kText: return fmt::format("string, at most {} bytes", field.limit);
    case FieldKind::kBytes: return fmt::format("bytes, at most {}", field.limit);
    case FieldKind::kUint32List: return fmt::format("list of uint32, at most {}", field.limit);
  }
  return "";
}

std::string field_table(const MessageSchema& message) {
  std::string out = "| field | form | meaning |\n|---|---|---|\n";
  for (const FieldSchema& field : message.fields) {
    out += fmt::format("| {} | {} | {} |\n", field.name, form(field), field.text);
  }
  return out;
}

std::string message_tables(const Schema& schema) {
  std::string out;
  for (const MessageSchema& message : schema.messages) {
    out += fmt::format("\n### {} {}\n\n{}. {}\n\n{}", message.type, message.name, sides(message.direction),
                       message.text, field_table(message));
  }
  return out;
}

std::string enum_tables(const Schema& schema, const HeaderComments& comments) {
  std::string out;
  for (const EnumSchema& one : schema.enums) {
    out += fmt::format("\n### {}\n\n| number | name | meaning |\n|---|---|---|\n", one.name);
    for (size_t i = 0; i < one.values.size(); ++i) {
      const std::string key = fmt::format("{}::k{}", one.name, one.values[i]);
      out += fmt::format("| {} | {} | {} |\n", i, one.values[i], comments.about(key));
    }
  }
  return out;
}

std::string constant_table(const HeaderComments& comments, bool bits) {
  std::string out = "\n| name | value | meaning |\n|---|---|---|\n";
  for (const Constant& constant : wire_constants()) {
    if (constant.bit != bits) continue;
    out += fmt::format("| {} | {} | {} |\n", constant.name, constant.value, comments.about(constant.name));
  }
  return out;
}

// Puts `table` between the lines "<!-- NAME: made by vitrine_gen -->" and "<!-- end NAME -->".
Result<void> replace_section(std::string& text, std::string_view name, const std::string& table) {
  const std::string begin_mark = fmt::format("<!-- {}: made by vitrine_gen -->\n", name);
  const std::string end_mark = fmt::format("<!-- end {} -->\n", name);
  const size_t begin = text.find(begin_mark);
  const size_t end = text.find(end_mark);
  if (begin == std::string::npos || end == std::string::npos || end < begin) {
    return Error{ErrorCode::kMalformed, fmt::format("protocol/SPEC.md lacks the marks of section {}", name)};
  }
  const size_t inner = begin + begin_mark.size();
  text.replace(inner, end - inner, table + "\n");
  return {};
}

}  // namespace

Result<std::string> specification(const std::string& old_text, const Schema& schema, const HeaderComments& comments) {
  std::string text = old_text;
  TRY(replace_section(text, "messages", message_tables(schema)));
  TRY(replace_section(text, "enums", enum_tables(schema, comments)));
  TRY(replace_section(text, "bits", constant_table(comments, true)));
  TRY(replace_section(text, "limits", constant_table(comments, false)));
  TRY(replace_section(text, "ticket", "\n" + field_table(schema.ticket)));
  return text;
}

}  // namespace vitrine::gen
