using Codexport.Cli;
using Codexport.Engine.Platform.Native;

// The only TLS that this program speaks as a client is with a master, whose key is pinned.
SystemRoots.LeaveUnread();

// The hook's sync runs before every session of Codex: its plain forms are recognised before the command line library is loaded. So are those
// of the sync that people and timers run, which nearly always finds nothing new.
return QuickSyncCommandLine.TryParse(args, out var options) ? QuickSyncCommandLine.Run(options)
    : SettledSyncCommandLine.TryRun(args) is { } exitCode ? exitCode
    : await CommandLine.RunAsync(args);
