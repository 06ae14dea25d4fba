#include "broker/provision/desktop_defaults.h"

#include <fmt/format.h>

#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "broker/provision/files.h"
#include "protocol/limits.h"

namespace vitrine::broker {

namespace {

// xfconf channels. Properties not named here keep Xfce's own defaults.
constexpr std::string_view kXfwm4 = R"(<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfwm4" version="1.0">
  <property name="general" type="empty">
    <property name="use_compositing" type="bool" value="false"/>
    <property name="vblank_mode" type="string" value="off"/>
    <property name="theme" type="string" value="Default"/>
    <property name="title_font" type="string" value="Noto Sans Bold 9"/>
    <property name="button_layout" type="string" value="O|HMC"/>
    <property name="workspace_count" type="int" value="1"/>
    <property name="scroll_workspaces" type="bool" value="false"/>
    <property name="wrap_workspaces" type="bool" value="false"/>
    <property name="zoom_desktop" type="bool" value="false"/>
  </property>
</channel>
)";

constexpr std::string_view kXsettings = R"(<?xml version="1.0" encoding="UTF-8"?>
<channel name="xsettings" version="1.0">
  <property name="Net" type="empty">
    <property name="ThemeName" type="string" value="Adwaita"/>
    <property name="IconThemeName" type="string" value="Adwaita"/>
    <property name="EnableEventSounds" type="bool" value="false"/>
  </property>
  <property name="Xft" type="empty">
    <property name="DPI" type="int" value="96"/>
    <property name="Antialias" type="int" value="1"/>
    <property name="Hinting" type="int" value="1"/>
    <property name="HintStyle" type="string" value="hintslight"/>
    <property name="RGBA" type="string" value="none"/>
  </property>
  <property name="Gtk" type="empty">
    <property name="FontName" type="string" value="Noto Sans 10"/>
    <property name="MonospaceFontName" type="string" value="DejaVu Sans Mono 10"/>
    <property name="CursorThemeName" type="string" value="Adwaita"/>
    <property name="CursorThemeSize" type="int" value="24"/>
  </property>
</channel>
)";

constexpr std::string_view kSession = R"(<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-session" version="1.0">
  <property name="general" type="empty">
    <property name="FailsafeSessionName" type="string" value="Failsafe"/>
    <property name="LockCommand" type="string" value=""/>
    <property name="SaveOnExit" type="bool" value="false"/>
    <property name="AutoSave" type="bool" value="false"/>
  </property>
  <property name="startup" type="empty">
    <property name="ssh-agent" type="empty"><property name="enabled" type="bool" value="false"/></property>
    <property name="gpg-agent" type="empty"><property name="enabled" type="bool" value="false"/></property>
  </property>
  <property name="shutdown" type="empty">
    <property name="LockScreen" type="bool" value="false"/>
    <property name="ShowSuspend" type="bool" value="false"/>
    <property name="ShowHibernate" type="bool" value="false"/>
    <property name="ShowHybridSleep" type="bool" value="false"/>
    <property name="ShowSwitchUser" type="bool" value="false"/>
  </property>
  <property name="splash" type="empty"><property name="Engine" type="string" value=""/></property>
  <property name="sessions" type="empty">
    <property name="Failsafe" type="empty">
      <property name="IsFailsafe" type="bool" value="true"/>
      <property name="Count" type="int" value="4"/>
      <property name="Client0_Command" type="array"><value type="string" value="xfwm4"/></property>
      <property name="Client0_Priority" type="int" value="15"/>
      <property name="Client0_PerScreen" type="bool" value="false"/>
      <property name="Client1_Command" type="array"><value type="string" value="xfsettingsd"/><value type="string" value="--replace"/></property>
      <property name="Client1_Priority" type="int" value="15"/>
      <property name="Client1_PerScreen" type="bool" value="false"/>
      <property name="Client2_Command" type="array"><value type="string" value="xfdesktop"/></property>
      <property name="Client2_Priority" type="int" value="15"/>
      <property name="Client2_PerScreen" type="bool" value="false"/>
      <property name="Client3_Command" type="array"><value type="string" value="xfce4-panel"/></property>
      <property name="Client3_Priority" type="int" value="15"/>
      <property name="Client3_PerScreen" type="bool" value="false"/>
    </property>
  </property>
</channel>
)";

