using System.Globalization;
using System.Text;

namespace Codexport.Engine.ServiceSetup;

/// <summary>The unit files of systemd for one user.</summary>
internal static class SystemdUnits
{
    /// <summary>How long the server may be silent before systemd starts it again.</summary>
    public static readonly TimeSpan Watchdog = TimeSpan.FromSeconds(60);

    // What .NET and the programs that it starts survive, and what a manager without rights can do: filters of system calls, no namespaces.
    // Not MemoryDenyWriteExecute, because .NET compiles while it runs.
    private static readonly string[] Hardening =
    [
        "NoNewPrivileges=yes",
        "UMask=0077",
        "LockPersonality=yes",
        "RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK",
        "RestrictRealtime=yes",
        "RestrictSUIDSGID=yes",
        "RestrictNamespaces=yes",
        "SystemCallArchitectures=native",
    ];

    /// <summary>The unit of a service that runs always and says when it is ready.</summary>
    public static string Service(ServiceDefinition definition)
    {
        var unit = Begin(definition);

        // A network that comes late must not use the starts up: at most 5 minutes of one try every 10 seconds.
        Section(unit, "StartLimitIntervalSec=10min", "StartLimitBurst=30", string.Empty, "[Service]", "Type=notify", "NotifyAccess=main");
        AppendCommand(unit, definition);
        Section(
            unit, "Restart=on-failure", "RestartSec=10s", "RestartPreventExitStatus=2", "TimeoutStopSec=75s",
            string.Create(CultureInfo.InvariantCulture, $"WatchdogSec={Watchdog.TotalSeconds:0}s"), "StandardOutput=journal",
            "StandardError=journal", "SyslogIdentifier=" + definition.Unit.Name);
        Section(unit, Hardening);
        Section(unit, string.Empty, "[Install]", "WantedBy=default.target");
        return unit.ToString();
    }

    /// <summary>The unit that a timer starts: runs once and ends.</summary>
    public static string Task(ServiceDefinition definition)
    {
        var unit = Begin(definition);
        Section(unit, string.Empty, "[Service]", "Type=oneshot");
        AppendCommand(unit, definition);
        Section(
            unit, "TimeoutStartSec=10min", "Nice=10", "StandardOutput=journal", "StandardError=journal",
            "SyslogIdentifier=" + definition.Unit.Name);
        Section(unit, Hardening);
        return unit.ToString();
    }

    /// <summary>The timer that starts <see cref="Task"/>.</summary>
    public static string Timer(ServiceDefinition definition)
    {
        var seconds = (long)definition.Every.TotalSeconds;
        var unit = new StringBuilder();
        Section(
            unit, "[Unit]", "Description=" + SystemdQuoting.Plain(definition.Description), string.Empty, "[Timer]", "OnBootSec=1min",
            string.Create(CultureInfo.InvariantCulture, $"OnUnitActiveSec={seconds}s"),
            // Many machines that start together must not ask together.
            string.Create(CultureInfo.InvariantCulture, $"RandomizedDelaySec={Math.Clamp(seconds / 10, 5, 300)}s"), "AccuracySec=10s",
            string.Empty, "[Install]", "WantedBy=timers.target");
        return unit.ToString();
    }

    private static StringBuilder Begin(ServiceDefinition definition)
    {
        var unit = new StringBuilder();
        Section(
            unit, "# Written by codexport; installing again replaces it. Own settings belong in a drop-in: systemctl --user edit " + definition.Unit.Name,
            "[Unit]", "Description=" + SystemdQuoting.Plain(definition.Description));
        return unit;
    }

    private static void AppendCommand(StringBuilder unit, ServiceDefinition definition)
    {
        Section(unit, "ExecStart=" + SystemdQuoting.CommandLine(definition.Program, definition.Arguments));
        foreach (var (name, value) in definition.Environment.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            Section(unit, "Environment=" + SystemdQuoting.Assignment(name, value));
        }

        // Keys that begin with X- are nobody's but ours.
        Section(unit, "X-Codexport-Program=" + definition.Stamp);
    }

    private static void Section(StringBuilder unit, params ReadOnlySpan<string> lines)
    {
        foreach (var line in lines)
        {
            unit.Append(line).Append('\n');
        }
    }
}
