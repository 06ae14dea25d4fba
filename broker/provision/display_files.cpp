#include "broker/provision/display_files.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "broker/identity/secrets.h"
#include "broker/provision/child_process.h"
#include "broker/provision/files.h"
#include "broker/provision/line_socket.h"
#include "protocol/input_devices.h"

namespace vitrine::broker {

namespace {

constexpr std::string_view kXorgConfig = R"(Section "ServerFlags"
  Option "AutoAddDevices" "false"
  Option "AutoEnableDevices" "false"
  Option "AutoAddGPU" "false"
  Option "DontVTSwitch" "true"
  Option "DontZap" "true"
  Option "BlankTime" "0"
  Option "StandbyTime" "0"
  Option "SuspendTime" "0"
  Option "OffTime" "0"
EndSection
Section "Module"
{disabled}EndSection
Section "Device"
  Identifier "memory"
  Driver "dummy"
  VideoRam 262144
EndSection
Section "Monitor"
  Identifier "viewer"
  HorizSync 1.0-2000.0
  VertRefresh 1.0-500.0
  Modeline "{width}x{height}" 60 {width} {h1} {h2} {h3} {height} {v1} {v2} {v3}
  Option "PreferredMode" "{width}x{height}"
EndSection
Section "Screen"
  Identifier "screen"
  Device "memory"
  Monitor "viewer"
  DefaultDepth 24
  SubSection "Display"
    Depth 24
    Modes "{width}x{height}"
    Virtual 8192 8192
  EndSubSection
EndSection
{pointers})";

// A pointer that takes events from a socket: smooth scrolling, and pressure.
constexpr std::string_view kPointerConfig = R"(Section "InputDevice"
  Identifier "{name}"
  Driver "inputtest"
  Option "SocketPath" "{socket}"
  Option "DeviceType" "{type}"
  Option "PointerButtonCount" "11"
  Option "PointerHasPressure" "{pressure}"
EndSection
)";

std::string pointer_sections(const DesktopSpec& spec) {
  std::string devices;
  std::string layout = "Section \"ServerLayout\"\n  Identifier \"desktop\"\n  Screen \"screen\"\n";
  for (const InputDevice& device : kInputDevices) {
    devices += fmt::format(kPointerConfig, fmt::arg("name", device.name),
                           fmt::arg("socket", fmt::format("{}/{}", spec.folder, device.socket)),
                           fmt::arg("type", device.type), fmt::arg("pressure", device.name != kMouseDevice.name));
    layout += fmt::format("  InputDevice \"{}\"\n", device.name);
  }
  return devices + layout + "EndSection\n";
}

// GLX and what it needs load Mesa's software renderer, some 55 MB in every display.
constexpr std::string_view kWithoutOpenGl = "  Disable \"glx\"\n  Disable \"dri\"\n  Disable \"dri2\"\n";

// A length in two bytes, high first, then the bytes: how Xauthority files are made (libXau, AuWrite.c).
void append_counted(std::string& file, std::string_view field) {
  file += static_cast<char>(field.size() >> 8);
  file += static_cast<char>(field.size() & 0xff);
  file += field;
}

Result<void> need_program(const std::string& program, const std::string& package) {
  if (!find_program(program).empty()) return {};
  return Error{ErrorCode::kUnavailable, fmt::format("The program {} is missing on the server. Install it with: "
                                                    "apt install {}",
                                                    program, package)};
}

}  // namespace

std::string random_cookie() {
  return random_bytes(16);
}

std::string xauthority_file(const std::string& cookie) {
  std::string file = "\xff\xff";  // family "wild": any address
  append_counted(file, "");       // address
  append_counted(file, "");       // number: any display
  append_counted(file, "MIT-MAGIC-COOKIE-1");
  append_counted(file, cookie);
  return file;
}

std::string xorg_config(const DesktopSpec& spec) {
  const int w = spec.width;
  const int h = spec.height;
  const std::string pointers = has_pointer_driver() ? pointer_sections(spec) : "";
  return fmt::format(kXorgConfig, fmt::arg("pointers", pointers),
                     fmt::arg("disabled", spec.opengl ? "" : kWithoutOpenGl), fmt::arg("width", w),
                     fmt::arg("h1", w + 1), fmt::arg("h2", w + 2), fmt::arg("h3", w + 3), fmt::arg("height", h),
                     fmt::arg("v1", h + 1), fmt::arg("v2", h + 2), fmt::arg("v3", h + 3));
}

Result<void> make_keyboard_folder(const std::string& path) {
  constexpr std::string_view kFiles = "/usr/share/X11/xkb";
  TRY(make_folder(path, 0700));
  TRY(make_folder(path + "/rules", 0700));
  const auto link = [](const std::string& target, const std::string& name) -> Result<void> {
    if (::symlink(target.c_str(), name.c_str()) == 0 || errno == EEXIST) return {};
    return Error{ErrorCode::kIo, fmt::format("Cannot make {}: {}.", name, std::strerror(errno))};
  };
  for (const char* part : {"compat", "geometry", "keycodes", "symbols", "types"}) {
    TRY(link(fmt::format("{}/{}", kFiles, part), fmt::format("{}/{}", path, part)));
  }
  return link(fmt::format("{}/rules/evdev", kFiles), path + "/rules/base");
}

void remove_stale_socket(const std::string& display) {
  if (display.size() < 2 || display.find_first_not_of("0123456789", 1) != std::string::npos) return;
  const std::string path = "/tmp/.X11-unix/X" + display.substr(1);
  if (!connect_to(path).ok()) ::unlink(path.c_str());
}

bool has_pointer_driver() {
  for (const char* path : {"/usr/lib/xorg/modules/input/inputtest_drv.so",
                           "/usr/lib/x86_64-linux-gnu/xorg/modules/input/inputtest_drv.so"}) {
    if (::access(path, R_OK) == 0) return true;
  }
  return false;
}

std::string find_xorg() {
  for (const char* path : {"/usr/lib/xorg/Xorg", "/usr/libexec/Xorg", "/usr/lib/Xorg"}) {
    if (::access(path, X_OK) == 0) return path;
  }
  return "";
}

Result<void> check_display_programs(bool app) {
  if (find_xorg().empty()) {
    return Error{ErrorCode::kUnavailable,
                 "The display server Xorg is missing on the server. Install it with: apt install xserver-xorg-core"};
  }
  bool driver = false;
  for (const char* path :
       {"/usr/lib/xorg/modules/drivers/dummy_drv.so", "/usr/lib/x86_64-linux-gnu/xorg/modules/drivers/dummy_drv.so"}) {
    driver = driver || ::access(path, R_OK) == 0;
  }
  if (!driver) {
    return Error{ErrorCode::kUnavailable,
                 "Xorg's driver \"dummy\" is missing on the server. Install it with: "
                 "apt install xserver-xorg-video-dummy"};
  }
  TRY(need_program("xkbcomp", "x11-xkb-utils"));
  TRY(need_program("dbus-daemon", "dbus-daemon"));
  if (app) return need_program("openbox", "openbox");
  TRY(need_program("xfce4-session", "xfce4-session"));
  TRY(need_program("xfwm4", "xfwm4"));
  TRY(need_program("xfce4-panel", "xfce4-panel"));
  TRY(need_program("xfsettingsd", "xfce4-settings"));
  return need_program("xfdesktop", "xfdesktop4");
}

}  // namespace vitrine::broker
