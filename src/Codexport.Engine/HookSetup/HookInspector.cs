using Codexport.Engine.Codex;
using Codexport.Engine.Codex.Hooks;
using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;
using Codexport.Engine.Platform.Processes;
using Codexport.Engine.Results;

namespace Codexport.Engine.HookSetup;

/// <summary>Looks at the hook: on disk, and through the eyes of Codex. Changes nothing of ours.</summary>
internal sealed class HookInspector(EngineContext context)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Looks.</summary>
    /// <param name="askCodex">Whether to start the Codex of this machine on the home; it may then make its databases there.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<HookStatusResult> InspectAsync(bool askCodex, CancellationToken cancellationToken)
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
        status = askCodex ? await AskAsync(status, keys, cancellationToken).ConfigureAwait(false) : status;
        var torn = file == CodexLayout.HooksFile ? files.ProblemOfHooksJson() : null;
        return status with { Problems = [.. Problems(status, found.Count, torn)] };
    }

    private static IEnumerable<string> Problems(HookStatusResult status, int count, string? torn)
    {
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

        if (status is { CodexVersion: not null, CodexTrust: null })
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

    private async Task<HookStatusResult> AskAsync(HookStatusResult status, List<string> keys, CancellationToken cancellationToken)
    {
        if (CodexProgram.Find(context) is not { } codex)
        {
            return status;
        }

        // Its databases belong to real sessions; a mere look makes them elsewhere.
        var databases = Path.Join(Path.GetTempPath(), "codexport-" + Guid.NewGuid().ToString("N"));
        var environment = new Dictionary<string, string?>(CodexProgram.EnvironmentFor(context.Home)) { ["CODEX_SQLITE_HOME"] = databases };
        using var deadline = new CancellationTokenSource(Patience, context.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            context.Files.CreateDirectory(databases, FilePermission.Private);
            await using var server = await CodexAppServer.StartAsync(
                context, codex, environment, either.Token).ConfigureAwait(false);
            var hooks = await server.ListHooksAsync(context.Home.CodexFolder, either.Token).ConfigureAwait(false);
            var hook = hooks.FirstOrDefault(item => keys.Contains(item.Key));
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
        finally
        {
            RemoveQuietly(databases);
        }
    }

    private void RemoveQuietly(string folder)
    {
        try
        {
            FolderRemoval.Remove(context.Files, folder);
        }
        catch (CodexportException error)
        {
            // Codex may still be closing its files; the system clears its temporary folder.
            context.Trace?.Invoke(error.Message);
        }
    }
}
