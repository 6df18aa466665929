using System.Security.Cryptography;
using System.Text;
using Codexport.Engine.Codex.Hooks;
using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;
using Codexport.Engine.Platform.Processes;
using Codexport.Engine.Toml;

namespace Codexport.Engine.Codex.Checking;

/// <summary>
/// Asks the <c>codex</c> of this machine whether it would start with a configuration, in a private throw-away home, before anything is
/// written. Where there is no <c>codex</c>, or it is too old to be asked or does not answer in 5 s, our own parsers alone judge.
/// </summary>
/// <param name="context">The home, the disk and the programs.</param>
internal sealed class CodexStartupCheck(EngineContext context)
{
    private const string FolderPrefix = "check-";

    // A configuration may refer to several files; each missing one is met in a run of its own.
    private const int MaxRuns = 8;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan StaleAfter = TimeSpan.FromMinutes(1);

    /// <summary>Where the throw-away home is made; null for the state folder.</summary>
    public string? TemporaryFolder { get; init; }

    /// <summary>Whether verdicts are remembered by content, so that the same files are not judged twice.</summary>
    public bool Remembers { get; init; } = true;

    /// <summary>Checks configuration files and <c>hooks.json</c>, as they will be on this machine.</summary>
    /// <param name="texts">Texts by path relative to the Codex home; what is neither is left out.</param>
    /// <param name="cancellationToken">Ends the check with its programs.</param>
    public async Task<ConfigurationVerdict> CheckAsync(IReadOnlyDictionary<string, string> texts, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(texts);
        if (ParseAll(texts) is { } problem)
        {
            return new ConfigurationVerdict(IsByCodex: false, problem);
        }

        var files = texts.Where(file => CodexLayout.KindOf(file.Key).IsConfiguration()).OrderBy(file => file.Key, StringComparer.Ordinal).ToList();
        if (files.Count == 0 || CodexProgram.Find(context) is not { } codex)
        {
            return new ConfigurationVerdict(IsByCodex: false, null);
        }

        var memory = new VerdictMemory(context);
        var key = KeyOf(codex, files);
        if (Remembers && memory.Find(key) is { } known)
        {
            return known;
        }

        var verdict = await AskAsync(codex, files, texts, cancellationToken).ConfigureAwait(false);
        if (Remembers && verdict.IsByCodex)
        {
            memory.Keep(key, verdict);
        }

        return verdict;
    }

    /// <summary>Fails with <see cref="ErrorCode.ConfigurationRejected"/> when the files are refused.</summary>
    public async Task RequireAsync(IReadOnlyDictionary<string, string> texts, string remedy, CancellationToken cancellationToken)
    {
        var verdict = await CheckAsync(texts, cancellationToken).ConfigureAwait(false);
        if (verdict.Problem is { } problem)
        {
            throw problem.ToError(remedy);
        }
    }

    private static ConfigurationProblem? ParseAll(IReadOnlyDictionary<string, string> texts)
    {
        foreach (var (path, text) in texts)
        {
            try
            {
                if (CodexLayout.KindOf(path).IsConfiguration())
                {
                    TomlDocument.Parse(text, path);
                }
                else if (CodexLayout.KindOf(path) == CodexFileKind.Hooks)
                {
                    HooksFile.Parse(Encoding.UTF8.GetBytes(text), path);
                }
            }
            catch (CodexportException error) when (error.Code is ErrorCode.TomlInvalid or ErrorCode.JsonInvalid)
            {
                return new ConfigurationProblem(path, Fact(error, "line"), Fact(error, "column"), null, error.Message.TrimEnd('.'));
            }
        }

        return null;
    }

    private static int? Fact(CodexportException error, string name)
        => int.TryParse(error.Details.FirstOrDefault(fact => fact.Key == name).Value, out var number) ? number : null;

