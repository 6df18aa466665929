using Codexport.Cli;

// The hook's sync runs before every session of Codex: its plain forms are recognised before the command line library is loaded.
return QuickSyncCommandLine.TryParse(args, out var options)
    ? QuickSyncCommandLine.Run(options)
    : await CommandLine.RunAsync(args);