// A vertical gradient: pleasant, and every row of pixels is one run for the encoder.
constexpr std::string_view kBackground = R"(<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-desktop" version="1.0">
  <property name="backdrop" type="empty">
    <property name="single-workspace-mode" type="bool" value="true"/>
    <property name="single-workspace-number" type="int" value="0"/>
    <property name="screen0" type="empty">
      <property name="monitorDUMMY0" type="empty">
        <property name="workspace0" type="empty">
          <property name="color-style" type="int" value="2"/>
          <property name="image-style" type="int" value="0"/>
          <property name="rgba1" type="array">
            <value type="double" value="0.105"/><value type="double" value="0.227"/>
            <value type="double" value="0.337"/><value type="double" value="1"/>
          </property>
          <property name="rgba2" type="array">
            <value type="double" value="0.216"/><value type="double" value="0.435"/>
            <value type="double" value="0.510"/><value type="double" value="1"/>
          </property>
          <property name="last-image" type="string" value=""/>
        </property>
      </property>
    </property>
  </property>
  <property name="desktop-icons" type="empty">
    <property name="style" type="int" value="2"/>
    <property name="file-icons" type="empty">
      <property name="show-filesystem" type="bool" value="false"/>
      <property name="show-removable" type="bool" value="false"/>
      <property name="show-network-removable" type="bool" value="false"/>
      <property name="show-device-removable" type="bool" value="false"/>
    </property>
  </property>
</channel>
)";

constexpr std::string_view kPanel = R"(<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-panel" version="1.0">
  <property name="configver" type="int" value="2"/>
  <property name="panels" type="array">
    <value type="int" value="1"/>
    <property name="dark-mode" type="bool" value="true"/>
    <property name="panel-1" type="empty">
      <property name="position" type="string" value="p=8;x=0;y=0"/>
      <property name="length" type="uint" value="100"/>
      <property name="position-locked" type="bool" value="true"/>
      <property name="icon-size" type="uint" value="20"/>
      <property name="size" type="uint" value="32"/>
      <property name="plugin-ids" type="array">
        <value type="int" value="1"/><value type="int" value="2"/><value type="int" value="3"/>
        <value type="int" value="4"/><value type="int" value="5"/><value type="int" value="6"/>
        <value type="int" value="7"/><value type="int" value="8"/><value type="int" value="9"/>
      </property>
    </property>
  </property>
  <property name="plugins" type="empty">
    <property name="plugin-1" type="string" value="applicationsmenu"/>
    <property name="plugin-2" type="string" value="separator"/>
    <property name="plugin-3" type="string" value="launcher">
      <property name="items" type="array"><value type="string" value="thunar.desktop"/></property>
    </property>
    <property name="plugin-4" type="string" value="launcher">
      <property name="items" type="array"><value type="string" value="xfce4-terminal.desktop"/></property>
    </property>
    <property name="plugin-5" type="string" value="launcher">
      <property name="items" type="array"><value type="string" value="org.xfce.mousepad.desktop"/></property>
    </property>
    <property name="plugin-6" type="string" value="tasklist">
      <property name="grouping" type="uint" value="1"/>
      <property name="show-handle" type="bool" value="false"/>
    </property>
    <property name="plugin-7" type="string" value="separator">
      <property name="expand" type="bool" value="true"/><property name="style" type="uint" value="0"/>
    </property>
    <property name="plugin-8" type="string" value="clock"/>
    <property name="plugin-9" type="string" value="actions">
      <property name="appearance" type="uint" value="0"/>
      <property name="items" type="array"><value type="string" value="+logout-dialog"/></property>
    </property>
  </property>
</channel>
)";

// No dialog about new monitors and no remembered profiles: the screen follows the viewer's window.
constexpr std::string_view kDisplays = R"(<?xml version="1.0" encoding="UTF-8"?>
<channel name="displays" version="1.0">
  <property name="Notify" type="int" value="0"/>
  <property name="AutoEnableProfiles" type="int" value="0"/>
</channel>
)";

constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kChannels = {{
    {"xfwm4", kXfwm4},
    {"xsettings", kXsettings},
    {"xfce4-session", kSession},
    {"xfce4-desktop", kBackground},
    {"xfce4-panel", kPanel},
    {"displays", kDisplays},
}};

// A saver or lock would cover the desktop of someone who has already signed in; the others have nothing to act on.
constexpr std::array<std::string_view, 8> kNotAutostarted = {
    "xscreensaver",      "light-locker",        "xfce4-screensaver", "mate-screensaver",
    "gnome-screensaver", "xfce4-power-manager", "at-spi-dbus-bus",   "polkit-mate-authentication-agent-1"};

constexpr std::string_view kGtkSettings = R"([Settings]
gtk-theme-name=Adwaita
gtk-icon-theme-name=Adwaita
gtk-font-name=Noto Sans 10
gtk-cursor-theme-name=Adwaita
gtk-cursor-theme-size=24
gtk-xft-antialias=1
gtk-xft-hinting=1
gtk-xft-hintstyle=hintslight
gtk-xft-rgba=none
gtk-xft-dpi=98304
gtk-enable-animations=1
gtk-decoration-layout=:minimize,maximize,close
)";

