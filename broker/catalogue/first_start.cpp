#include "broker/catalogue/first_start.h"

#include "broker/catalogue/catalogue.h"
#include "broker/identity/secrets.h"
#include "broker/identity/users.h"
#include "broker/store/audit.h"
#include "broker/store/settings.h"

namespace vitrine::broker {

namespace {

constexpr const char* kToldSetting = "administrator_told";

std::vector<Resource> first_resources() {
  const Resource desktop{.id = "desktop",
                         .app = false,
                         .pool = "desktop",
                         .name = "Desktop",
                         .description = "A whole desktop with your files",
                         .command = {},
                         .desktop_entry = "",
                         .package = "",
                         .opengl = true,
                         .provisioner = "local"};
  const auto app = [](const char* id, const char* name, const char* description, const char* program, const char* entry,
                      const char* package) {
    return Resource{.id = id,
                    .app = true,
                    .pool = "desktop",
                    .name = name,
                    .description = description,
                    .command = {program},
                    .desktop_entry = entry,
                    .package = package,
                    .opengl = false,
                    .provisioner = "local"};
  };
  return {
      desktop,
      app("mousepad", "Text Editor", "Write and edit plain text", "mousepad", "org.xfce.mousepad.desktop", "mousepad"),
      app("terminal", "Terminal", "Work on the command line", "xfce4-terminal", "xfce4-terminal.desktop",
          "xfce4-terminal"),
      app("calculator", "Calculator", "Work with numbers", "galculator", "galculator.desktop", "galculator"),
      app("files", "Files", "Browse and organise your files", "thunar", "thunar.desktop", "thunar"),
      app("ristretto", "Image Viewer", "Look at pictures", "ristretto", "org.xfce.ristretto.desktop", "ristretto")};
}

Result<void> fill_store(SqlConnection& connection, int64_t now_s) {
  const std::string everyone(kEveryone);
  TRY(add_group(connection, everyone, true, now_s));
  for (const Resource& resource : first_resources()) {
    TRY(add_resource(connection, resource, now_s));
    TRY(grant(connection, resource.id, {.group = true, .subject = everyone}, now_s));
  }
  return append_audit(
      connection,
      {.actor = "broker", .address = "", .action = "store.create", .target = "", .outcome = "ok", .detail = ""}, now_s);
}

}  // namespace

Result<std::optional<std::string>> prepare_first_start(SqlConnection& connection, PasswordHasher& hasher,
                                                       int64_t now_s) {
  if (TRY(read_setting(connection, kToldSetting)) == "yes") return std::optional<std::string>();
  const std::string password = random_password();
  const std::string phc = TRY(hasher.hash(password));
  const std::string name(kFirstAdministrator);
  SqlTransaction transaction = TRY(SqlTransaction::begin(connection));
  if (!TRY(group_exists(connection, std::string(kEveryone)))) TRY(fill_store(connection, now_s));
  if (const auto user = TRY(find_user(connection, name)); user) {
    TRY(set_password(connection, user->id, phc));
  } else {
    TRY(add_user(connection, {.id = random_id(),
                              .name = name,
                              .display_name = "Administrator",
                              .admin = true,
                              .password = phc,
                              .created_s = now_s}));
  }
  TRY(write_setting(connection, kToldSetting, "no"));
  TRY(transaction.commit());
  return std::optional(password);
}

Result<void> administrator_was_told(SqlConnection& connection) {
  return write_setting(connection, kToldSetting, "yes");
}

}  // namespace vitrine::broker
