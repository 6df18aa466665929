using Codexport.Engine.Codex;
using Codexport.Engine.Codex.Checking;
using Codexport.Engine.Codex.Hooks;
using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;
using Codexport.Engine.Platform.Processes;
using Codexport.Engine.Results;
using Codexport.Engine.Toml;

namespace Codexport.Engine.HookSetup;

/// <summary>Looks at the hook: on disk, and through the eyes of Codex, which is shown a copy of it. Changes nothing.</summary>
internal sealed class HookInspector(EngineContext context)
{
    /// <summary>Where the configuration of the whole machine lies.</summary>
    public string SystemFolder { get; init; } = HookSwitches.SystemFolder;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Looks.</summary>
    public async Task<HookStatusResult> InspectAsync(CancellationToken cancellationToken)
    {
        var files = HookFiles.Read(context);
        var found = HookInstaller.Find(files).ToList();
        if (found.Count == 0)
        {
            return new HookStatusResult { Installed = false };
        }

        var (file, handler) = found[0];
        var hash = HookTrust.Hash(handler, PathStyle.Current);
        var states = TomlHooks.ReadStates(files.ParseConfig().Root);
        var keys = HookStateEditor.SpellingsOf(context, file).Select(path => HookTrust.StateKey(path, handler)).ToList();
        var entries = keys.Select(key => states.GetValueOrDefault(key)).ToList();
        var runner = FindRunner(handler);
        var status = new HookStatusResult
        {
            Installed = true,
            File = files.PathOf(file),
            Command = handler.CommandOn(PathStyle.Current),
            Timeout = handler.Timeout,
            First = handler is { GroupIndex: 0, HandlerIndex: 0 },
            Trusted = hash is not null && entries.Any(entry => entry?.TrustedHash == hash),
            Enabled = entries.All(entry => entry is not { IsEnabled: false }),
            RunnerPath = runner.Path,
            RunnerFound = runner.IsFound,
        };
        status = await AskAsync(status, files, file, handler, cancellationToken).ConfigureAwait(false);
        var torn = file == CodexLayout.HooksFile ? files.ProblemOfHooksJson() : null;
        return status with { Problems = [.. Problems(status, found.Count, torn, new HookSwitches(context, SystemFolder).Reason())] };
    }

    private static IEnumerable<string> Problems(HookStatusResult status, int count, string? torn, string? switchedOff)
    {
        if (switchedOff is not null)
        {
            yield return switchedOff;
        }

        if (torn is not null)
        {
            yield return $"Codex reads no hook of '{status.File}': {torn}. Correct it or take it out.";
        }

        if (count > 1)
        {
            yield return $"The hook is there {count} times: 'codexport hook install' leaves one.";
        }

        if (!status.RunnerFound)
        {
            yield return $"What it starts, '{status.RunnerPath}', is not on this machine: install it, or run 'codexport hook install' with the other runner.";
        }

        if (!status.Trusted || status.CodexTrust is "untrusted" or "modified")
        {
            yield return "Codex does not run it because it is not trusted: run 'codexport hook install', or confirm it in Codex with /hooks.";
        }

        if (!status.Enabled || status.CodexEnabled == false)
        {
            yield return "It is switched off in Codex: run 'codexport hook install', or switch it on in Codex with /hooks.";
        }

        if (switchedOff is null && torn is null && status is { CodexVersion: not null, CodexTrust: null })
        {
            yield return "Codex does not see it: look whether hooks are switched off in its configuration.";
        }

        if (!status.First)
        {
            yield return "It is not the first hook of its event, so its trust may be lost when others change: run 'codexport hook install'.";
        }
    }

    private (string? Path, bool IsFound) FindRunner(HookHandler handler)
    {
        var program = handler.CommandOn(PathStyle.Current) is { } command ? CodexportHook.ProgramOf(command) : null;
        var path = program is null ? null : ProgramFinder.Find(context.Files, context.Environment, program);
        return (path ?? program, path is not null);
    }

    // On the home itself Codex would make its databases and write its own skills.
    private async Task<HookStatusResult> AskAsync(
        HookStatusResult status, HookFiles files, string file, HookHandler handler, CancellationToken cancellationToken)
    {
        if (CodexProgram.Find(context) is not { } codex)
        {
            return status;
        }

        using var deadline = new CancellationTokenSource(Patience, context.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            using var copy = TrialHome.Create(context, Path.GetTempPath(), relative => ReadNow(relative));
            Fill(copy, files);
            IReadOnlyList<ListedHook> hooks;
            var server = await CodexAppServer.StartAsync(
                context, codex, new Dictionary<string, string?> { ["CODEX_HOME"] = copy.Folder, ["CODEX_SQLITE_HOME"] = copy.Folder }, either.Token).ConfigureAwait(false);
            await using (server.ConfigureAwait(false))
            {
                hooks = await server.ListHooksAsync(copy.Folder, either.Token).ConfigureAwait(false);
            }

            var key = HookTrust.StateKey(Path.Join(copy.Folder, file), handler);
            var hook = hooks.FirstOrDefault(item => item.Key == key);
            return status with
            {
                CodexVersion = await codex.GetVersionAsync(context, cancellationToken).ConfigureAwait(false) ?? "unknown",
                CodexTrust = hook?.TrustStatus,
                CodexEnabled = hook?.IsEnabled,
            };
        }
        catch (Exception error) when (error is CodexportException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            context.Trace?.Invoke($"Codex could not be asked about its hooks: {error.Message}");
            return status;
        }
    }

    private void Fill(TrialHome copy, HookFiles files)
    {
        if (files.HooksJson is { } hooks)
        {
            copy.Add(CodexLayout.HooksFile, hooks);
        }

        if (files.Config is null)
        {
            return;
        }

        var config = files.ParseConfig();
        MoveStates(config, copy.Folder);
        copy.Add(CodexLayout.ConfigFile, config.ToBytes());
    }

    // What the person decided about hooks is named by the place of their file, and may be there under two spellings of it.
    private void MoveStates(TomlDocument config, string folder)
    {
        TomlPath states = ["hooks", "state"];
        var moved = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in (string[])[CodexLayout.HooksFile, CodexLayout.ConfigFile])
        {
            var spellings = HookStateEditor.SpellingsOf(context, file);
            foreach (var key in (config.Find(states) as TomlTable)?.Keys.ToList() ?? [])
            {
                if (spellings.FirstOrDefault(spelling => key.StartsWith(spelling + ":", StringComparison.Ordinal)) is not { } found)
                {
                    continue;
                }

                var target = Path.Join(folder, file) + key[found.Length..];
                if (moved.ContainsValue(target))
                {
                    config.Remove(states.Append(key));
                }
                else
                {
                    moved[key] = target;
                }
            }
        }

        config.MapKeys((path, key) => path.Count is 2 or 3 && path.StartsWith(states) ? moved.GetValueOrDefault(key) : null);
    }

    private byte[]? ReadNow(string relative)
        => context.Files.ResolveLinks(Path.Join(context.Home.CodexFolder, relative)) is { } real && context.Files.TryGetEntry(real) is { Kind: EntryKind.File }
            ? AtomicFile.TryReadAllBytes(context.Files, real)
            : null;
}
