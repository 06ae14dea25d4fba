#include <fmt/format.h>

#include "protocol/gen/outputs.h"

namespace vitrine::gen {
namespace {

constexpr std::string_view kHeader =
    "// Made by vitrine_gen from the field lists in protocol/messages.h and protocol/limits.h; change those, then run\n"
    "// `./dev gen`. How a field looks as bytes is in wire.ts.\n\n"
    "import {{ WireError, WireReader, WireWriter }} from './wire.js';\n";

std::string camel_case(std::string_view snake) {
  std::string result;
  for (size_t i = 0; i < snake.size(); ++i) {
    if (snake[i] == '_' && i + 1 < snake.size()) {
      result += static_cast<char>(std::toupper(static_cast<unsigned char>(snake[++i])));
    } else {
      result += snake[i];
    }
  }
  return result;
}

std::string_view typescript_type(const FieldSchema& field) {
  switch (field.kind) {
    case FieldKind::kBool: return "boolean";
    case FieldKind::kEnum: return field.enum_name;
    case FieldKind::kText: return "string";
    case FieldKind::kBytes: return "Uint8Array";
    case FieldKind::kUint32List: return "Uint32Array";
    case FieldKind::kUint32:
    case FieldKind::kUint64:
    case FieldKind::kInt32: return "number";
  }
  return "never";
}

// The method of WireReader and WireWriter for this kind of field.
std::string_view method(FieldKind kind) {
  switch (kind) {
    case FieldKind::kUint32: return "uint32";
    case FieldKind::kUint64: return "uint64";
    case FieldKind::kInt32: return "int32";
    case FieldKind::kBool: return "bool";
    case FieldKind::kEnum: return "enum";
    case FieldKind::kText: return "text";
    case FieldKind::kBytes: return "bytes";
    case FieldKind::kUint32List: return "uint32List";
  }
  return "";
}

// The argument after the field's name: a limit, or the largest value of an enum.
std::string bound(const FieldSchema& field, const Schema& schema) {
  if (field.kind == FieldKind::kEnum) {
    for (const EnumSchema& candidate : schema.enums) {
      if (candidate.name == field.enum_name) return fmt::format(", {}", candidate.values.size() - 1);
    }
  }
  return field.limit > 0 ? fmt::format(", {}", field.limit) : std::string();
}

bool viewer_receives(Direction direction) {
  return direction == Direction::kGatewayToPeer || direction == Direction::kAgentToViewer ||
         direction == Direction::kBoth;
}

bool viewer_sends(Direction direction) {
  return direction == Direction::kViewerToGateway || direction == Direction::kViewerToAgent ||
         direction == Direction::kBoth;
}

std::string doc(std::string_view text, std::string_view indent = "") {
  return text.empty() ? std::string() : fmt::format("{}/** {} */\n", indent, text);
}

std::string constants(const HeaderComments& comments) {
  std::string out = "\n// Times are in microseconds, sizes in bytes.\n";
  for (const Constant& constant : wire_constants()) {
    out += doc(comments.about(constant.name));
    out += fmt::format("export const {} = {};\n", constant.name, constant.value);
  }
  return out;
}

std::string enums(const Schema& schema, const HeaderComments& comments) {
  std::string out;
  for (const EnumSchema& one : schema.enums) {
    out += fmt::format("\nexport const {} = {{\n", one.name);
    for (size_t i = 0; i < one.values.size(); ++i) {
      const std::string about = comments.about(fmt::format("{}::k{}", one.name, one.values[i]));
      out += doc(about, "  ") + fmt::format("  {}: {},\n", one.values[i], i);
    }
    out += fmt::format("}} as const;\nexport type {0} = (typeof {0})[keyof typeof {0}];\n", one.name);
  }
  return out;
}

std::string message_type(const MessageSchema& message) {
  std::string out = "\n" + doc(message.text);
  out += fmt::format("export interface {0} {{\n  readonly type: '{0}';\n", message.name);
  for (const FieldSchema& field : message.fields) {
    out += doc(field.text, "  ");
    out += fmt::format("  readonly {}: {};\n", camel_case(field.name), typescript_type(field));
  }
  return out + "}\n";
}

std::string read_and_write(const MessageSchema& message, const Schema& schema) {
  std::string out = fmt::format("\nfunction read{0}(r: WireReader): {0} {{\n  r.message = '{0}';\n", message.name);
  out += fmt::format("  return {{\n    type: '{}',\n", message.name);
  for (const FieldSchema& field : message.fields) {
    const std::string_view cast = field.kind == FieldKind::kEnum ? std::string_view(field.enum_name) : "";
    out += fmt::format("    {}: r.{}('{}'{}){}{},\n", camel_case(field.name), method(field.kind), field.name,
                       bound(field, schema), cast.empty() ? "" : " as ", cast);
  }
  out += fmt::format("  }};\n}}\n\nfunction write{0}(w: WireWriter, m: {0}): void {{\n  w.start('{0}', {1});\n",
                     message.name, message.type);
  for (const FieldSchema& field : message.fields) {
    out += fmt::format("  w.{}('{}', m.{}{});\n", method(field.kind), field.name, camel_case(field.name),
                       bound(field, schema));
  }
  return out + "}\n";
}

std::string union_type(std::string_view name, std::string_view about, const Schema& schema,
                       bool (*belongs)(Direction)) {
  std::string out = "\n" + doc(about) + fmt::format("export type {} =", name);
  for (const MessageSchema& message : schema.messages) {
    if (belongs(message.direction)) out += fmt::format("\n  | {}", message.name);
  }
  return out + ";\n";
}

std::string parse_function(std::string_view name, std::string_view result, std::string_view about, const Schema& schema,
                           bool (*belongs)(Direction)) {
  std::string out = fmt::format("\n{}export function {}(bytes: Uint8Array): {} | null {{\n", doc(about), name, result);
  out += "  const r = new WireReader(bytes);\n  switch (r.messageType()) {\n";
  for (const MessageSchema& message : schema.messages) {
    const std::string action =
        belongs(message.direction)
            ? fmt::format("return read{}(r);", message.name)
            : fmt::format("throw new WireError('malformed', '{} does not come from this side');", message.name);
    out += fmt::format("    case {}:\n      {}\n", message.type, action);
  }
  return out + "    default:\n      return null;\n  }\n}\n";
}

std::string serialize_function(const Schema& schema) {
  std::string out =
      "\nconst scratch = new WireWriter();\n\n"
      "/** The message as bytes of its own. Throws WireError when a value passes what its field allows. */\n"
      "export function serialize(message: AnyMessage): Uint8Array<ArrayBuffer> {\n  switch (message.type) {\n";
  for (const MessageSchema& message : schema.messages) {
    out += fmt::format("    case '{0}':\n      write{0}(scratch, message);\n      break;\n", message.name);
  }
  return out + "  }\n  return scratch.take();\n}\n";
}

}  // namespace

std::string typescript_module(const Schema& schema, const HeaderComments& comments) {
  const auto any = [](Direction) { return true; };
  std::string out = fmt::format(fmt::runtime(kHeader));
  out += constants(comments);
  out += enums(schema, comments);
  out += "\n/** The number each message starts with. */\nexport const MessageType = {\n";
  for (const MessageSchema& message : schema.messages) out += fmt::format("  {}: {},\n", message.name, message.type);
  out += "} as const;\n";
  for (const MessageSchema& message : schema.messages) out += message_type(message);
  out += union_type("AnyMessage", "", schema, any);
  out += union_type("MessageToViewer", "What a viewer may receive.", schema, viewer_receives);
  out += union_type("MessageFromViewer", "What a viewer may send.", schema, viewer_sends);
  for (const MessageSchema& message : schema.messages) out += read_and_write(message, schema);
  out += parse_function("parseMessage", "AnyMessage",
                        "Any message from any side; null for a type nobody knows. Byte fields are views into `bytes`. "
                        "Throws WireError.",
                        schema, any);
  out += parse_function("parseToViewer", "MessageToViewer", "As parseMessage, for what a viewer may receive.", schema,
                        viewer_receives);
  return out + serialize_function(schema);
}

}  // namespace vitrine::gen
