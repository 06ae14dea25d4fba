#include "protocol/gen/schema.h"

#include <algorithm>

#include "protocol/ticket.h"

namespace vitrine::gen {
namespace {

template <class M>
MessageSchema message_schema(std::vector<EnumSchema>& enums) {
  MessageSchema message;
  message.type = M::kType;
  message.name = M::kName;
  SchemaVisitor visitor(message, enums);
  const M values;
  M::visit(values, visitor);
  return message;
}

template <class... M>
void add_messages(Schema& schema, MessageList<M...>) {
  const auto add = [&]<class One>(const One*) {
    MessageSchema message = message_schema<One>(schema.enums);
    message.direction = One::kDirection;
    message.text = One::kText;
    CHECK(schema.messages.empty() || schema.messages.back().type < message.type);
    schema.messages.push_back(std::move(message));
  };
  (add(static_cast<const M*>(nullptr)), ...);
}

}  // namespace

void SchemaVisitor::add(std::string_view name, FieldKind kind, size_t limit, std::string_view text) {
  CHECK(name != "type");  // names the message in TypeScript
  message_.fields.push_back({std::string(name), kind, limit, {}, std::string(text)});
}

void SchemaVisitor::add_enum(EnumSchema schema) {
  const auto same = [&](const EnumSchema& other) { return other.name == schema.name; };
  if (std::none_of(enums_.begin(), enums_.end(), same)) enums_.push_back(std::move(schema));
}

Schema collect_schema() {
  Schema schema;
  add_messages(schema, AllMessages{});
  std::vector<EnumSchema> ticket_enums;
  schema.ticket = message_schema<Ticket>(ticket_enums);
  return schema;
}

}  // namespace vitrine::gen