constexpr std::string_view kOpenbox = R"(<?xml version="1.0" encoding="UTF-8"?>
<openbox_config xmlns="http://openbox.org/3.4/rc">
  <focus>
    <focusNew>yes</focusNew><followMouse>no</followMouse><focusLast>yes</focusLast><raiseOnFocus>no</raiseOnFocus>
  </focus>
  <placement><policy>Smart</policy><center>yes</center></placement>
  <theme>
    <name>Clearlooks</name><titleLayout>LMC</titleLayout><keepBorder>yes</keepBorder><animateIconify>no</animateIconify>
    <font place="ActiveWindow"><name>Noto Sans</name><size>10</size><weight>bold</weight></font>
    <font place="InactiveWindow"><name>Noto Sans</name><size>10</size></font>
  </theme>
  <desktops><number>1</number><popupTime>0</popupTime></desktops>
  <resize><drawContents>yes</drawContents><popupShow>Never</popupShow></resize>
  <keyboard></keyboard>
  <mouse>
    <dragThreshold>4</dragThreshold><doubleClickTime>400</doubleClickTime>
    <context name="Titlebar">
      <mousebind button="Left" action="Drag"><action name="Move"/></mousebind>
      <mousebind button="Left" action="DoubleClick"><action name="ToggleMaximize"/></mousebind>
    </context>
    <context name="Titlebar Top Right Bottom Left TLCorner TRCorner BRCorner BLCorner">
      <mousebind button="Left" action="Press"><action name="Focus"/><action name="Raise"/></mousebind>
    </context>
    <context name="Top"><mousebind button="Left" action="Drag"><action name="Resize"><edge>top</edge></action></mousebind></context>
    <context name="Left"><mousebind button="Left" action="Drag"><action name="Resize"><edge>left</edge></action></mousebind></context>
    <context name="Right"><mousebind button="Left" action="Drag"><action name="Resize"><edge>right</edge></action></mousebind></context>
    <context name="Bottom"><mousebind button="Left" action="Drag"><action name="Resize"><edge>bottom</edge></action></mousebind></context>
    <context name="TLCorner TRCorner BLCorner BRCorner">
      <mousebind button="Left" action="Drag"><action name="Resize"/></mousebind>
    </context>
    <context name="Client">
      <mousebind button="Left" action="Press"><action name="Focus"/><action name="Raise"/></mousebind>
      <mousebind button="Middle" action="Press"><action name="Focus"/><action name="Raise"/></mousebind>
      <mousebind button="Right" action="Press"><action name="Focus"/><action name="Raise"/></mousebind>
    </context>
    <context name="Close"><mousebind button="Left" action="Click"><action name="Close"/></mousebind></context>
    <context name="Maximize"><mousebind button="Left" action="Click"><action name="ToggleMaximize"/></mousebind></context>
  </mouse>
  <applications>
    <application type="normal">
      <decor>no</decor><maximized>true</maximized><focus>yes</focus>
      <position force="no"><x>center</x><y>center</y></position>
    </application>
    <application type="dialog">
      <decor>yes</decor><maximized>false</maximized><focus>yes</focus>
      <position force="no"><x>center</x><y>center</y></position>
    </application>
  </applications>
</openbox_config>
)";

// Windows of a session are monitors of its desktop, and xfdesktop keeps a background for each: that of the first.
std::string with_all_backgrounds(std::string channel) {
  constexpr std::string_view kFirst = "monitorDUMMY0";
  constexpr std::string_view kEnd = "\n      </property>\n";
  const size_t begin = channel.rfind('<', channel.find(kFirst));
  const size_t end = channel.find(kEnd, begin);
  if (begin == std::string::npos || end == std::string::npos) return channel;
  const std::string first = "      " + channel.substr(begin, end + kEnd.size() - begin);
  std::string others;
  for (size_t monitor = 1; monitor < kMaxMonitors; ++monitor) {
    std::string other = first;
    others += other.replace(other.find(kFirst), kFirst.size(), fmt::format("monitorDUMMY{}", monitor));
  }
  return channel.insert(end + kEnd.size(), others);
}

}  // namespace

Result<void> write_xfce_defaults(const std::string& xdg_folder) {
  const std::string channels = xdg_folder + "/xfce4/xfconf/xfce-perchannel-xml";
  TRY(make_folder(channels, 0700));
  for (const auto& [name, channel] : kChannels) {
    const std::string text = channel == kBackground ? with_all_backgrounds(std::string(channel)) : std::string(channel);
    TRY(write_file(fmt::format("{}/{}.xml", channels, name), text, 0600));
  }
  TRY(make_folder(xdg_folder + "/autostart", 0700));
  for (const std::string_view name : kNotAutostarted) {
    TRY(write_file(fmt::format("{}/autostart/{}.desktop", xdg_folder, name),
                   fmt::format("[Desktop Entry]\nType=Application\nName={}\nHidden=true\n", name), 0600));
  }
  return {};
}

Result<void> write_gtk_defaults(const std::string& xdg_folder) {
  for (const char* version : {"gtk-3.0", "gtk-4.0"}) {
    TRY(make_folder(fmt::format("{}/{}", xdg_folder, version), 0700));
    TRY(write_file(fmt::format("{}/{}/settings.ini", xdg_folder, version), std::string(kGtkSettings), 0600));
  }
  return {};
}

std::string openbox_config() {
  return std::string(kOpenbox);
}

}  // namespace vitrine::broker