    private string KeyOf(CodexProgram codex, List<KeyValuePair<string, string>> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(codex.Identify(context.Files)));
        foreach (var (path, text) in files)
        {
            hash.AppendData(SHA256.HashData(Encoding.UTF8.GetBytes(path)));
            hash.AppendData(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private async Task<ConfigurationVerdict> AskAsync(
        CodexProgram codex, List<KeyValuePair<string, string>> files, IReadOnlyDictionary<string, string> texts, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(Patience, context.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            var isByCodex = true;
            foreach (var (path, text) in files)
            {
                // A profile is laid over config.toml: by itself it may refer to what only that one defines, so only its types are judged.
                var answer = await AskAboutAsync(codex, text, texts, either.Token).ConfigureAwait(false);
                isByCodex &= answer.HasVerdict;
                if (answer.Detail is not null && (path == CodexLayout.ConfigFile || answer.Line is not null))
                {
                    return new ConfigurationVerdict(IsByCodex: true, Describe(path, text, answer));
                }
            }

            return new ConfigurationVerdict(isByCodex, null);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            context.Trace?.Invoke("'codex' did not judge the configuration in time; it was only parsed.");
        }
        catch (CodexportException error) when (error.Target == codex.Path)
        {
            context.Trace?.Invoke($"{error.Message} The configuration was only parsed.");
        }

        return new ConfigurationVerdict(IsByCodex: false, null);
    }

    private static ConfigurationProblem Describe(string path, string text, StartupAnswer answer)
    {
        var key = answer is { Line: { } line, Column: { } column } ? KeyFinder.Find(TomlDocument.Parse(text, path), line, column) : null;
        return new ConfigurationProblem(path, answer.Line, answer.Column, key, answer.Detail!);
    }

    private async Task<StartupAnswer> AskAboutAsync(
        CodexProgram codex, string text, IReadOnlyDictionary<string, string> texts, CancellationToken cancellationToken)
    {
        var parent = TemporaryFolder ?? context.Home.MachineStateFolder;
        ClearStale(parent);
        var folder = Path.Join(parent, FolderPrefix + Guid.NewGuid().ToString("N"));
        context.Files.CreateDirectory(folder, FilePermission.Private);
        try
        {
            AtomicFile.Write(context.Files, Path.Join(folder, CodexLayout.ConfigFile), Encoding.UTF8.GetBytes(text), FilePermission.Private);
            for (var run = 1; ; run++)
            {
                var request = new ProcessRequest(codex.Path, ["app-server", "--print-startup-config"])
                {
                    Environment = new Dictionary<string, string?> { ["CODEX_HOME"] = folder },
                    WorkingFolder = folder,
                };
                var answer = StartupAnswer.Read(await context.Processes.RunAsync(request, cancellationToken).ConfigureAwait(false));
                if (run == MaxRuns || answer.MissingFile is null || !TryStandIn(folder, answer.MissingFile, texts))
                {
                    return answer.Detail is null ? answer : answer with
                    {
                        Detail = answer.Detail.Replace(folder, context.Home.CodexFolder, StringComparison.Ordinal),
                    };
                }
            }
        }
        finally
        {
            FolderRemoval.Remove(context.Files, folder);
        }
    }

    /// <summary>Puts something where the configuration refers to a file that the real home has, or that is about to come.</summary>
    private bool TryStandIn(string folder, string missing, IReadOnlyDictionary<string, string> texts)
    {
        var relative = Path.GetRelativePath(folder, missing);
        if (Path.IsPathRooted(relative) || relative.StartsWith("..", StringComparison.Ordinal))
        {
            return false;
        }

        var isKnown = texts.ContainsKey(relative.Replace('\\', '/'))
            || context.Files.ResolveLinks(Path.Join(context.Home.CodexFolder, relative)) is { } real && context.Files.TryGetEntry(real) is { Kind: EntryKind.File };
        if (!isKnown || context.Files.TryGetEntry(missing) is not null)
        {
            return false;
        }

        context.Files.CreateDirectory(Path.GetDirectoryName(missing)!, FilePermission.Private);
        AtomicFile.Write(context.Files, missing, "stand-in\n"u8, FilePermission.Private);
        return true;
    }

    // A killed check leaves its home, and that one may hold secrets.
    private void ClearStale(string parent)
    {
        var before = (context.Time.GetUtcNow() - StaleAfter).UtcTicks;
        foreach (var entry in context.Files.Enumerate(parent).Where(entry => entry.Kind == EntryKind.Directory).ToList())
        {
            if (Path.GetFileName(entry.Path) is { Length: 38 } name && name.StartsWith(FolderPrefix, StringComparison.Ordinal) && entry.ModifiedTicks < before)
            {
                FolderRemoval.Remove(context.Files, entry.Path);
            }
        }
    }
}
